using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Messaging.Victim;
using Platform.Testing;

namespace Platform.Messaging.Tests;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_message_without_a_subscriber_waits_until_one_is_bound_and_keeps_only_its_own_key_waiting()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, _) = await stage.StartBothAsync();
        var key = Guid.CreateVersion7();
        for (var n = 0; n < 3; n++)
            await Stage.PublishAsync<OrdersDb>(orders, new NumberedFact(key, n));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox WHERE attempts > 0") == 1);

        var other = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, other);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects WHERE kind = 'completion'") == 1);
        (await stage.CountAsync("orders.outbox")).ShouldBe(3);

        await using var listener = await Listener.ListenAsync(stage, nameof(NumberedFact));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox") == 0);
        listener.Facts()[key].ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_key_that_is_stuck_with_more_messages_than_a_pass_takes_does_not_crowd_out_the_others()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await stage.StartAsync("orders", null, "--Outbox:BatchSize", "20");
        await stage.StartAsync("ledger");
        await stage.QueuesAsync("orders", "ledger");
        await stage.PostAsync($"{orders.Urls.First()}/facts/{Guid.CreateVersion7()}/0?count=100");
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox WHERE attempts > 0") == 1);

        var other = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, other);

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects WHERE kind = 'completion'") == 1);
        (await stage.CountAsync("orders.outbox")).ShouldBe(100);
    }

    [Fact]
    public async Task A_message_whose_subscribers_are_optional_does_not_wait_for_any()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await stage.StartAsync("orders");
        await stage.QueuesAsync("orders");

        await Stage.PublishAsync<OrdersDb>(orders, new OptionalFact(Guid.CreateVersion7()));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox") == 0);
    }

    [Fact]
    public async Task Messages_of_one_transaction_leave_in_the_order_in_which_they_were_published()
    {
        await using var stage = await Stage.SetAsync();
        await using var listener = await Listener.ListenAsync(stage, nameof(NumberedFact));
        var orders = await stage.StartAsync("orders");
        var key = Guid.CreateVersion7();

        await stage.PostAsync($"{orders.Urls.First()}/facts/{key}/0?count=500");

        await Eventually.SeesAsync(() => Task.FromResult(listener.Heard.Count), count => count == 500);
        listener.Facts()[key].ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task Messages_of_a_request_that_fails_are_never_sent()
    {
        await using var stage = await Stage.SetAsync();
        await using var listener = await Listener.ListenAsync(stage, nameof(NumberedFact));
        var orders = await stage.StartAsync("orders");
        await using (var scope = orders.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new NumberedFact(Guid.CreateVersion7(), 1));
            await db.SaveChangesAsync();
        }

        await Stage.PublishAsync<OrdersDb>(orders, new NumberedFact(Guid.CreateVersion7(), 2));

        await Eventually.SeesAsync(() => Task.FromResult(listener.Heard.Count), count => count > 0);
        listener.Heard.ShouldHaveSingleItem().Message.GetProperty("number").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_pass_that_fails_is_not_the_last_one_even_when_the_clock_of_the_service_stands_still()
    {
        await using var stage = await Stage.SetAsync();
        await stage.Database.ExecuteAsync("ALTER TABLE orders.outbox RENAME TO hidden");
        var orders = await stage.StartAsync("orders", services =>
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new TestClock(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)))));
        await stage.QueuesAsync("orders");
        // Passes have failed when one has asked for the table that is not there.
        await Eventually.IsTrueAsync(async () => (await stage.Broker.AskAsync("queues/{vhost}/orders")).Contains("\"consumers\":1"));
        await stage.Database.ExecuteAsync("ALTER TABLE orders.hidden RENAME TO outbox");

        await Stage.PublishAsync<OrdersDb>(orders, new OptionalFact(Guid.CreateVersion7()));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox") == 0);
    }

    [Fact]
    public async Task A_replica_that_freezes_in_its_turn_loses_it()
    {
        await using var stage = await Stage.SetAsync();
        await using var frozen = new OrdersDb(stage.Options<OrdersDb>());
        await using var turn = await frozen.Database.BeginTransactionAsync();
        await frozen.TakeTurnAsync(TimeSpan.FromSeconds(-4), default);
        var orders = await stage.StartAsync("orders");

        await Stage.PublishAsync<OrdersDb>(orders, new OptionalFact(Guid.CreateVersion7()));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox") == 0);
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => turn.CommitAsync());
    }

    [Fact]
    public async Task The_gauges_tell_how_many_messages_wait_and_for_how_long()
    {
        await using var stage = await Stage.SetAsync();
        var measured = new ConcurrentDictionary<string, double>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Platform.Messaging")
                self.EnableMeasurementEvents(instrument);
        } };
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        meters.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured[instrument.Name] = value);
        meters.Start();
        await using var db = new OrdersDb(stage.Options<OrdersDb>());
        db.Add(Row(TimeProvider.System.GetUtcNow().AddSeconds(-90), due: null));
        db.Add(Row(TimeProvider.System.GetUtcNow(), due: null));
        db.Add(Row(TimeProvider.System.GetUtcNow().AddDays(-1), due: TimeProvider.System.GetUtcNow().AddDays(1)));
        await db.SaveChangesAsync();

        // Other tests' services measure too; so, what is told is read in the same breath.
        await Eventually.IsTrueAsync(async () =>
        {
            await db.MeasureOutboxAsync(TimeSpan.Zero, default);
            return measured["platform.outbox.waiting"] == 2 && measured["platform.outbox.scheduled"] == 1
                && measured["platform.outbox.oldest.age"] is > 89 and < 120;
        });
    }

    private static OutboxEntry Row(DateTimeOffset sent, DateTimeOffset? due) => new()
    {
        MessageId = Guid.CreateVersion7(), OrderKey = Guid.CreateVersion7(),
        Destination = "/x", ContentType = "application/vnd.masstransit+json",
        Body = $$"""{ "sentTime": "{{sent:O}}" }""", DueAt = due,
    };

    [Fact]
    public async Task The_inbox_forgets_what_is_older_than_it_keeps()
    {
        await using var stage = await Stage.SetAsync();
        await stage.Database.ExecuteAsync("""
            INSERT INTO orders.inbox SELECT gen_random_uuid(), gen_random_uuid(), now() - interval '8 days' FROM generate_series(1, 12000);
            INSERT INTO orders.inbox SELECT gen_random_uuid(), gen_random_uuid(), now() - interval '6 days' FROM generate_series(1, 10)
            """);

        await stage.StartAsync("orders");

        await Eventually.SeesAsync(() => stage.CountAsync("orders.inbox"), left => left == 10);
    }
}
