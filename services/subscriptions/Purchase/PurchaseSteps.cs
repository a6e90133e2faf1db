using MassTransit;
using Platform.Contracts;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Purchase;

/// <summary>The verbs of the purchase.</summary>
internal static class PurchaseSteps
{
    public static void Begin(this PurchaseState saga, PurchaseRequested request)
    {
        saga.UserId = request.UserId;
        saga.PlanId = request.PlanId;
        saga.Price = request.Price;
        saga.ReservationId = request.ReservationId;
        saga.HoldId = request.HoldId;
        saga.InstanceId = request.InstanceId;
        saga.Item = request.Item;
        saga.Coupon = request.Coupon;
    }

    public static ReserveSeat AskForSeat(this PurchaseState saga, DateTimeOffset expiresAt) =>
        new(saga.CorrelationId, saga.ReservationId, saga.PlanId, saga.UserId, expiresAt);

    public static HoldFunds AskForFunds(this PurchaseState saga, DateTimeOffset expiresAt) =>
        new(saga.CorrelationId, saga.HoldId, saga.UserId, saga.Charge, saga.Item, expiresAt);

    public static ConfirmSeat KeepSeat(this PurchaseState saga) => new(saga.CorrelationId, saga.ReservationId, saga.PlanId);

    public static ReleaseSeat GiveSeatBack(this PurchaseState saga) => new(saga.CorrelationId, saga.ReservationId, saga.PlanId);

    public static CaptureHold TakeFunds(this PurchaseState saga) => new(saga.CorrelationId, saga.HoldId, saga.PeriodKey());

    private static string PeriodKey(this PurchaseState saga) => $"period:{saga.CorrelationId}:1";

