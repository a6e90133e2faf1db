using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Messaging.Victim;
using Platform.Testing;

namespace Platform.Messaging.Tests;

public sealed class DeadlineTests
{
    private readonly TestClock clock = new(new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_deadline_leaves_when_the_clock_of_the_service_has_passed_it_and_not_before()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await StartAsync(stage);
        var order = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, order, amount: 0);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects") == 1);

        clock.Advance(TimeSpan.FromMinutes(9));
        await PassAsync(stage, orders);
        (await stage.CountAsync("orders.outbox")).ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(2));

        await stage.AllIsWellAsync([], [order]);
    }

    [Fact]
    public async Task A_deadline_that_was_called_off_never_leaves()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await StartAsync(stage);
        var order = Guid.CreateVersion7();

        await stage.PlaceAsync(orders, order);
        await stage.AllIsWellAsync([order]);
        clock.Advance(TimeSpan.FromHours(1));
        await PassAsync(stage, orders);

        await stage.AllIsWellAsync([order]);
        (await stage.CountAsync("orders.inbox")).ShouldBe(2);
    }

    [Fact]
    public async Task A_deadline_comes_to_pass_although_an_earlier_message_of_its_key_is_stuck()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await stage.StartAsync("orders", Moved);
        await stage.QueuesAsync("orders");
        await stage.PlaceAsync(orders, Guid.CreateVersion7());
        // Ledger was never started: no queue takes the charge.
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.outbox WHERE attempts > 0") == 1);

        clock.Advance(TimeSpan.FromMinutes(11));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders WHERE state = 'Overdue'") == 1);
    }

    [Fact]
    public async Task A_request_may_set_a_deadline_and_call_it_off_in_one_transaction_or_in_two()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await StartAsync(stage);
        Guid kept;
        await using (var scope = orders.Services.CreateAsyncScope())
        {
            var (db, scheduler) = Tools(scope);
            await using var transaction = await db.Database.BeginTransactionAsync();
            kept = await ScheduleAsync(scheduler);
            var dropped = await ScheduleAsync(scheduler);
            await db.SaveChangesAsync();
            var fresh = await ScheduleAsync(scheduler);
            await scheduler.CancelScheduledSend(new Uri("queue:orders"), dropped);
            await scheduler.CancelScheduledSend(new Uri("queue:orders"), fresh);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        (await stage.ListAsync("SELECT token FROM orders.outbox")).ShouldBe([kept.ToString()]);

        await using (var scope = orders.Services.CreateAsyncScope())
        {
            var (db, scheduler) = Tools(scope);
            await Should.ThrowAsync<InvalidOperationException>(() => scheduler.CancelScheduledSend(new Uri("queue:orders"), kept));
            await using (await db.Database.BeginTransactionAsync())
                await scheduler.CancelScheduledSend(new Uri("queue:orders"), kept);
        }

        // The transaction was not committed, so the deadline still stands.
        (await stage.CountAsync("orders.outbox")).ShouldBe(1);
    }

    [Fact]
    public async Task A_deadline_set_by_a_request_arrives_at_the_queue_it_was_set_for()
    {
        await using var stage = await Stage.SetAsync();
        var orders = await StartAsync(stage);
        var order = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, order, amount: 0, query: "?limit=10.00:00:00");
        await using (var scope = orders.Services.CreateAsyncScope())
        {
            var (db, scheduler) = Tools(scope);
            await scheduler.ScheduleSend(new Uri("queue:orders"), clock.GetUtcNow().UtcDateTime.AddMinutes(5), new OrderNoted(order));
            await db.SaveChangesAsync();
        }

        clock.Advance(TimeSpan.FromMinutes(6));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders WHERE notes = 1") == 1);
    }

    private static (OrdersDb Db, IMessageScheduler Scheduler) Tools(AsyncServiceScope scope) =>
        (scope.ServiceProvider.GetRequiredService<OrdersDb>(), scope.ServiceProvider.GetRequiredService<IMessageScheduler>());

    private async Task<Guid> ScheduleAsync(IMessageScheduler scheduler) =>
        (await scheduler.ScheduleSend(new Uri("queue:orders"), clock.GetUtcNow().UtcDateTime.AddDays(1),
            new OrderOverdue(Guid.CreateVersion7()))).TokenId;

    private void Moved(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));

    private async Task<WebApplication> StartAsync(Stage stage)
    {
        var orders = await stage.StartAsync("orders", Moved);
        await stage.StartAsync("ledger");
        await stage.QueuesAsync("orders", "ledger");
        return orders;
    }

    // A message that left shows that a whole pass has gone by since.
    private static async Task PassAsync(Stage stage, WebApplication orders)
    {
        var marker = await Stage.PublishAsync<OrdersDb>(orders, new OptionalFact(Guid.CreateVersion7()));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync($"orders.outbox WHERE message_id = '{marker}'") == 0);
    }
}
