using System.Text.Json;
using MassTransit.Serialization;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Purchase;
using Platform.Testing;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

/// <summary>Which of the wallet's answers about a coupon each state takes or foresees as late; every other one is a fault.</summary>
public sealed class LateCouponAnswersTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    public static TheoryData<string, string[]> Table => new()
    {
        { "Reserving", [] },
        { "ReservingCoupon", [nameof(CouponReserved), nameof(CouponRefused)] },
        { "Holding", [nameof(CouponReserved)] },
        { "Provisioning", [nameof(CouponReserved)] },
        { "Confirming", [nameof(CouponReserved)] },
        { "Capturing", [nameof(CouponReserved)] },
        { "Active", [nameof(CouponReserved), nameof(CouponConfirmed)] },
        { "Refusing", [nameof(CouponReserved), nameof(CouponRefused), nameof(CouponReleased)] },
        { "Refused", [nameof(CouponReserved), nameof(CouponRefused), nameof(CouponReleased)] },
        { "Compensating", [nameof(CouponReserved), nameof(CouponRefused), nameof(CouponReleased)] },
        { "Undone", [nameof(CouponReserved), nameof(CouponRefused), nameof(CouponReleased)] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_state_names_the_answers_that_it_may_see(string state, string[] answers)
    {
        var machine = new PurchaseSaga(Options.Create(new LifecycleOptions()), TimeProvider.System);

        machine.NextEvents(machine.GetState(state)).Select(e => e.Name).Where(name => name.StartsWith("Coupon", StringComparison.Ordinal))
            .ShouldBe(answers, ignoreOrder: true);
    }

    [Fact]
    public void The_table_has_every_state()
    {
        var machine = new PurchaseSaga(Options.Create(new LifecycleOptions()), TimeProvider.System);

        machine.States.Select(s => s.Name).Except(["Initial", "Final"]).ShouldBe(Table.Select(row => row.Data.Item1), ignoreOrder: true);
    }

    [Theory]
    [InlineData("Holding")]
    [InlineData("Provisioning")]
    [InlineData("Confirming")]
    [InlineData("Capturing")]
    [InlineData("Active")]
    [InlineData("Refusing")]
    [InlineData("Refused")]
    [InlineData("Compensating")]
    [InlineData("Undone")]
    public async Task An_answer_that_is_late_or_repeated_changes_nothing(string state)
    {
        var done = await (await host.Subscribe(user, Basic, coupon: "SAVE10")).SubscriptionId();
        await host.Reaches(user, done, "RUNNING");
        // A purchase that stands still in this state, having told of its coupon already; the seat is what it still waits for.
        var id = Guid.CreateVersion7();
        await host.Database.ExecuteAsync(
            $"""
            INSERT INTO subscriptions.purchase_sagas
            SELECT (jsonb_populate_record(p, jsonb_build_object(
                'subscription_id', '{id}', 'state', '{state}', 'awaits_seat_release', true))).*
            FROM subscriptions.purchase_sagas p WHERE subscription_id = '{done}'
            """);
        var before = await SagaAsync(id);

        foreach (var answer in Table.Single(row => row.Data.Item1 == state).Data.Item2)
        {
            await SayAsync(answer, id);
            await SayAsync(answer, id);
        }

        (await SagaAsync(id)).ShouldBe(before);
        await host.NothingIsParked();
    }

    [Fact]
    public void A_discount_above_the_price_is_a_fault_and_charges_nothing()
    {
        var purchase = new PurchaseState
        {
            Price = Money.Idr(50_000), Coupon = new(Guid.CreateVersion7(), "SAVE10", Service, Promised: null),
            Item = new("SUBSCRIPTION", user, "n8n", "n8n", "Basic", "BASIC", "first month"),
        };

        purchase.TakeOff(Money.Idr(50_001));

        Should.Throw<InvalidOperationException>(() => purchase.AskForFunds(TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public void A_purchase_that_was_asked_for_before_there_were_coupons_is_one_without()
    {
        const string earlier = """
            {"correlationId":"0193a000-0000-7000-8000-0000000000aa","userId":"0193a000-0000-7000-8000-0000000000ab",
             "planId":"0193a000-0000-7000-8000-000000000011","price":50000,"reservationId":"0193a000-0000-7000-8000-0000000000ac",
             "holdId":"0193a000-0000-7000-8000-0000000000ad","instanceId":"0193a000-0000-7000-8000-0000000000ae",
             "item":{"kind":"SUBSCRIPTION","subscriptionId":"0193a000-0000-7000-8000-0000000000aa","serviceName":"n8n",
                     "serviceSlug":"n8n","planName":"Basic","planType":"BASIC","description":"first month"}}
            """;

        var request = JsonSerializer.Deserialize<PurchaseRequested>(earlier, SystemTextJsonMessageSerializer.Options)!;

        request.Coupon.ShouldBeNull();
        request.Price.ShouldBe(Money.Idr(50_000));
    }

    [Fact]
    public async Task A_refused_purchase_that_waited_for_its_seat_before_there_were_coupons_still_ends()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await host.Subscribe(user, Basic)).SubscriptionId();
        await host.Bus.HearsAsync<ProvisionInstance>(m => m.SubscriptionId == id);
        // The earlier release asked for the seat without noting that it waits for it.
        await host.Database.ExecuteAsync(
            $"""
            UPDATE subscriptions.purchase_sagas SET state = 'Refusing' WHERE subscription_id = '{id}';
            UPDATE subscriptions.subscriptions SET phase = 'ENDING', status = 'CANCELLED', reason = 'PAYMENT_REFUSED' WHERE id = '{id}'
            """);

        await host.Bus.SayAsync(new SeatReleased(id, Guid.CreateVersion7()));

        await host.Reaches(user, id, "ENDED");
        (await host.Timeline(user, id))[^2..].ShouldBe(["SEAT_RELEASED", "CANCELLED"]);
    }

    private async Task SayAsync(string answer, Guid id)
    {
        var (redemption, message) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await (answer switch
        {
            nameof(CouponReserved) => host.Bus.SayAsync(new CouponReserved(id, redemption, "SAVE10", Money.Idr(1)), message),
            nameof(CouponRefused) => host.Bus.SayAsync(new CouponRefused(id, redemption, "REDEMPTION_ENDED"), message),
            nameof(CouponReleased) => host.Bus.SayAsync(new CouponReleased(id, redemption), message),
            nameof(CouponConfirmed) => host.Bus.SayAsync(new CouponConfirmed(id, redemption), message),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "no such answer"),
        });
        // The inbox row commits with what the message did, and only if it was no fault.
        await Eventually.SeesAsync(
            () => host.Database.QueryAsync<long>($"SELECT count(*) FROM subscriptions.inbox WHERE message_id = '{message}'"),
            count => count == 1);
    }

    private Task<string> SagaAsync(Guid id) =>
        host.Database.QueryAsync<string>($"SELECT to_jsonb(p)::text FROM subscriptions.purchase_sagas p WHERE subscription_id = '{id}'");
}
