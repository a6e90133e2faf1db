using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Says what a coupon would take off. Nothing is locked or kept; only a reservation holds.</summary>
internal sealed class GetCouponWorthConsumer(WalletDbContext db, CouponUses uses) : IConsumer<GetCouponWorth>
{
    public async Task Consume(ConsumeContext<GetCouponWorth> context)
    {
        var (question, ct) = (context.Message, context.CancellationToken);
        var code = CouponCode.Normalise(question.Code);
        if (!CouponCode.IsWellFormed(question.Code)
            || await db.Coupons.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, ct) is not { } coupon)
        {
            await context.RespondAsync(new CouponWorth(code, Money.Zero, WalletRefusals.CouponUnknown.Code));
            return;
        }

        var (discount, objection) =
            await uses.WorthAsync(coupon, question.UserId, question.ServiceId, question.PlanType, question.Price, ct);
        await context.RespondAsync(new CouponWorth(code, discount, objection?.Refusal.Code));
    }
}