    /// <summary>Seat and funds are there: the waiting request is answered, and the deployment begins.</summary>
    public static EventActivityBinder<PurchaseState, T> AcceptAsync<T>(this EventActivityBinder<PurchaseState, T> step) where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            var subscription = await life.LockAsync(x.Saga.CorrelationId, ct);
            await life.DecideAsync(subscription.Id, Decision.Accepted, null, null, ct);
            if (subscription.Phase is not SubscriptionPhase.Pending)
                return;
            subscription.FundsAreHeld(life.Now);
            var deployment = await x.Service<Deployments>().DescribeAsync(subscription, ct);
            await x.Publish(new ProvisionInstance(x.Saga.CorrelationId, x.Saga.InstanceId, subscription.Id, subscription.UserId,
                subscription.Generation, deployment.Workload, deployment.Resources), ct);
            await life.TellAsync(subscription.Id, Steps.Deploying, "The application is being deployed.", null, ct);
        });

    /// <summary>The answer is no: the subscription ends without ever having been active.</summary>
    public static EventActivityBinder<PurchaseState, T> RefuseAsync<T>(this EventActivityBinder<PurchaseState, T> step, string reason,
        Func<BehaviorContext<PurchaseState, T>, string> code,
        Func<BehaviorContext<PurchaseState, T>, (Money Available, Money Required)>? figures = null)
        where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            var subscription = await life.LockAsync(x.Saga.CorrelationId, ct);
            x.Saga.Reason = reason;
            subscription.BeginEnd(reason, life.Now);
            var (available, required) = figures?.Invoke(x) ?? default;
            await life.DecideAsync(subscription.Id, code(x), figures is null ? null : available, figures is null ? null : required, ct);
        });

    /// <summary>Asks for everything back that this purchase may have got. The receivers answer for certain, whatever they had.</summary>
    public static EventActivityBinder<PurchaseState, T> UndoAsync<T>(
        this EventActivityBinder<PurchaseState, T> step, string reason, bool deployed)
        where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, saga, ct) = (x.Service<Lifecycle>(), x.Saga, x.CancellationToken);
            var subscription = await life.LockAsync(saga.CorrelationId, ct);
            saga.Reason = subscription.Reason ?? reason;
            subscription.BeginEnd(reason, life.Now);
            var asked = saga.CurrentState is not nameof(PurchaseSaga.Reserving);
            if (saga.CurrentState is nameof(PurchaseSaga.Reserving) or nameof(PurchaseSaga.ReservingCoupon) or nameof(PurchaseSaga.Holding))
                await life.DecideAsync(saga.CorrelationId, saga.Reason, null, null, ct);
            await life.TellAsync(saga.CorrelationId, Steps.Compensating, "Everything that was prepared is being undone.", null, ct);

            saga.AwaitsFundsRelease = saga.AwaitsSeatRelease = true;
            saga.AwaitsTermination = deployed;
            await x.Publish(new ReleaseHold(saga.CorrelationId, saga.HoldId, saga.Reason), ct);
            await x.Publish(saga.GiveSeatBack(), ct);
            // Also when the wallet has not answered yet: a release that comes first ends the reservation before it begins.
            if (asked)
                await x.GiveCouponBackAsync();
            if (deployed)
                await x.Publish(
                    new TerminateInstance(saga.CorrelationId, saga.InstanceId, saga.CorrelationId, saga.UserId, saga.Reason), ct);
        });

    /// <summary>Nothing was held: what goes back is the seat, and the coupon when it was reserved.</summary>
    public static EventActivityBinder<PurchaseState, T> GiveBackAsync<T>(
        this EventActivityBinder<PurchaseState, T> step)
        where T : class =>
        step.ThenAsync(async x =>
        {
            x.Saga.AwaitsSeatRelease = true;
            await x.Publish(x.Saga.GiveSeatBack(), x.CancellationToken);
            if (x.Saga.Coupon is { Discount: not null })
                await x.GiveCouponBackAsync();
        });

    /// <summary>Paid and running.</summary>
    public static EventActivityBinder<PurchaseState, FundsCaptured> ActivateAsync(
        this EventActivityBinder<PurchaseState, FundsCaptured> step) =>
        step.ThenAsync(async x =>
        {
            var (captured, ct) = (x.Message, x.CancellationToken);
            var subscription = await x.Service<Lifecycle>().LockAsync(x.Saga.CorrelationId, ct);
            subscription.Activate(captured.Amount, captured.CapturedAt);
            x.Service<SubscriptionsDbContext>().Add(new Charge
            {
                BusinessKey = x.Saga.PeriodKey(), SubscriptionId = subscription.Id, Kind = x.Saga.Item.Kind, Amount = captured.Amount,
                From = subscription.PeriodStart, To = subscription.PeriodEnd, PlanId = subscription.PlanId,
                TransactionId = captured.TransactionId, CustomId = captured.CustomId, Description = x.Saga.Item.Description,
                CapturedAt = captured.CapturedAt,
            });
            await x.Publish(new SubscriptionActivated(subscription.Id, subscription.UserId, subscription.ServiceId, subscription.PlanId,
                subscription.MonthlyPrice, subscription.PeriodStart, subscription.PeriodEnd), ct);
        });

    /// <summary>All is undone: the subscription has ended and says why.</summary>
    public static EventActivityBinder<PurchaseState, T> EndAsync<T>(this EventActivityBinder<PurchaseState, T> step) where T : class =>
        step.ThenAsync(async x =>
        {
            var (life, ct) = (x.Service<Lifecycle>(), x.CancellationToken);
            var subscription = await life.LockAsync(x.Saga.CorrelationId, ct);
            subscription.End(life.Now);
            await life.TellAsync(subscription.Id, Steps.Cancelled,
                $"The subscription has ended ({subscription.Reason}); nothing was charged.", null, ct);
            await x.Publish(new SubscriptionCancelled(subscription.Id, subscription.UserId, subscription.Reason!, life.Now), ct);
        });

    public static async Task<bool> BeginCaptureAsync(this BehaviorContext<PurchaseState> x)
    {
        var life = x.Service<Lifecycle>();
        return (await life.LockAsync(x.Saga.CorrelationId, x.CancellationToken)).BeginCapture(life.Now);
    }

    public static async Task<bool> IsCancelledAsync(this BehaviorContext<PurchaseState> x) =>
        (await x.Service<Lifecycle>().LockAsync(x.Saga.CorrelationId, x.CancellationToken)).Phase is SubscriptionPhase.Ending;
}
