using MassTransit;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Keeps one use of a coupon for a purchase, or says no; both are remembered, and every repetition hears the same.</summary>
internal sealed class ReserveCouponConsumer(WalletDbContext db, CouponUses uses, TimeProvider clock) : IConsumer<ReserveCoupon>
{
    public async Task Consume(ConsumeContext<ReserveCoupon> context)
    {
        var (wish, ct) = (context.Message, context.CancellationToken);
        var redemption = await db.LockRedemptionAsync(wish.RedemptionId, ct);
        if (redemption is null)
        {
            redemption = await DecideAsync(wish, clock.GetUtcNow(), ct);
            db.Redemptions.Add(redemption);
        }
        else if (redemption.OnlyEndIsKnown)
        {
            redemption.RefuseLateComer(wish, WalletRefusals.RedemptionEnded.Code);
        }

        // Whatever happened to the reservation since, this is what was said about it the first time.
        await (redemption.State == RedemptionState.Refused
            ? context.Publish(new CouponRefused(wish.CorrelationId, redemption.Id, redemption.Code!), ct)
            : context.Publish(new CouponReserved(wish.CorrelationId, redemption.Id, CouponCode.Normalise(wish.Code),
                redemption.DiscountAmount ?? Money.Zero), ct));
    }

    private async Task<Redemption> DecideAsync(ReserveCoupon wish, DateTimeOffset now, CancellationToken ct)
    {
        if (wish.ExpiresAt <= now)
            return Redemption.Refused(wish, coupon: null, WalletRefusals.RedemptionEnded.Code, now);
        if (await uses.LockAsync(wish.Code, ct) is not { } coupon)
            return Redemption.Refused(wish, coupon: null, WalletRefusals.CouponUnknown.Code, now);
        var (discount, objection) = await uses.WorthAsync(coupon, wish.UserId, wish.ServiceId, wish.PlanType, wish.Price, ct);
        if (objection is not null)
            return Redemption.Refused(wish, coupon, objection.Refusal.Code, now);
        return await uses.TakeAsync(coupon.Id, ct)
            ? Redemption.Reserve(wish, coupon, discount, now)
            : throw new InvalidOperationException($"Coupon {coupon.Id} was locked with a use left, and has none.");
    }
}
