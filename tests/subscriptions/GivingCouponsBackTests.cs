using System.Net;
using Platform.Contracts;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

public sealed class GivingCouponsBackTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>, IDisposable
{
    private readonly Guid user = Guid.CreateVersion7();

    // These scripts are the host's; each test leaves them as it found them.
    public void Dispose()
    {
        host.Peers.Captures = Peers.Captured;
        host.Peers.Confirmations = c => new SeatConfirmed(c.CorrelationId, c.ReservationId);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Without_a_seat_the_coupon_is_not_even_asked_for()
    {
        host.Peers.Seats[user] = m => new SeatRefused(m.CorrelationId, m.ReservationId, m.PlanId, "QUOTA_EXCEEDED");

        await (await Buy()).ShouldBeRefused(HttpStatusCode.Conflict, "QUOTA_EXCEEDED");

        await host.NothingIsParked();
        host.Bus.All<ReserveCoupon>().ShouldNotContain(m => m.UserId == user);
    }

    [Theory]
    [InlineData("INSUFFICIENT_CREDIT", "top up IDR 39.000 or more")]
    [InlineData("WALLET_IN_DEBT", "the top-up pays the debt first")]
    public async Task Money_that_is_refused_frees_seat_and_coupon(string code, string remedy)
    {
        host.Peers.Funds[user] = m => new FundsRefused(m.CorrelationId, m.HoldId, code, Money.Idr(1_000), m.Amount);

        var body = await (await Buy()).ShouldBeRefused(HttpStatusCode.PaymentRequired, code);

        body["message"]!.GetValue<string>().ShouldContain(remedy);
        body["data"]!["requiredAmount"]!.GetValue<long>().ShouldBe(40_000, "the discount is taken off");
        await IsGivenBack("PAYMENT_REFUSED");
        host.Peers.Funds.Remove(user);
        (await Buy()).StatusCode.ShouldBe(HttpStatusCode.Created, "the coupon can be used again");
    }

    [Fact]
    public async Task A_free_month_is_refused_to_a_wallet_in_debt()
    {
        host.Peers.Coupons[user] = r => new CouponReserved(r.CorrelationId, r.RedemptionId, r.Code, r.Price);
        host.Peers.Funds[user] = m => new FundsRefused(m.CorrelationId, m.HoldId, "WALLET_IN_DEBT", Money.Zero, m.Amount);

        var body = await (await Buy()).ShouldBeRefused(HttpStatusCode.PaymentRequired, "WALLET_IN_DEBT");

        body["message"]!.GetValue<string>().ShouldNotContain("top up IDR 0");
        await IsGivenBack("PAYMENT_REFUSED");
    }

    [Fact]
    public async Task An_application_that_fails_frees_the_coupon()
    {
        host.Peers.Deployments[user] = m => new InstanceFailed(m.CorrelationId, m.InstanceId, m.Generation, "IMAGE_UNAVAILABLE",
            "The image cannot be pulled.", host.Clock.GetUtcNow());

        await (await Buy()).SubscriptionId();

        await IsGivenBack("PROVISIONING_FAILED");
    }

    [Fact]
    public async Task An_application_that_is_late_frees_the_coupon()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await Buy()).SubscriptionId();
        await host.Bus.HearsAsync<ProvisionInstance>(m => m.SubscriptionId == id);

        host.Clock.Advance(TimeSpan.FromMinutes(10));

        await IsGivenBack("PROVISIONING_FAILED");
    }

    [Fact]
    public async Task A_purchase_that_is_cancelled_frees_the_coupon()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await Buy()).SubscriptionId();

        (await host.As(user).DeleteAsync($"/api/subscriptions/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await IsGivenBack("USER");
    }

    [Fact]
    public async Task A_seat_that_is_lost_before_the_capture_frees_the_coupon()
    {
        host.Peers.Confirmations = c => new SeatRefused(c.CorrelationId, c.ReservationId, c.PlanId, "RESERVATION_ENDED");

        await (await Buy()).SubscriptionId();

        await IsGivenBack("PROVISIONING_FAILED");
    }

    [Fact]
    public async Task A_capture_that_is_refused_frees_the_coupon()
    {
        host.Peers.Captures = c => new CaptureRefused(c.CorrelationId, c.HoldId, "HOLD_EXPIRED");

        await (await Buy()).SubscriptionId();

        await IsGivenBack("PAYMENT_TIMEOUT");
    }

    [Fact]
    public async Task A_coupon_that_is_not_decided_in_time_is_given_back_unseen_and_its_late_refusal_changes_nothing()
    {
        host.Peers.Coupons[user] = _ => null;
        var answer = Buy();
        var asked = await host.Bus.HearsAsync<ReserveCoupon>(m => m.UserId == user);

        host.Clock.Advance(TimeSpan.FromMinutes(10));

        await (await answer).ShouldBeRefused(HttpStatusCode.Conflict, "PAYMENT_TIMEOUT");
        await IsGivenBack("PAYMENT_TIMEOUT");
        await host.Bus.SayAsync(new CouponRefused(asked.CorrelationId, asked.RedemptionId, "REDEMPTION_ENDED"));
        await host.NothingIsParked();
        (await host.Read(user, asked.CorrelationId))["phase"]!.GetValue<string>().ShouldBe("ENDED");
    }

    [Fact]
    public async Task A_purchase_can_be_cancelled_while_its_coupon_is_asked_for_and_a_late_reservation_changes_nothing()
    {
        host.Peers.Coupons[user] = _ => null;
        var answer = Buy();
        var asked = await host.Bus.HearsAsync<ReserveCoupon>(m => m.UserId == user);

        (await host.As(user).DeleteAsync($"/api/subscriptions/{asked.CorrelationId}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Bus.HearsAsync<ReleaseCoupon>(m => m.CorrelationId == asked.CorrelationId);
        await host.Bus.SayAsync(new CouponReserved(asked.CorrelationId, asked.RedemptionId, asked.Code, Money.Idr(10_000)));

        await (await answer).ShouldBeRefused(HttpStatusCode.Conflict, "CANCELLED_BY_USER");
        await IsGivenBack("USER");
    }

    private Task<HttpResponseMessage> Buy() => host.Subscribe(user, Basic, coupon: "SAVE10");

    private async Task IsGivenBack(string reason)
    {
        var asked = host.Bus.All<ReserveCoupon>().Single(m => m.UserId == user);
        var id = asked.CorrelationId;
        (await host.Reaches(user, id, "ENDED"))["reason"]!.GetValue<string>().ShouldBe(reason);
        host.Bus.All<ReleaseCoupon>().Single(m => m.CorrelationId == id).RedemptionId.ShouldBe(asked.RedemptionId);
        host.Bus.All<ConfirmCoupon>().ShouldNotContain(m => m.CorrelationId == id);
        var timeline = await host.Timeline(user, id);
        timeline.Count(step => step == "COUPON_RELEASED").ShouldBe(1, string.Join(", ", timeline));
        timeline[^1].ShouldBe("CANCELLED", "the end is told when all is given back");
        await host.NothingIsParked();
    }
}
