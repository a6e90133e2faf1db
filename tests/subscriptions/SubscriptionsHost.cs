using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Subscriptions.Storage;
using Platform.Testing;

namespace Platform.Subscriptions.Tests;

/// <summary>
/// The subscriptions service among scripted peers: catalog, wallet and provisioner answer on the real bus what the test tells them to.
/// </summary>
public sealed class SubscriptionsHost() : ServiceHostOfSubscriptions("subscriptions")
{
    public static readonly Guid Service = Guid.Parse("0193a000-0000-7000-8000-000000000001");
    public static readonly Guid OtherService = Guid.Parse("0193a000-0000-7000-8000-000000000002");
    public static readonly Guid Free = Guid.Parse("0193a000-0000-7000-8000-000000000010");
    public static readonly Guid Basic = Guid.Parse("0193a000-0000-7000-8000-000000000011");
    public static readonly Guid Pro = Guid.Parse("0193a000-0000-7000-8000-000000000012");
    public static readonly Guid OtherPlan = Guid.Parse("0193a000-0000-7000-8000-000000000013");

    public Peers Peers { get; } = new();

    public TestBus Bus { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bus = await TestBus.StartAsync(Broker, Peers.Join);
        await Eventually.IsTrueAsync(async () => (await Anonymous().GetAsync("/health/ready")).StatusCode is HttpStatusCode.OK);
        await Bus.SayAsync(Assortment(Service, "n8n Automation", "n8n-automation",
            (Free, "Free", "FREE", 0), (Basic, "Basic", "BASIC", 50_000), (Pro, "Pro", "PRO", 150_000)));
        await Bus.SayAsync(Assortment(OtherService, "Ghost Blog", "ghost-blog", (OtherPlan, "Creator", "BASIC", 75_000)));
        await Eventually.SeesAsync(() => Database.QueryAsync<long>("SELECT count(*) FROM subscriptions.plans"), count => count == 4);
    }

    public override async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await base.DisposeAsync();
    }

    public async Task<HttpResponseMessage> Subscribe(
        Guid user, Guid plan, string? key = null, Guid? quote = null, string? coupon = null)
    {
        var body = new JsonObject { ["planId"] = plan };
        if (quote is not null)
            body["quoteId"] = quote;
        if (coupon is not null)
            body["couponCode"] = coupon;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/subscriptions") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await As(user).SendAsync(request);
    }

    public async Task<Guid> SubscribedAndActive(Guid user, Guid plan)
    {
        var answer = await Subscribe(user, plan);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        var id = JsonNode.Parse(body)!["data"]!["subscription"]!["id"]!.GetValue<Guid>();
        await Reaches(user, id, "RUNNING");
        return id;
    }

    public async Task<JsonNode> Reaches(Guid user, Guid id, string phase) =>
        (await Eventually.SeesAsync(() => Read(user, id), s => s["phase"]!.GetValue<string>() == phase, wanted: $"phase {phase}"))!;

    public async Task<JsonNode> Read(Guid user, Guid id)
    {
        var answer = await As(user).GetAsync($"/api/subscriptions/{id}");
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!["data"]!["subscription"]!;
    }

    public async Task<List<string>> Timeline(Guid user, Guid id)
    {
        var body = await As(user).GetFromJsonAsync<JsonNode>($"/api/subscriptions/{id}/timeline");
        return [.. body!["data"]!["timeline"]!.AsArray().Select(e => e!["step"]!.GetValue<string>())];
    }

    public async Task<JsonNode> Quote(Guid user, object request)
    {
        var answer = await As(user).PostAsJsonAsync("/api/subscriptions/quote", request);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!["data"]!;
    }

    private static ServiceRevised Assortment(
        Guid id, string name, string slug, params (Guid Id, string Name, string Tier, long Price)[] plans) => new(
        id, 1, name, slug, "An application.", null, "1.0", null, true, true,
        new(slug, name, "registry/app:1.0", 8080, "/data", 1000, new("HTTP", "/healthz", null), []),
        [.. plans.Select(p => new PlanRevision(
            p.Id, p.Name, p.Tier, null, Money.Idr(p.Price), new(1000, 1024, 1), 10, ["a feature"], 1, 1, true))]);
}

/// <summary>Program and DbContext are internal to the service; this closes the generic so that the tests' class can be public.</summary>
public abstract class ServiceHostOfSubscriptions : IAsyncLifetime
{
    private readonly Inner inner;

    private protected ServiceHostOfSubscriptions(string schema) => inner = new(schema);

    public TestClock Clock => inner.Clock;

    public TestDatabase Database => inner.Database;

    public TestBroker Broker => inner.Broker;

    public HttpClient As(Guid user, string role = "USER") => inner.As(user, role);

    public HttpClient Anonymous() => inner.Anonymous();

    public Task Restart() => inner.RestartAsync();

    public virtual ValueTask InitializeAsync() => inner.InitializeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class Inner(string schema) : ServiceHost<Program, SubscriptionsDbContext>(schema);
}
