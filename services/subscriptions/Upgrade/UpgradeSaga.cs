using MassTransit;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Upgrade;

/// <summary>
/// New seat → hold the difference → resize → seat for good → capture → old seat back. The difference is taken only after the new size is
/// live; otherwise the old size, plan and seat stay, and nothing is charged (product.md P6).
/// </summary>
internal sealed class UpgradeSaga : MassTransitStateMachine<UpgradeState>
{
    public UpgradeSaga(IOptions<LifecycleOptions> settings, TimeProvider clock)
    {
        var options = settings.Value;
        InstanceState(x => x.CurrentState);
        Correlate();

        Initially(
            When(Requested)
                .Then(x => x.Saga.Begin(x.Message, clock.GetUtcNow()))
                .Schedule(Deadline, x => new UpgradeOverdue(x.Saga.CorrelationId), _ => clock.GetUtcNow().UtcDateTime + options.ReadyWithin)
                .Publish(x => x.Saga.AskForSeat(clock.GetUtcNow() + options.ReserveFor))
                .TransitionTo(Reserving));

        During(Reserving,
            When(SeatReserved)
                .Tell(Steps.SeatReserved, "A seat of the new plan is reserved.")
                .Publish(x => x.Saga.AskForFunds(clock.GetUtcNow() + options.ReserveFor))
                .TransitionTo(Holding),
            When(SeatRefused)
                .Tell(Steps.SeatRefused, "The new plan has no free seat.")
                .Unschedule(Deadline)
                .RefuseAsync(x => x.Message.Code)
                .TransitionTo(Refused));

        During(Holding,
            When(FundsHeld)
                .Tell(Steps.FundsHeld, "The difference is set aside; it is taken only when the new size is live.", x => x.Message.Amount)
                .AcceptAsync()
                .TransitionTo(Resizing),
            When(FundsRefused)
                .Tell(Steps.FundsRefused, x => x.Message.InWords(), x => x.Message.Required)
                .Unschedule(Deadline)
                .RefuseAsync(x => x.Message.Code, x => (x.Message.Available, x.Message.Required))
                .Publish(x => x.Saga.GiveNewSeatBack())
                .TransitionTo(Refusing));

        During(Refusing,
            When(SeatReleased).TransitionTo(Refused));

        During([Reserving, Holding],
            When(Overdue)
                .Tell(Steps.Overdue, "Seat and funds were not decided in time.")
                .RevertAsync("UPGRADE_TIMEOUT", resized: false)
                .TransitionTo(Reverting));

        During(Resizing,
            When(InstanceReady, x => x.Message.Generation == x.Saga.Generation)
                .Tell(Steps.Ready, "The new size is live.")
                .Unschedule(Deadline)
                .Publish(x => x.Saga.KeepNewSeat())
                .TransitionTo(Confirming),
            When(InstanceFailed, x => x.Message.Generation == x.Saga.Generation)
                .Tell(Steps.Failed, x => $"The new size did not come up ({x.Message.Code}): {x.Message.Detail}")
                .Unschedule(Deadline)
                .RevertAsync("UPGRADE_FAILED", resized: true)
                .TransitionTo(Reverting),
            When(Overdue)
                .Tell(Steps.Overdue, "The new size was not live in time.")
                .RevertAsync("UPGRADE_FAILED", resized: true)
                .TransitionTo(Reverting));

        During(Confirming,
            When(SeatConfirmed)
                .Publish(x => x.Saga.TakeFunds())
                .TransitionTo(Capturing),
            When(SeatRefused)
                .Tell(Steps.SeatRefused, "The new seat's reservation ran out before the new size was live.")
                .RevertAsync("UPGRADE_FAILED", resized: true)
                .TransitionTo(Reverting));

        During(Capturing,
            When(FundsCaptured)
                .Tell(Steps.FundsCaptured, x => $"The difference is paid ({x.Message.CustomId}).", x => x.Message.Amount)
                .CompleteAsync()
                .Tell(Steps.Upgraded, "The subscription is on its new plan.")
                .Publish(x => x.Saga.GiveOldSeatBack())
                .TransitionTo(ReleasingOldSeat),
            When(CaptureRefused)
                .Tell(Steps.CaptureRefused, "The money that was set aside had run out of time.")
                .RevertAsync("PAYMENT_TIMEOUT", resized: true)
                .TransitionTo(Reverting));

        During(ReleasingOldSeat,
            When(SeatReleased).TransitionTo(Completed));

        During(Reverting,
            When(HoldReleased)
                .If(x => x.Saga.AwaitsFundsRelease,
                    x => x.Tell(Steps.FundsReleased, "Nothing was charged; the money is back in the wallet."))
                .Then(x => x.Saga.AwaitsFundsRelease = false)
                .If(x => x.Saga.IsReverted, x => x.StayAsync().TransitionTo(Reverted)),
            When(SeatReleased)
                .Then(x => x.Saga.AwaitsSeatRelease = false)
                .If(x => x.Saga.IsReverted, x => x.StayAsync().TransitionTo(Reverted)),
            When(InstanceReady, x => x.Message.Generation == x.Saga.Generation)
                .Then(x => x.Saga.AwaitsOldSize = false)
                .If(x => x.Saga.IsReverted, x => x.StayAsync().TransitionTo(Reverted)),
            // The old size fails too: the instance shows ERROR and the reconciler goes on trying; the money is settled all the same.
            When(InstanceFailed, x => x.Message.Generation == x.Saga.Generation)
                .Tell(Steps.Failed, x => $"The old size did not come back yet ({x.Message.Code}): {x.Message.Detail}")
                .Then(x => x.Saga.AwaitsOldSize = false)
                .If(x => x.Saga.IsReverted, x => x.StayAsync().TransitionTo(Reverted)));

        IgnoreWhatIsLate();
    }

