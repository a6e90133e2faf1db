using Platform.Testing;

namespace Platform.Messaging.Tests;

/// <summary>kill -9 between every two steps of every message's way; what is checked each time is the whole history so far.</summary>
public sealed class CrashTests(CrashTests.Pair pair) : IClassFixture<CrashTests.Pair>
{
    private static readonly (string From, string Message, string To)[] Flow =
    [
        ("orders", "OrderPlaced", "orders"),
        ("orders", "ChargeOrder", "ledger"),
        ("ledger", "OrderCharged", "orders"),
        ("orders", "OrderCompleted", "ledger"),
    ];

    public static TheoryData<string, string> Points()
    {
        var points = new TheoryData<string, string>();
        foreach (var (from, message, to) in Flow)
        {
            foreach (var step in new[] { "before-send", "after-send" })
                points.Add(from, $"dispatch.{message}.{step}");
            foreach (var step in new[] { "received", "before-commit", "after-commit" })
                points.Add(to, $"{message}.{step}");
        }

        return points;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task An_order_is_completed_exactly_once_although_a_service_dies(string service, string point) =>
        await DieAsync(service, point, pair.Completed, amount: 100);

    [Theory]
    [InlineData("dispatch.orders.before-send")]
    [InlineData("dispatch.orders.after-send")]
    [InlineData("OrderOverdue.received")]
    [InlineData("OrderOverdue.before-commit")]
    [InlineData("OrderOverdue.after-commit")]
    public async Task A_deadline_is_kept_exactly_once_although_the_service_dies(string point) =>
        await DieAsync("orders", point, pair.Overdue, amount: 0);

    private async Task DieAsync(string service, string point, List<Guid> fate, long amount)
    {
        var order = Guid.CreateVersion7();
        fate.Add(order);
        var armed = Path.Combine(pair.Faults, $"{service}.{point}");
        await File.WriteAllTextAsync(armed, "");
        var deaths = pair.Deaths;
        var place = $"{pair.Orders.Url}/orders/{order}/{amount}{(amount == 0 ? "?limit=00:00:00.300" : "")}";
        try
        {
            await pair.Stage.PostAsync(place);
        }
        catch (HttpRequestException)
        {
            // It died before it could answer; what it had committed by then counts.
        }

        await Eventually.SeesAsync(() => Task.FromResult(pair.Deaths), seen => seen == deaths + 1);
        File.Exists($"{armed}.hit").ShouldBeTrue();
        await pair.Orders.AliveAsync();
        await pair.Ledger.AliveAsync();
        // A repetition from the case before may have set off the fault before the order was accepted; a user would try again.
        if (await pair.Stage.CountAsync($"orders.effects WHERE order_id = '{order}' AND kind = 'accepted'") == 0)
            await pair.Stage.PostAsync(place);
        await pair.Stage.AllIsWellAsync(pair.Completed, pair.Overdue);
        foreach (var parked in new[] { "orders_error", "orders_dead", "orders_skipped", "ledger_error", "ledger_dead", "ledger_skipped" })
            (await pair.Stage.DepthAsync(parked)).ShouldBe(0u, parked);
    }

    public sealed class Pair : IAsyncLifetime
    {
        public Stage Stage { get; private set; } = null!;
        public VictimProcess Orders { get; private set; } = null!;
        public VictimProcess Ledger { get; private set; } = null!;
        public string Faults { get; } = Directory.CreateTempSubdirectory("faults-").FullName;
        public List<Guid> Completed { get; } = [];
        public List<Guid> Overdue { get; } = [];
        public int Deaths => Orders.Deaths + Ledger.Deaths;

        public async ValueTask InitializeAsync()
        {
            Stage = await Stage.SetAsync();
            Orders = await VictimProcess.StartAsync(Stage, "orders", Faults);
            Ledger = await VictimProcess.StartAsync(Stage, "ledger", Faults);
            await Stage.QueuesAsync("orders", "ledger");
        }

        public async ValueTask DisposeAsync()
        {
            await Orders.DisposeAsync();
            await Ledger.DisposeAsync();
            await Stage.DisposeAsync();
            Directory.Delete(Faults, recursive: true);
        }
    }
}
