using MassTransit;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Purchase;

/// <summary>
/// Seat → coupon, if there is one → hold → deploy → seat for good → capture → active. Anything that goes wrong before the capture undoes
/// all of it: hold released, coupon free again, seat freed, objects deleted. What is undone stays so: an application that comes up late
/// is torn down, not resurrected.
/// </summary>
internal sealed class PurchaseSaga : MassTransitStateMachine<PurchaseState>
{
    public PurchaseSaga(IOptions<LifecycleOptions> settings, TimeProvider clock)
    {
        var options = settings.Value;
        InstanceState(x => x.CurrentState);
        Correlate();

        Initially(
            When(Requested)
                .Then(x => x.Saga.Begin(x.Message))
                .Schedule(Deadline,
                    x => new PurchaseOverdue(x.Saga.CorrelationId),
                    _ => clock.GetUtcNow().UtcDateTime + options.ReadyWithin)
                .Publish(x => x.Saga.AskForSeat(clock.GetUtcNow() + options.ReserveFor))
                .TransitionTo(Reserving));

        During(Reserving,
            When(SeatReserved)
                .Tell(Steps.SeatReserved, "A seat of the plan is reserved.")
                .IfElse(x => x.Saga.Coupon is null,
                    plain => plain
                        .Publish(x => x.Saga.AskForFunds(clock.GetUtcNow() + options.ReserveFor))
                        .TransitionTo(Holding),
                    discounted => discounted
                        .Publish(x => x.Saga.AskForCoupon(clock.GetUtcNow() + options.ReserveFor))
                        .TransitionTo(ReservingCoupon)),
            When(SeatRefused)
                .Tell(Steps.SeatRefused, "The plan has no free seat.")
                .Unschedule(Deadline)
                .RefuseAsync("SEAT_REFUSED", x => x.Message.Code)
                .EndAsync()
                .TransitionTo(Refused));

        During(ReservingCoupon,
            When(CouponReserved)
                .Then(x => x.Saga.TakeOff(x.Message.Discount))
                .Tell(Steps.CouponReserved, x => $"The coupon {x.Message.Code} is set aside for this purchase.",
                    x => x.Message.Discount)
                .IfElse(x => x.Saga.KeepsItsPromise(),
                    kept => kept
                        .Publish(x => x.Saga.AskForFunds(clock.GetUtcNow() + options.ReserveFor))
                        .TransitionTo(Holding),
                    other => other
                        .Unschedule(Deadline)
                        .UndoAsync("QUOTE_STALE", deployed: false)
                        .TransitionTo(Compensating)),
            When(CouponRefused)
                .Tell(Steps.CouponRefused, x => $"{CouponRefusals.Of(x.Message.Reason).Title} ({x.Message.Reason}).")
                .Unschedule(Deadline)
                .RefuseAsync("COUPON_REFUSED", x => x.Message.Reason)
                .GiveBackAsync()
                .TransitionTo(Refusing));

        During(Holding,
            When(FundsHeld)
                .Tell(Steps.FundsHeld,
                    "The price is set aside in the wallet; it is taken only when the application runs.",
                    x => x.Message.Amount)
                .AcceptAsync()
                .TransitionTo(Provisioning),
            When(FundsRefused)
                .Tell(Steps.FundsRefused, x => x.Message.InWords(), x => x.Message.Required)
                .Unschedule(Deadline)
                .RefuseAsync("PAYMENT_REFUSED", x => x.Message.Code, x => (x.Message.Available, x.Message.Required))
                .GiveBackAsync()
                .TransitionTo(Refusing));

        During(Refusing,
            When(SeatReleased)
                // Without a coupon the seat is the only thing to wait for, so the first answer is the one to tell of.
                .If(x => x.Saga.AwaitsSeatRelease || x.Saga.Coupon is null, x => x.Tell(Steps.SeatReleased, "The seat is free again."))
                .Then(x => x.Saga.AwaitsSeatRelease = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Refused)),
            When(CouponReleased)
                .If(x => x.Saga.AwaitsCouponRelease, x => x.Tell(Steps.CouponReleased, CouponIsFree, DiscountOf))
                .Then(x => x.Saga.AwaitsCouponRelease = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Refused)));

        During(Provisioning,
            When(InstanceReady)
                .IfElseAsync(x => x.BeginCaptureAsync(),
                    ready => ready
                        .Tell(Steps.Ready, "The application runs and answers.")
                        .Unschedule(Deadline)
                        .Publish(x => x.Saga.KeepSeat())
                        .TransitionTo(Confirming),
                    // The owner cancelled in the same moment; the message that says so is on its way and undoes the rest.
                    cancelled => cancelled),
            When(InstanceFailed)
                .Tell(Steps.Failed, x => $"The application did not come up ({x.Message.Code}): {x.Message.Detail}")
                .Unschedule(Deadline)
                .UndoAsync("PROVISIONING_FAILED", deployed: true)
                .TransitionTo(Compensating));

        During([Reserving, ReservingCoupon, Holding],
            When(Overdue)
                .Tell(Steps.Overdue, "Seat and funds were not decided in time.")
                .UndoAsync("PAYMENT_TIMEOUT", deployed: false)
                .TransitionTo(Compensating),
            When(Cancelled)
                .Unschedule(Deadline)
                .UndoAsync("USER", deployed: false)
                .TransitionTo(Compensating));

        During(Provisioning,
            When(Overdue)
                .IfElseAsync(x => x.IsCancelledAsync(),
                    cancelled => cancelled,
                    late => late
                        .Tell(Steps.Overdue, "The application was not ready in time.")
                        .UndoAsync("PROVISIONING_FAILED", deployed: true)
                        .TransitionTo(Compensating)),
            When(Cancelled)
                .Unschedule(Deadline)
                .UndoAsync("USER", deployed: true)
                .TransitionTo(Compensating));

        During(Confirming,
            When(SeatConfirmed)
                .Tell(Steps.SeatConfirmed, "The seat is kept for this subscription.")
                .Publish(x => x.Saga.TakeFunds())
                .TransitionTo(Capturing),
            When(SeatRefused)
                .Tell(Steps.SeatRefused, "The seat's reservation ran out before the application was ready.")
                .UndoAsync("PROVISIONING_FAILED", deployed: true)
                .TransitionTo(Compensating));

        During(Capturing,
            When(FundsCaptured)
                .Tell(Steps.FundsCaptured, x => $"The first month is paid ({x.Message.CustomId}).", x => x.Message.Amount)
                .ActivateAsync()
                .ConfirmCouponAsync()
                .Tell(Steps.Active, "The subscription is active.")
                .TransitionTo(Active),
            When(CaptureRefused)
                .Tell(Steps.CaptureRefused, "The money that was set aside had run out of time.")
                .UndoAsync("PAYMENT_TIMEOUT", deployed: true)
                .TransitionTo(Compensating));

        During(Compensating,
            When(HoldReleased)
                .If(x => x.Saga.AwaitsFundsRelease,
                    x => x.Tell(Steps.FundsReleased, "Nothing was charged; the money is back in the wallet."))
                .Then(x => x.Saga.AwaitsFundsRelease = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Undone)),
            When(SeatReleased)
                .If(x => x.Saga.AwaitsSeatRelease, x => x.Tell(Steps.SeatReleased, "The seat is free again."))
                .Then(x => x.Saga.AwaitsSeatRelease = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Undone)),
            When(CouponReleased)
                .If(x => x.Saga.AwaitsCouponRelease, x => x.Tell(Steps.CouponReleased, CouponIsFree, DiscountOf))
                .Then(x => x.Saga.AwaitsCouponRelease = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Undone)),
            When(InstanceTerminated)
                .If(x => x.Saga.AwaitsTermination,
                    x => x.Tell(Steps.InstanceDeleted, "Everything of the application is deleted from the cluster."))
                .ForgetInstance()
                .Then(x => x.Saga.AwaitsTermination = false)
                .If(x => x.Saga.IsUndone, x => x.EndAsync().TransitionTo(Undone)));

        IgnoreWhatIsLate();
    }

    public State Reserving { get; } = null!;
    public State ReservingCoupon { get; } = null!;
    public State Holding { get; } = null!;
    public State Provisioning { get; } = null!;
    public State Confirming { get; } = null!;
    public State Capturing { get; } = null!;
    public State Active { get; } = null!;
    public State Refusing { get; } = null!;
    public State Refused { get; } = null!;
    public State Compensating { get; } = null!;
    public State Undone { get; } = null!;

    public Event<PurchaseRequested> Requested { get; } = null!;
    public Event<PurchaseCancelled> Cancelled { get; } = null!;
    public Event<SeatReserved> SeatReserved { get; } = null!;
    public Event<SeatRefused> SeatRefused { get; } = null!;
    public Event<SeatConfirmed> SeatConfirmed { get; } = null!;
    public Event<SeatReleased> SeatReleased { get; } = null!;
    public Event<CouponReserved> CouponReserved { get; } = null!;
    public Event<CouponRefused> CouponRefused { get; } = null!;
    public Event<CouponConfirmed> CouponConfirmed { get; } = null!;
    public Event<CouponReleased> CouponReleased { get; } = null!;
    public Event<FundsHeld> FundsHeld { get; } = null!;
    public Event<FundsRefused> FundsRefused { get; } = null!;
    public Event<FundsCaptured> FundsCaptured { get; } = null!;
    public Event<CaptureRefused> CaptureRefused { get; } = null!;
    public Event<HoldReleased> HoldReleased { get; } = null!;
    public Event<InstanceReady> InstanceReady { get; } = null!;
    public Event<InstanceFailed> InstanceFailed { get; } = null!;
    public Event<InstanceTerminated> InstanceTerminated { get; } = null!;
    public Schedule<PurchaseState, PurchaseOverdue> Deadline { get; } = null!;
    public Event<PurchaseOverdue> Overdue => Deadline.Received;

    private void Correlate()
    {
        Event(() => Requested, e => e.CorrelateById(m => m.Message.CorrelationId));
        Event(() => Cancelled, e => e.CorrelateById(m => m.Message.CorrelationId));
        Schedule(() => Deadline, s => s.DeadlineToken, s => s.Received = e => e.CorrelateById(m => m.Message.CorrelationId));

        // The answers are shared with the upgrade and the cancellation: what belongs to one of those finds no purchase under its id.
        Event(() => SeatReserved, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatConfirmed, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatReleased, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CouponReserved, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CouponRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CouponConfirmed, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CouponReleased, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsHeld, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsCaptured, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CaptureRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => HoldReleased, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => InstanceReady, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => InstanceFailed, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => InstanceTerminated, e => e.OnMissingInstance(m => m.Discard()));
    }

    // Each state names the repetitions and latecomers that it may see. What is not named is a fault and must be one:
    // FundsCaptured in Undone would mean that we took money for a subscription that we turned down.
    private void IgnoreWhatIsLate()
    {
        During([Reserving, ReservingCoupon, Holding, Provisioning, Confirming, Capturing, Active, Refusing, Refused, Compensating, Undone],
            Ignore(Requested));
        During([ReservingCoupon, Holding, Provisioning, Confirming, Capturing, Active, Refusing, Refused, Compensating, Undone],
            Ignore(SeatReserved));
        During([Holding, Provisioning, Confirming, Capturing, Active, Refusing, Refused, Compensating, Undone], Ignore(CouponReserved));
        // A reservation that was given back before it arrived is refused when it arrives.
        During([Refusing, Refused, Compensating, Undone], Ignore(CouponRefused));
        During([Active], Ignore(CouponConfirmed));
        During([Provisioning, Confirming, Capturing, Active, Compensating, Undone], Ignore(FundsHeld));
        During([Refusing, Refused, Compensating, Undone], Ignore(FundsRefused));
        During([Refused, Compensating, Undone], Ignore(SeatRefused));
        During([Capturing, Active, Compensating, Undone], Ignore(SeatConfirmed));
        During([Active], Ignore(FundsCaptured));
        During([Compensating, Undone], Ignore(CaptureRefused));
        During([Confirming, Capturing, Active, Compensating, Undone], Ignore(InstanceReady));
        During([Confirming, Capturing, Active, Compensating, Undone], Ignore(InstanceFailed));
        During([Confirming, Capturing, Active, Refusing, Refused, Compensating, Undone], Ignore(Overdue));
        During([Compensating, Undone, Refused, Refusing], Ignore(Cancelled));
        During([Refused, Undone], Ignore(SeatReleased), Ignore(CouponReleased), Ignore(HoldReleased), Ignore(InstanceTerminated));
    }

    private const string CouponIsFree = "The coupon can be used again.";

    private static Money? DiscountOf(BehaviorContext<PurchaseState, CouponReleased> x) => x.Saga.Coupon?.Discount;
}