    public State Reserving { get; } = null!;
    public State Holding { get; } = null!;
    public State Resizing { get; } = null!;
    public State Confirming { get; } = null!;
    public State Capturing { get; } = null!;
    public State ReleasingOldSeat { get; } = null!;
    public State Completed { get; } = null!;
    public State Refusing { get; } = null!;
    public State Refused { get; } = null!;
    public State Reverting { get; } = null!;
    public State Reverted { get; } = null!;

    public Event<UpgradeRequested> Requested { get; } = null!;
    public Event<SeatReserved> SeatReserved { get; } = null!;
    public Event<SeatRefused> SeatRefused { get; } = null!;
    public Event<SeatConfirmed> SeatConfirmed { get; } = null!;
    public Event<SeatReleased> SeatReleased { get; } = null!;
    public Event<FundsHeld> FundsHeld { get; } = null!;
    public Event<FundsRefused> FundsRefused { get; } = null!;
    public Event<FundsCaptured> FundsCaptured { get; } = null!;
    public Event<CaptureRefused> CaptureRefused { get; } = null!;
    public Event<HoldReleased> HoldReleased { get; } = null!;
    public Event<InstanceReady> InstanceReady { get; } = null!;
    public Event<InstanceFailed> InstanceFailed { get; } = null!;
    public Schedule<UpgradeState, UpgradeOverdue> Deadline { get; } = null!;
    public Event<UpgradeOverdue> Overdue => Deadline.Received;

    private void Correlate()
    {
        Event(() => Requested, e => e.CorrelateById(m => m.Message.CorrelationId));
        Schedule(() => Deadline, s => s.DeadlineToken, s => s.Received = e => e.CorrelateById(m => m.Message.CorrelationId));

        // The answers are shared with the purchase and the cancellation: what belongs to one of those finds no upgrade under its id.
        Event(() => SeatReserved, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatConfirmed, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatReleased, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsHeld, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => FundsCaptured, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => CaptureRefused, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => HoldReleased, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => InstanceReady, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => InstanceFailed, e => e.OnMissingInstance(m => m.Discard()));
    }

    private void IgnoreWhatIsLate()
    {
        During([Reserving, Holding, Resizing, Confirming, Capturing, ReleasingOldSeat, Completed, Refusing, Refused, Reverting, Reverted],
            Ignore(Requested));
        During([Holding, Resizing, Confirming, Capturing, ReleasingOldSeat, Completed, Refusing, Refused, Reverting, Reverted],
            Ignore(SeatReserved));
        During([Resizing, Confirming, Capturing, ReleasingOldSeat, Completed, Reverting, Reverted], Ignore(FundsHeld));
        During([Refusing, Refused, Reverting, Reverted], Ignore(FundsRefused));
        During([Refused, Reverting, Reverted], Ignore(SeatRefused));
        During([Capturing, ReleasingOldSeat, Completed, Reverting, Reverted], Ignore(SeatConfirmed));
        During([ReleasingOldSeat, Completed], Ignore(FundsCaptured));
        During([Reverting, Reverted], Ignore(CaptureRefused));
        During([Confirming, Capturing, ReleasingOldSeat, Completed, Reverted], Ignore(InstanceReady), Ignore(InstanceFailed));
        // The answer to a wish that was superseded.
        During([Resizing, Reverting],
            Ignore(InstanceReady, x => x.Message.Generation != x.Saga.Generation),
            Ignore(InstanceFailed, x => x.Message.Generation != x.Saga.Generation));
        During([Confirming, Capturing, ReleasingOldSeat, Completed, Refusing, Refused, Reverting, Reverted], Ignore(Overdue));
        During([Completed, Refused, Reverted], Ignore(SeatReleased));
        During([Reverted], Ignore(HoldReleased));
    }
}
