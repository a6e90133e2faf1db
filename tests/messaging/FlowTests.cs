using Platform.Messaging.Victim;
using Platform.Testing;

namespace Platform.Messaging.Tests;

public sealed class FlowTests
{
    [Fact]
    public async Task An_order_goes_through_both_services_under_the_trace_of_its_request()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, _) = await stage.StartBothAsync();
        var order = Guid.CreateVersion7();

        await stage.PlaceAsync(orders, order);

        await stage.AllIsWellAsync([order]);
        var traces = await stage.ListAsync("SELECT trace_id FROM orders.effects UNION SELECT trace_id FROM ledger.effects");
        traces.ShouldHaveSingleItem().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Twenty_five_simultaneous_events_of_one_saga_are_all_counted()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, _) = await stage.StartBothAsync();
        var order = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, order, amount: 0);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("orders.orders WHERE state = 'Charging'") == 1);

        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => Stage.PublishAsync<OrdersDb>(orders, new OrderNoted(order))));

        await Eventually.SeesAsync(() => stage.Database.QueryAsync<int>("SELECT notes FROM orders.orders"), notes => notes == 25);
    }
}
