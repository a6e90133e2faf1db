using System.Text.Json.Nodes;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/api/health")]
    public async Task Anybody_may_ask_whether_the_gateway_is_up_and_only_administrators_see_the_services(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(("Services:Wallet", "http://127.0.0.1:1"));
        gateway["catalog"].At("/health/ready", http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        var forStrangers = await AskAsync(gateway.Caller(), path);
        var forUsers = await AskAsync(gateway.Caller(TestTokens.For(Guid.CreateVersion7())), path);
        var forAdministrators = await AskAsync(gateway.Caller(TestTokens.For(Guid.CreateVersion7(), "ADMINISTRATOR")), path);

        forStrangers["success"]!.GetValue<bool>().ShouldBeTrue();
        forStrangers["message"]!.GetValue<string>().ShouldNotBeEmpty();
        forStrangers["timestamp"]!.GetValue<string>().ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        forStrangers.Count.ShouldBe(3);
        forUsers.Count.ShouldBe(3);
        JsonNode.DeepEquals(forAdministrators["services"], JsonNode.Parse(
            """{"identity":"READY","catalog":"NOT_READY","wallet":"UNREACHABLE","subscriptions":"READY","provisioner":"READY"}"""))
            .ShouldBeTrue(forAdministrators.ToJsonString());
    }

    private static async Task<JsonObject> AskAsync(HttpClient caller, string path)
    {
        using (caller)
            return JsonNode.Parse(await caller.GetStringAsync(path))!.AsObject();
    }
}
