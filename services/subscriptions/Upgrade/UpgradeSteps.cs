using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Upgrade;

/// <summary>The verbs of the upgrade.</summary>
internal static class UpgradeSteps
{
    public static void Begin(this UpgradeState saga, UpgradeRequested request, DateTimeOffset now)
    {
        saga.SubscriptionId = request.SubscriptionId;
        saga.UserId = request.UserId;
        saga.InstanceId = request.InstanceId;
        saga.FromPlanId = request.FromPlanId;
        saga.ToPlanId = request.ToPlanId;
        saga.NewPrice = request.NewPrice;
        saga.Charge = request.Charge;
        saga.OldReservationId = request.OldReservationId;
        saga.NewReservationId = Guid.CreateVersion7(now);
        saga.HoldId = Guid.CreateVersion7(now);
        saga.Item = request.Item;
    }

    public static ReserveSeat AskForSeat(this UpgradeState saga, DateTimeOffset expiresAt) =>
        new(saga.CorrelationId, saga.NewReservationId, saga.ToPlanId, saga.UserId, expiresAt);

    public static HoldFunds AskForFunds(this UpgradeState saga, DateTimeOffset expiresAt) =>
        new(saga.CorrelationId, saga.HoldId, saga.UserId, saga.Charge, saga.Item, expiresAt);

    public static ConfirmSeat KeepNewSeat(this UpgradeState saga) => new(saga.CorrelationId, saga.NewReservationId, saga.ToPlanId);

    public static ReleaseSeat GiveNewSeatBack(this UpgradeState saga) => new(saga.CorrelationId, saga.NewReservationId, saga.ToPlanId);

    public static ReleaseSeat GiveOldSeatBack(this UpgradeState saga) => new(saga.CorrelationId, saga.OldReservationId, saga.FromPlanId);

    public static CaptureHold TakeFunds(this UpgradeState saga) => new(saga.CorrelationId, saga.HoldId, saga.ChargeKey());

    private static string ChargeKey(this UpgradeState saga) => $"upgrade:{saga.SubscriptionId}:{saga.CorrelationId}";

    /// <summary>Seat and funds are there: the waiting request is answered, and the new size is wished for.</summary>
    public static EventActivityBinder<UpgradeState, FundsHeld> AcceptAsync(this EventActivityBinder<UpgradeState, FundsHeld> step) =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            await life.LockAsync(x.Saga.SubscriptionId, ct);
            await life.DecideAsync(x.Saga.CorrelationId, Decision.Accepted, null, null, ct);
            await ResizeAsync(x, x.Saga.ToPlanId);
            await life.TellAsync(x.Saga.SubscriptionId, Steps.Resizing, "The application is being given its new size.", null, ct);
        });

    /// <summary>The answer is no: everything stays as it was.</summary>
    public static EventActivityBinder<UpgradeState, T> RefuseAsync<T>(this EventActivityBinder<UpgradeState, T> step,
        Func<BehaviorContext<UpgradeState, T>, string> code,
        Func<BehaviorContext<UpgradeState, T>, (Money Available, Money Required)>? figures = null)
        where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            var subscription = await life.LockAsync(x.Saga.SubscriptionId, ct);
            subscription.AbandonUpgrade(code(x), life.Now);
            var (available, required) = figures?.Invoke(x) ?? default;
            await life.DecideAsync(x.Saga.CorrelationId, code(x),
                figures is null ? null : available, figures is null ? null : required, ct);
        });

    /// <summary>The new size is live and the difference is paid.</summary>
    public static EventActivityBinder<UpgradeState, FundsCaptured> CompleteAsync(
        this EventActivityBinder<UpgradeState, FundsCaptured> step) =>
        step.ThenAsync(async x =>
        {
            var (saga, captured, ct) = (x.Saga, x.Message, x.CancellationToken);
            var subscription = await x.Service<Lifecycle>().LockAsync(saga.SubscriptionId, ct);
            subscription.CompleteUpgrade(saga.ToPlanId, saga.NewPrice, saga.NewReservationId, captured.Amount, captured.CapturedAt);
            x.Service<SubscriptionsDbContext>().Add(new Charge
            {
                BusinessKey = saga.ChargeKey(), SubscriptionId = subscription.Id, Kind = saga.Item.Kind, Amount = captured.Amount,
                From = captured.CapturedAt, To = subscription.PeriodEnd, PlanId = saga.ToPlanId, TransactionId = captured.TransactionId,
                CustomId = captured.CustomId, Description = saga.Item.Description, CapturedAt = captured.CapturedAt,
            });
            await x.Publish(new SubscriptionUpgraded(subscription.Id, subscription.UserId, saga.FromPlanId, saga.ToPlanId, captured.Amount,
                captured.CapturedAt), ct);
        });

    /// <summary>Asks for everything back, and for the old size again when the new one was wished for.</summary>
    public static EventActivityBinder<UpgradeState, T> RevertAsync<T>(
        this EventActivityBinder<UpgradeState, T> step, string reason, bool resized)
        where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, saga, ct) = (x.Service<Lifecycle>(), x.Saga, x.CancellationToken);
            await life.LockAsync(saga.SubscriptionId, ct);
            saga.Reason = reason;
            if (!resized)
                await life.DecideAsync(saga.CorrelationId, reason, null, null, ct);
            await life.TellAsync(saga.SubscriptionId, Steps.Compensating,
                "The upgrade is being undone; plan, size and seat stay as they were.", null, ct);
            saga.AwaitsFundsRelease = saga.AwaitsSeatRelease = true;
            saga.AwaitsOldSize = resized;
            await x.Publish(new ReleaseHold(saga.CorrelationId, saga.HoldId, reason), ct);
            await x.Publish(saga.GiveNewSeatBack(), ct);
            if (resized)
                await ResizeAsync(x, saga.FromPlanId);
        });

    /// <summary>All is as before; the subscription may be upgraded again.</summary>
    public static EventActivityBinder<UpgradeState, T> StayAsync<T>(this EventActivityBinder<UpgradeState, T> step) where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            var subscription = await life.LockAsync(x.Saga.SubscriptionId, ct);
            subscription.AbandonUpgrade(x.Saga.Reason!, life.Now);
            await life.TellAsync(subscription.Id, Steps.UpgradeReverted,
                $"The upgrade did not happen ({x.Saga.Reason}); nothing was charged.", null, ct);
        });

    private static async Task ResizeAsync<T>(BehaviorContext<UpgradeState, T> x, Guid plan) where T : class
    {
        var subscription = await x.Service<Lifecycle>().LockAsync(x.Saga.SubscriptionId, x.CancellationToken);
        var resources = await x.Service<Deployments>().ResourcesOfAsync(plan, x.CancellationToken);
        x.Saga.Generation = subscription.NextGeneration();
        // Until the new pod answers, the owner must not read the old one's health as the upgrade's success (api.md §14.2).
        await x.Service<SubscriptionsDbContext>().Instances.Where(i => i.Id == x.Saga.InstanceId).ExecuteUpdateAsync(set => set
            .SetProperty(i => i.WishedGeneration, x.Saga.Generation)
            .SetProperty(i => i.HealthStatus, InstanceHealth.Upgrading), x.CancellationToken);
        await x.Publish(new ResizeInstance(x.Saga.CorrelationId, x.Saga.InstanceId, x.Saga.Generation, resources), x.CancellationToken);
    }
}
