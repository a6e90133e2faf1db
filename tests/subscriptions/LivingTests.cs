using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

public sealed class LivingTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_cancelled_subscription_ends_when_its_application_and_its_seat_are_gone()
    {
        var id = await host.SubscribedAndActive(user, Basic);

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/subscriptions/{id}")
        {
            Content = JsonContent.Create(new { reason = "too slow" }),
        };
        var answer = await host.As(user).SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        JsonNode.Parse(text)!["data"]!["subscription"]!["status"]!.GetValue<string>().ShouldBe("CANCELLED");
        await host.Reaches(user, id, "ENDED");
        (await host.Timeline(user, id))[^4..].ShouldBe(["CANCEL_REQUESTED", "INSTANCE_DELETED", "SEAT_RELEASED", "CANCELLED"]);
        (await host.Subscribe(user, Basic)).StatusCode.ShouldBe(HttpStatusCode.Created, "the service can be bought again");
    }

    [Fact]
    public async Task Metrics_have_the_frontends_shape_and_the_originals_rounding()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        var wish = host.Bus.All<ProvisionInstance>().Single(p => p.SubscriptionId == id);
        await (await host.As(user).GetAsync($"/api/subscriptions/{id}/metrics")).ShouldBeRefused(HttpStatusCode.NotFound, "NO_INSTANCE");
        await host.Bus.SayAsync(Seen(id, wish.InstanceId, version: 1, "RUNNING", "Healthy", generation: 1));
        await Eventually.SeesAsync(() => host.Read(user, id), s => s["instances"]![0]!["status"]!.GetValue<string>() == "RUNNING");

        var answer = await host.As(user).GetFromJsonAsync<JsonNode>($"/api/subscriptions/{id}/metrics");

        var data = answer!["data"]!;
        data["cpu"]!.ToJsonString().ShouldBe("""{"used":7,"usage":7,"limit":1000,"percentage":1}""");
        data["memory"]!.ToJsonString().ShouldBe("""{"used":225.93,"usage":225.93,"limit":1024,"percentage":22}""");
        data["instanceId"]!.GetValue<Guid>().ShouldBe(wish.InstanceId);
    }

    [Fact]
    public async Task Snapshots_of_the_instance_are_taken_by_version_and_older_ones_change_nothing()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        var instance = host.Bus.All<ProvisionInstance>().Single(p => p.SubscriptionId == id).InstanceId;

        await host.Bus.SayAsync(Seen(id, instance, version: 5, "RUNNING", "Healthy", generation: 1));
        await Eventually.SeesAsync(() => host.Read(user, id), s => s["instances"]![0]!["healthStatus"]?.GetValue<string>() == "Healthy");
        await host.Bus.SayAsync(Seen(id, instance, version: 4, "PROVISIONING", null, generation: 1));
        await host.NothingIsParked();

        (await host.Read(user, id))["instances"]![0]!["status"]!.GetValue<string>().ShouldBe("RUNNING");
    }

    [Fact]
    public async Task The_timeline_can_be_followed_as_it_grows()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await host.Subscribe(user, Basic)).SubscriptionId();
        var wish = await host.Bus.HearsAsync<ProvisionInstance>(m => m.SubscriptionId == id);

        using var response = await host.As(user).GetAsync(
            $"/api/subscriptions/{id}/timeline/stream?after=4", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await host.Bus.SayAsync(new InstanceProgressed(
            id, wish.InstanceId, id, 1, "NAMESPACE", "The namespace exists.", host.Clock.GetUtcNow()));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var lines = new List<string>();
        while (!lines.Any(l => l.StartsWith("id:", StringComparison.Ordinal)))
            lines.Add(await reader.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException(string.Join('\n', lines)));

        lines.ShouldContain("event: step");
        lines.Last(l => l.StartsWith("data:", StringComparison.Ordinal)).ShouldContain("\"step\":\"NAMESPACE\"");
        lines.ShouldContain("id: 5");
    }

    [Fact]
    public async Task A_list_shows_the_newest_first_with_one_instance_each_and_can_be_filtered()
    {
        var first = await host.SubscribedAndActive(user, Basic);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await host.SubscribedAndActive(user, OtherPlan);

        var all = await host.As(user).GetFromJsonAsync<JsonNode>("/api/subscriptions");
        var rows = all!["data"]!["subscriptions"]!.AsArray();
        rows.Select(r => r!["id"]!.GetValue<Guid>()).ShouldBe([second, first]);
        rows.ShouldAllBe(r => r!["instances"]!.AsArray().Count == 1 && r["_count"]!["instances"]!.GetValue<int>() == 1);
        var none = await host.As(user).GetFromJsonAsync<JsonNode>("/api/subscriptions?status=EXPIRED");
        none!["data"]!["subscriptions"]!.AsArray().ShouldBeEmpty();
        await (await host.As(user).GetAsync("/api/subscriptions?status=LOST"))
            .ShouldBeRefused(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
    }

    private static InstanceChanged Seen(
        Guid subscription, Guid instance, long version, string status, string? health, long generation) => new(
        subscription, instance, version, status, health, "app-7d9f-x2x1z", "u-1", "n8n", "n8n.apps.localhost", "http://n8n.apps.localhost",
        "http://n8n.apps.localhost/admin", generation, TimeProvider.System.GetUtcNow());
}
