using System.Net;
using System.Text.Json.Nodes;
using Platform.Testing;

namespace Platform.Subscriptions.Tests;

internal static class Answers
{
    public static async Task<JsonNode> ShouldBeRefused(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        var body = JsonNode.Parse(text)!;
        body["code"]!.GetValue<string>().ShouldBe(code, text);
        body["success"]!.GetValue<bool>().ShouldBeFalse();
        body["traceId"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        return body;
    }

    public static async Task<Guid> SubscriptionId(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!["data"]!["subscription"]!["id"]!.GetValue<Guid>();
    }

    /// <summary>No message of the service has been given up, and none waits: what was sent has been dealt with.</summary>
    public static async Task NothingIsParked(this SubscriptionsHost host)
    {
        await Eventually.IsTrueAsync(async () =>
        {
            var queues = JsonNode.Parse(await host.Broker.AskAsync("queues/{vhost}"))!.AsArray();
            queues.Where(q => q!["name"]!.GetValue<string>().EndsWith("_error", StringComparison.Ordinal))
                .ShouldAllBe(q => q!["messages"]!.GetValue<int>() == 0);
            return queues.Single(q => q!["name"]!.GetValue<string>() == "subscriptions")!["messages"]?.GetValue<int>() == 0;
        });
    }
}
