using MassTransit;
using Platform.Contracts;

namespace Platform.Subscriptions.Purchase;

/// <summary>The verbs of the purchase that are about its coupon. Without a coupon none of them says anything to the wallet.</summary>
internal static class CouponSteps
{
    public static ReserveCoupon AskForCoupon(this PurchaseState saga, DateTimeOffset expiresAt)
    {
        var coupon = saga.Coupon ?? throw new InvalidOperationException($"The purchase {saga.CorrelationId} has no coupon to reserve.");
        return new(saga.CorrelationId, coupon.RedemptionId, saga.UserId, coupon.Code, coupon.ServiceId, saga.Item.PlanType, saga.Price,
            expiresAt);
    }

    /// <summary>Writes down what the wallet takes off; from here on the purchase costs that much less.</summary>
    public static void TakeOff(this PurchaseState saga, Money discount) => saga.Coupon = saga.Coupon! with { Discount = discount };

    /// <summary>The reserved discount is the one that was quoted. Without a quote nothing was promised, and any discount will do.</summary>
    public static bool KeepsItsPromise(this PurchaseState saga) =>
        saga.Coupon is { Promised: null } || saga.Coupon!.Promised == saga.Coupon.Discount;

    public static async Task GiveCouponBackAsync<T>(this BehaviorContext<PurchaseState, T> x) where T : class
    {
        if (x.Saga.Coupon is not { } coupon)
            return;
        x.Saga.AwaitsCouponRelease = true;
        await x.Publish(new ReleaseCoupon(x.Saga.CorrelationId, coupon.RedemptionId), x.CancellationToken);
    }

    /// <summary>
    /// The discount is given for good. The purchase does not wait for the answer: the command is in this transaction's outbox and cannot
    /// be lost, the wallet confirms always, also what had run out, and nothing of the subscription would change with its answer.
    /// </summary>
    public static EventActivityBinder<PurchaseState, T> ConfirmCouponAsync<T>(
        this EventActivityBinder<PurchaseState, T> step)
        where T : class =>
        step.ThenAsync(x => x.Saga.Coupon is { } coupon
            ? x.Publish(new ConfirmCoupon(x.Saga.CorrelationId, coupon.RedemptionId, x.Saga.SubscriptionId), x.CancellationToken)
            : Task.CompletedTask);
}
