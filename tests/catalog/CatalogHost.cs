using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Catalog.Assortment;
using Platform.Catalog.Seed;
using Platform.Catalog.Storage;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Catalog.Tests;

/// <summary>The catalog over a database and a broker of its own, and a stranger on the bus who asks for seats.</summary>
public sealed class CatalogHost() : ServiceHost<Program, CatalogDbContext>(CatalogDbContext.Schema)
{
    public TestBus Bus { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bus = await TestBus.StartAsync(Broker, (bus, endpoint) =>
        {
            bus.Hear<SeatReserved>(endpoint);
            bus.Hear<SeatRefused>(endpoint);
            bus.Hear<SeatConfirmed>(endpoint);
            bus.Hear<SeatReleased>(endpoint);
            bus.Hear<ServiceRevised>(endpoint);
        });
        await ReadyAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        // Null when the servers are missing, whose message must not be hidden by another fault.
        if (Bus is not null)
            await Bus.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Waits until the assortment is in the store.</summary>
    public Task ReadyAsync() => Eventually.SeesAsync(
        async () =>
        {
            // The seed pauses by the service's clock when it came too early.
            Clock.Advance(TimeSpan.FromSeconds(1));
            var answer = await Anonymous().GetAsync("/health/ready");
            return (answer.StatusCode, Body: await answer.Content.ReadAsStringAsync());
        },
        seen => seen.StatusCode == HttpStatusCode.OK);

    /// <summary>A second process of the service over the same database and broker.</summary>
    public async Task<WebApplicationFactory<Program>> StartReplicaAsync()
    {
        var replica = new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
        {
            web.UseSetting("ConnectionStrings:Postgres", Database.ConnectionString);
            web.UseSetting("ConnectionStrings:RabbitMq", Broker.Address.ToString());
            web.UseSetting("Auth:Authority", "http://identity.invalid");
            web.UseSetting("Auth:Issuer", TestTokens.Issuer);
            web.UseSetting("Auth:Audience", TestTokens.Audience);
            web.UseSetting("Outbox:Poll", "00:00:00.100");
            web.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)));
        });
        await Eventually.IsTrueAsync(async () =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return (await replica.CreateClient().GetAsync("/health/ready")).IsSuccessStatusCode;
        });
        return replica;
    }

    /// <summary>GETs, as a visitor unless a client is given, and returns <c>data</c>; anything but 200 fails with the body.</summary>
    public async Task<JsonNode> ReadAsync(string path, HttpClient? client = null)
    {
        var answer = await (client ?? Anonymous()).GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {body}");
        return JsonNode.Parse(body)!["data"]!;
    }

    /// <summary>GETs what must be refused and returns the whole problem.</summary>
    public async Task<JsonNode> ReadRefusalAsync(string path, HttpStatusCode status)
    {
        var answer = await Anonymous().GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, $"{path}: {body}");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonNode.Parse(body)!;
    }

    internal Task<Service> AddServiceAsync(string name, Action<ServiceDraft>? change = null)
    {
        var draft = new ServiceDraft { Name = name };
        change?.Invoke(draft);
        return InScopeAsync(async db =>
        {
            var service = draft.Build(Clock.GetUtcNow());
            db.Add(service);
            await db.SaveChangesAsync();
            return service;
        });
    }

    /// <summary>A plan of a new service, with so many seats.</summary>
    public async Task<Guid> AddPlanAsync(int seats, int maxPerUser = 1) =>
        (await AddServiceAsync($"Service {Guid.CreateVersion7():N}", draft => draft.Plans.Add(new(seats, maxPerUser)))).Plans.Single().Id;

    public async Task<object> ReserveAsync(Guid plan, Guid? user = null, Guid? reservation = null, DateTimeOffset? until = null)
    {
        var saga = Guid.CreateVersion7();
        await Bus.SayAsync(new ReserveSeat(saga, reservation ?? Guid.CreateVersion7(), plan, user ?? Guid.CreateVersion7(),
            until ?? Clock.GetUtcNow().AddMinutes(15)));
        return await AnswerToAsync(saga);
    }

    /// <summary>A reservation that must succeed.</summary>
    public async Task<Guid> SeatAsync(Guid plan, Guid? user = null, DateTimeOffset? until = null) =>
        (await ReserveAsync(plan, user, until: until)).ShouldBeOfType<SeatReserved>().ReservationId;

    public async Task<object> ConfirmAsync(Guid plan, Guid reservation)
    {
        var saga = Guid.CreateVersion7();
        await Bus.SayAsync(new ConfirmSeat(saga, reservation, plan));
        return await AnswerToAsync(saga);
    }

    public async Task<object> ReleaseAsync(Guid plan, Guid reservation)
    {
        var saga = Guid.CreateVersion7();
        await Bus.SayAsync(new ReleaseSeat(saga, reservation, plan));
        return await AnswerToAsync(saga);
    }

    /// <summary>Seats taken, after a look whether the reservations say the same.</summary>
    public async Task<int> UsedAsync(Guid plan)
    {
        var used = await Database.QueryAsync<int>($"SELECT used_quota FROM plans WHERE id = '{plan}'");
        var held = await Database.QueryAsync<long>(
            $"SELECT count(*) FROM seat_reservations WHERE plan_id = '{plan}' AND state IN ('RESERVED', 'CONFIRMED')");
        held.ShouldBe(used, "used_quota and the reservations that hold a seat must agree");
        return used;
    }

    public Task<string> StateOfAsync(Guid reservation) =>
        Database.QueryAsync<string>($"SELECT state FROM seat_reservations WHERE id = '{reservation}'");

    /// <summary>Waits until the outbox is empty. Moves the clock, which decides when a postponed message is tried again.</summary>
    public Task AllSaidAsync() => Eventually.IsTrueAsync(async () =>
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return await Database.QueryAsync<long>("SELECT count(*) FROM outbox") == 0;
    });

    // As in production the schema is there before the service starts; the seed and the outbox then find it at their first look.
    protected override void ReplaceEdge(IServiceCollection services)
    {
        using var db = new CatalogDbContext(new DbContextOptionsBuilder<CatalogDbContext>().UseNpgsql(
            Database.ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations", CatalogDbContext.Schema)).Options);
        db.Database.Migrate();
    }

    private async Task<object> AnswerToAsync(Guid saga) =>
        (await Eventually.SeesAsync(
            () => Task.FromResult(AnswersTo(saga) is [var first, ..] ? first : null), answer => answer is not null))!;

    public IReadOnlyList<object> AnswersTo(Guid saga) =>
    [
        .. Bus.All<SeatReserved>().Where(a => a.CorrelationId == saga), .. Bus.All<SeatRefused>().Where(a => a.CorrelationId == saga),
        .. Bus.All<SeatConfirmed>().Where(a => a.CorrelationId == saga), .. Bus.All<SeatReleased>().Where(a => a.CorrelationId == saga),
    ];
}

/// <summary>A service to put into the store; what a test does not care about has a value that passes the constraints.</summary>
internal sealed class ServiceDraft
{
    public required string Name { get; init; }
    public string Description { get; set; } = "An application for tests.";
    public string? LongDescription { get; set; }
    public string[] Tags { get; set; } = [];
    public Guid Category { get; set; } = SeedCategories.DevelopmentTools;
    public bool IsActive { get; set; } = true;
    public bool IsPublic { get; set; } = true;
    public bool IsFeatured { get; set; }
    public int SortOrder { get; set; } = 100;
    public List<PlanDraft> Plans { get; } = [];

    public Service Build(DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        return new()
        {
            Id = id, CategoryId = Category, Name = Name, Slug = $"s-{id:N}", Description = Description, LongDescription = LongDescription,
            VersionLabel = "1.0", Image = "example/app:1.0", Port = 8080, DataPath = "/data", RunAsUser = 1000, ProbeKind = ProbeKind.Tcp,
            Environment = [new("SECRET", "{{secret:password}}")], Tags = Tags, IsActive = IsActive, IsPublic = IsPublic,
            IsFeatured = IsFeatured, SortOrder = SortOrder, CreatedAt = now,
            Plans = [.. Plans.Select((plan, index) => plan.Build(id, (PlanType)index, now))],
        };
    }
}

internal sealed record PlanDraft(int Seats = 10, int MaxPerUser = 1, long Price = 10_000, bool IsActive = true)
{
    public Plan Build(Guid service, PlanType type, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), ServiceId = service, Name = type.ToString(), PlanType = type, MonthlyPrice = Money.Idr(Price),
        CpuMilli = 100, MemoryMb = 128, StorageGb = 1, Bandwidth = 0, TotalQuota = Seats, Features = [], MaxInstancesPerUser = MaxPerUser,
        MaxDomains = 1, IsActive = IsActive, IsPopular = false, SortOrder = (int)type, CreatedAt = now, UpdatedAt = now,
    };
}
