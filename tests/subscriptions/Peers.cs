using System.Collections.Concurrent;
using MassTransit;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Subscriptions.Tests;

/// <summary>
/// The other services, as far as the sagas talk to them. Each answer may be replaced by a test for one user; null means silence.
/// </summary>
public sealed class Peers
{
    public const long OrdinaryDiscount = 10_000;

    private readonly ConcurrentDictionary<Guid, Money> held = [];

    public Dictionary<Guid, Func<ReserveSeat, object?>> Seats { get; } = [];
    public Dictionary<Guid, Func<HoldFunds, object?>> Funds { get; } = [];
    public Dictionary<Guid, Func<GetCouponWorth, object?>> CouponWorths { get; } = [];
    public Dictionary<Guid, Func<ReserveCoupon, object?>> Coupons { get; } = [];
    public Dictionary<Guid, Func<ProvisionInstance, object?>> Deployments { get; } = [];
    public Func<ResizeInstance, object?> Resizes { get; set; } = r => Ready(r.CorrelationId, r.InstanceId, r.Generation);
    public Func<CaptureHold, object?> Captures { get; set; } = Captured;
    public Func<ConfirmSeat, object?> Confirmations { get; set; } = c => new SeatConfirmed(c.CorrelationId, c.ReservationId);

    public static InstanceReady Ready(Guid correlation, Guid instance, long generation) =>
        new(correlation, instance, generation, "app-7d9f-x2x1z", TimeProvider.System.GetUtcNow());

    public static FundsCaptured Captured(CaptureHold c) => new(
        c.CorrelationId, c.HoldId, Guid.CreateVersion7(), "TXMP-101", Money.Idr(50_000),
        new DateTimeOffset(2026, 11, 2, 3, 5, 0, TimeSpan.Zero));

    internal void Join(TestBus bus, IReceiveEndpointConfigurator endpoint)
    {
        bus.Answer<ReserveSeat>(endpoint, m => Seats.TryGetValue(m.UserId, out var scripted)
            ? scripted(m)
            : new SeatReserved(m.CorrelationId, m.ReservationId, m.PlanId));
        bus.Answer<HoldFunds>(endpoint, m =>
        {
            held[m.HoldId] = m.Amount;
            return Funds.TryGetValue(m.UserId, out var scripted) ? scripted(m) : new FundsHeld(m.CorrelationId, m.HoldId, m.Amount);
        });
        bus.Answer<ProvisionInstance>(endpoint, m => Deployments.TryGetValue(m.UserId, out var scripted)
            ? scripted(m)
            : Ready(m.CorrelationId, m.InstanceId, m.Generation));
        bus.Answer<ResizeInstance>(endpoint, m => Resizes(m));
        bus.Answer<ConfirmSeat>(endpoint, m => Confirmations(m));
        // A wallet captures what it held.
        bus.Answer<CaptureHold>(endpoint, m => Captures(m) is var answer && answer is FundsCaptured captured
            ? captured with { Amount = held[m.HoldId] }
            : answer);
        JoinCoupons(bus, endpoint);
        bus.Answer<ReleaseSeat>(endpoint, m => new SeatReleased(m.CorrelationId, m.ReservationId));
        bus.Answer<ReleaseHold>(endpoint, m => new HoldReleased(m.CorrelationId, m.HoldId));
        bus.Answer<TerminateInstance>(endpoint, m =>
            new InstanceTerminated(m.CorrelationId, m.InstanceId, TimeProvider.System.GetUtcNow()));
        bus.Hear<SubscriptionActivated>(endpoint);
        bus.Hear<SubscriptionUpgraded>(endpoint);
        bus.Hear<SubscriptionCancelled>(endpoint);
        TestBus.Respond<GetWalletBalance>(endpoint, m => new WalletBalance(m.UserId, Money.Idr(300_000), Money.Zero));
        TestBus.Respond<GetInstanceMetrics>(endpoint, m =>
            new InstanceMetrics(m.InstanceId, "app-7d9f-x2x1z", 7, 236_904_448, TimeProvider.System.GetUtcNow()));
    }

    private void JoinCoupons(TestBus bus, IReceiveEndpointConfigurator endpoint)
    {
        bus.Answer<ReserveCoupon>(endpoint, m => Coupons.TryGetValue(m.UserId, out var scripted)
            ? scripted(m)
            : new CouponReserved(m.CorrelationId, m.RedemptionId, m.Code, Money.Idr(OrdinaryDiscount)));
        bus.Answer<ConfirmCoupon>(endpoint, m => new CouponConfirmed(m.CorrelationId, m.RedemptionId));
        bus.Answer<ReleaseCoupon>(endpoint, m => new CouponReleased(m.CorrelationId, m.RedemptionId));
        endpoint.Handler<GetCouponWorth>(context =>
        {
            var asked = context.Message;
            var answer = CouponWorths.TryGetValue(asked.UserId, out var scripted)
                ? scripted(asked)
                : new CouponWorth(asked.Code, Money.Idr(OrdinaryDiscount), null);
            return answer is null ? Task.CompletedTask : context.RespondAsync(answer);
        });
    }
}
