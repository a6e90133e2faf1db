using MassTransit;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// Makes a use final. The discount has been given, so the answer is always yes; where the reservation had ended meanwhile, the use is
/// counted again as far as the coupon has one left.
/// </summary>
internal sealed partial class ConfirmCouponConsumer(
    WalletDbContext db, CouponUses uses, TimeProvider clock, ILogger<ConfirmCouponConsumer> log) : IConsumer<ConfirmCoupon>
{
    public async Task Consume(ConsumeContext<ConfirmCoupon> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        var redemption = await db.LockRedemptionAsync(wish.RedemptionId, ct);
        if (redemption is null)
        {
            // Remembered, or the reservation would come later and keep a use for a purchase that is over.
            redemption = Redemption.EndedBeforeItCame(wish.RedemptionId, now);
            db.Redemptions.Add(redemption);
        }

        switch (redemption)
        {
            case { State: RedemptionState.Reserved }:
                redemption.Confirm(wish.SubscriptionId, now);
                break;
            case { State: RedemptionState.Expired or RedemptionState.Released, CouponId: { } coupon }:
                redemption.ConfirmLate(wish.SubscriptionId, counted: await uses.TakeAsync(coupon, ct), now);
                if (redemption.IsOverLimit)
                    OneTooMany(log, coupon, redemption.Id);
                break;
            case { State: not RedemptionState.Confirmed }:
                NothingToConfirm(log, redemption.Id, redemption.State);
                break;
        }

        await context.Publish(new CouponConfirmed(wish.CorrelationId, wish.RedemptionId), ct);
    }

    [LoggerMessage(LogLevel.Warning,
        "Coupon {CouponId} was used once more than its limit: redemption {RedemptionId} ran out and was confirmed after its use had gone")]
    private static partial void OneTooMany(ILogger log, Guid couponId, Guid redemptionId);

    [LoggerMessage(LogLevel.Error, "Redemption {RedemptionId} is to be confirmed, but it is {State} without a coupon")]
    private static partial void NothingToConfirm(ILogger log, Guid redemptionId, RedemptionState state);
}
