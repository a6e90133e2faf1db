using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Messaging.Victim;
using Platform.Testing;

namespace Platform.Messaging.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_message_that_is_delivered_ten_times_at_once_has_one_effect()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartBothAsync();
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });

        await DeliverTenTimesAsync(stage, bus);

        await Eventually.IsTrueAsync(async () => await stage.DepthAsync("ledger") == 0 && await stage.CountAsync("ledger.effects") > 0);
        await SettledAsync(stage, bus);
        (await stage.CountAsync("ledger.effects WHERE kind = 'charge'")).ShouldBe(1);
    }

    [Fact]
    public async Task The_verdict_sees_a_second_effect_when_the_inbox_forgets()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartAsync("ledger", services => services.AddScoped<IOutboxContextFactory<LedgerDb>, ForgetfulInbox>());
        await stage.QueuesAsync("ledger");
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });

        var order = await DeliverTenTimesAsync(stage, bus);

        await Eventually.SeesAsync(() => stage.CountAsync("ledger.effects WHERE kind = 'charge'"), charges => charges > 1);
        (await stage.WrongsAsync([order])).ShouldContain(wrong => wrong.Contains("charge charge"));
    }

    [Fact]
    public async Task An_event_that_overtakes_the_one_that_begins_its_saga_is_tried_again_until_that_has_come()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartBothAsync();
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });
        var order = Guid.CreateVersion7();

        await bus.SayAsync(new OrderNoted(order));
        await Eventually.IsTrueAsync(async () => await stage.DepthAsync("orders") == 0);
        await bus.SayAsync(new OrderPlaced(order, 0, TimeSpan.FromMinutes(10)));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders WHERE notes = 1 AND state = 'Charging'") == 1);
        (await stage.DepthAsync("orders_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task An_event_whose_saga_never_comes_is_parked_and_counts_when_it_is_replayed_after_the_saga_came()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartBothAsync();
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });
        var order = Guid.CreateVersion7();
        var parked = new ParkedMessages(stage.RabbitMq);

        await bus.SayAsync(new OrderNoted(order));
        var list = await Eventually.SeesAsync(() => parked.ListAsync("orders", 10, default), seen => seen.Count == 1);
        list.Single().Reason.ShouldNotBeNull().ShouldContain(nameof(SagaNotYetException));

        await bus.SayAsync(new OrderPlaced(order, 0, TimeSpan.FromMinutes(10)));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders") == 1);
        await parked.ReplayAsync("orders", _ => true, default);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders WHERE notes = 1") == 1);
    }

    [Fact]
    public async Task An_event_that_a_machine_discards_when_its_saga_is_missing_is_neither_tried_again_nor_parked()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartBothAsync();
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });

        await bus.SayAsync(new OrderCharged(Guid.CreateVersion7()));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.inbox") == 1);
        (await stage.DepthAsync("orders_error")).ShouldBe(0u);
        (await stage.DepthAsync("orders_skipped")).ShouldBe(0u);
    }

    [Fact]
    public async Task First_events_of_one_saga_that_race_make_one_saga()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartBothAsync();
        await using var bus = await TestBus.StartAsync(stage.Broker, (_, _) => { });
        var orders = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();

        // Different messages that say the same: the inbox lets them all through.
        await Task.WhenAll(orders.SelectMany(order => Enumerable.Range(0, 4)
            .Select(_ => bus.SayAsync(new OrderPlaced(order, 0, TimeSpan.FromMinutes(10))))));

        await Eventually.IsTrueAsync(async () => await stage.DepthAsync("orders") == 0 && await stage.CountAsync("orders.inbox") == 40);
        (await stage.CountAsync("orders.effects WHERE kind = 'placed'")).ShouldBe(10);
        (await stage.DepthAsync("orders_error")).ShouldBe(0u);
    }

    private static async Task<Guid> DeliverTenTimesAsync(Stage stage, TestBus bus)
    {
        var (order, messageId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => bus.SayAsync(new ChargeOrder(order, 0), messageId)));
        return order;
    }

    // A later message that is done means that all earlier ones have at least been taken up.
    private static async Task SettledAsync(Stage stage, TestBus bus)
    {
        var marker = Guid.CreateVersion7();
        await bus.SayAsync(new OrderCompleted(marker));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync($"ledger.effects WHERE order_id = '{marker}'") == 1);
        await Eventually.SeesAsync(() => stage.Broker.AskAsync("queues/{vhost}/ledger"),
            queue => queue.Contains("\"messages_unacknowledged\":0"));
    }

    /// <summary>An inbox that does not know what it has dealt with: each delivery is the first one.</summary>
    private sealed class ForgetfulInbox(LedgerDb db, IServiceProvider services, FaultPoints faults) : IOutboxContextFactory<LedgerDb>
    {
        private readonly TransactionalInbox<LedgerDb> inbox = new(db, services, faults);

        public async Task Send<T>(MassTransit.ConsumeContext<T> context, OutboxConsumeOptions options,
            MassTransit.IPipe<MassTransit.Middleware.OutboxConsumeContext<T>> next) where T : class
        {
            await db.Database.ExecuteSqlAsync($"DELETE FROM ledger.inbox");
            await inbox.Send(context, options, next);
        }

        public void Probe(MassTransit.ProbeContext context) => inbox.Probe(context);
    }
}
