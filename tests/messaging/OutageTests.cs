using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Platform.Messaging.Victim;
using Platform.Testing;

namespace Platform.Messaging.Tests;

public sealed class OutageTests
{
    /// <summary>A minute; PLATFORM_OUTAGE_SECONDS makes it shorter while working on it.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(int.Parse(
        Environment.GetEnvironmentVariable("PLATFORM_OUTAGE_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Requests_are_accepted_while_the_broker_is_away_and_everything_drains_in_order_afterwards()
    {
        await using var stage = await Stage.SetAsync();
        await using var wire = Wire.To(stage.RabbitMq.Host, stage.RabbitMq.Port);
        stage.RabbitMq = new UriBuilder(stage.RabbitMq) { Port = wire.Port }.Uri;
        await using var orders = await VictimProcess.StartAsync(stage, "orders");
        await using var ledger = await VictimProcess.StartAsync(stage, "ledger");
        await stage.QueuesAsync("orders", "ledger");
        await using var listener = await Listener.ListenAsync(stage, nameof(NumberedFact));
        var keys = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToList();
        var placed = new List<Guid>();
        var (rounds, slowest, watch) = (0, (Took: TimeSpan.Zero, At: TimeSpan.Zero), Stopwatch.StartNew());

        // Load before, during and after the outage; it is cut in the middle of the load, and so in the middle of sends.
        var cut = false;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (; watch.Elapsed < Outage + TimeSpan.FromSeconds(4) && await pace.WaitForNextTickAsync(); rounds++)
        {
            if (!cut && watch.Elapsed > TimeSpan.FromSeconds(2))
            {
                wire.Cut();
                cut = true;
            }

            placed.Add(Guid.CreateVersion7());
            var began = watch.Elapsed;
            await stage.PostAsync($"{orders.Url}/orders/{placed[^1]}/100");
            foreach (var key in keys)
                await stage.PostAsync($"{orders.Url}/facts/{key}/{rounds}");
            if (cut && watch.Elapsed - began is var took && took > slowest.Took)
                slowest = (took, began);
        }

        (await stage.CountAsync("orders.outbox")).ShouldBeGreaterThan(rounds);
        wire.Mend();

        await stage.AllIsWellAsync(placed, within: TimeSpan.FromMinutes(2));
        slowest.Took.ShouldBeLessThan(TimeSpan.FromSeconds(5), $"at {slowest.At}; the broker was cut at 2 s");
        await Eventually.SeesAsync(() => Task.FromResult(listener.Facts().Values.Sum(facts => facts.Count)),
            heard => heard == rounds * keys.Count);
        foreach (var key in keys)
            listener.Facts()[key].ShouldBe(Enumerable.Range(0, rounds));
        (await stage.DepthAsync("orders_error") + await stage.DepthAsync("ledger_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_broker_that_hangs_does_not_hang_the_service_and_what_it_did_not_confirm_is_sent_again()
    {
        await using var stage = await Stage.SetAsync();
        var ledger = await stage.StartAsync("ledger");
        await using var wire = Wire.To(stage.RabbitMq.Host, stage.RabbitMq.Port);
        stage.RabbitMq = new UriBuilder(stage.RabbitMq) { Port = wire.Port }.Uri;
        var orders = await stage.StartAsync("orders", null, "--Outbox:SendTimeout", "00:00:00.500");
        await stage.QueuesAsync("orders", "ledger");
        var placed = await PlaceAsync(stage, orders, 5);
        await stage.AllIsWellAsync(placed);

        wire.Freeze();
        placed.AddRange(await PlaceAsync(stage, orders, 5));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox WHERE error LIKE 'no confirm%'") == 5);
        wire.Thaw();

        await stage.AllIsWellAsync(placed);
    }

    [Fact]
    public async Task Two_replicas_send_the_messages_of_each_key_in_order_and_lose_none()
    {
        const int count = 250;
        await using var stage = await Stage.SetAsync();
        await using var one = await VictimProcess.StartAsync(stage, "orders");
        await using var two = await VictimProcess.StartAsync(stage, "orders");
        await stage.QueuesAsync("orders");
        await using var listener = await Listener.ListenAsync(stage, nameof(NumberedFact));
        var keys = Enumerable.Range(0, 8).Select(_ => Guid.CreateVersion7()).ToList();

        await Task.WhenAll(keys.Select(async key =>
        {
            for (var n = 0; n < count; n += 5)
                await stage.PostAsync($"{(n % 2 == 0 ? one : two).Url}/facts/{key}/{n}?count=5");
        }));

        await Eventually.SeesAsync(() => Task.FromResult(listener.Heard.Count), heard => heard >= count * keys.Count,
            TimeSpan.FromSeconds(60));
        foreach (var key in keys)
            listener.Facts()[key].ShouldBe(Enumerable.Range(0, count));
        listener.Heard.Count.ShouldBe(count * keys.Count);
    }

    [Fact]
    public async Task A_commit_whose_outcome_is_unknown_has_one_effect()
    {
        const int torn = 12;
        await using var stage = await Stage.SetAsync();
        var real = new NpgsqlConnectionStringBuilder(stage.Postgres);
        await using var wire = Wire.To(real.Host!, real.Port);
        stage.Postgres = new NpgsqlConnectionStringBuilder(stage.Postgres) { Port = wire.Port }.ConnectionString;
        var orders = await stage.StartAsync("orders");
        await stage.QueuesAsync("orders");
        var placed = await PlaceAsync(stage, orders, 30);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.effects WHERE kind = 'placed'") == 30);

        // From here on only consumers and dispatchers commit.
        wire.TearCommits(torn);
        await stage.StartAsync("ledger");

        await stage.AllIsWellAsync(placed);
        wire.TornCommits.ShouldBe(torn);
        (await stage.DepthAsync("orders_error") + await stage.DepthAsync("ledger_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_while_parks_nothing()
    {
        await using var stage = await Stage.SetAsync();
        var real = new NpgsqlConnectionStringBuilder(stage.Postgres);
        await using var wire = Wire.To(real.Host!, real.Port);
        var orders = await stage.StartAsync("orders");
        stage.Postgres = new NpgsqlConnectionStringBuilder(stage.Postgres) { Port = wire.Port }.ConnectionString;
        await stage.StartAsync("ledger");
        await stage.QueuesAsync("orders", "ledger");

        wire.Cut();
        var placed = await PlaceAsync(stage, orders, 20);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox WHERE due_at IS NULL") == 0);
        await Eventually.SeesAsync(() => stage.Broker.AskAsync("queues/{vhost}/ledger"),
            queue => queue.Contains("\"messages_unacknowledged\":20"));
        (await stage.DepthAsync("ledger_error")).ShouldBe(0u);
        wire.Mend();

        await stage.AllIsWellAsync(placed);
        (await stage.DepthAsync("ledger_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_service_that_is_stopped_at_work_parks_nothing_and_goes_on_where_it_was()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, ledger) = await stage.StartBothAsync();
        var placed = await PlaceAsync(stage, orders, 40);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects") > 0);

        await ledger.StopAsync();
        await orders.StopAsync();
        await stage.StartBothAsync();

        await stage.AllIsWellAsync(placed);
        (await stage.DepthAsync("orders_error") + await stage.DepthAsync("ledger_error")).ShouldBe(0u);
    }

    private static async Task<List<Guid>> PlaceAsync(Stage stage, WebApplication orders, int count)
    {
        var placed = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        await Task.WhenAll(placed.Select(order => stage.PlaceAsync(orders, order)));
        return placed;
    }
}
