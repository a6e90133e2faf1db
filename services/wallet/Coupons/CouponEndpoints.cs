using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="ServiceId">What it is wanted for; without it, the coupon's limits are told and not judged.</param>
/// <param name="SubscriptionAmount">The price of the first period, whole rupiah.</param>
public sealed record CouponQuestion(
    [property: CouponCode] string CouponCode,
    Guid? ServiceId = null,
    [property: Range(typeof(long), "0", "1000000000000")] long? SubscriptionAmount = null);

public sealed record RedeemCoupon([property: CouponCode] string CouponCode);

/// <param name="Coupon">Absent for a code that nobody knows.</param>
internal sealed record CouponValidation(
    bool Valid, string? Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ValidatedCoupon? Coupon);

/// <param name="PotentialValue">Whole rupiah; null for a share of a price that was not given.</param>
internal sealed record ValidatedCoupon(
    Guid Id, string Code, string Name, string? Description, CouponType Type, CouponDiscountType? DiscountType, Money? PotentialValue,
    string ValueDescription, ServiceName? Service, DateTimeOffset? ValidUntil, CouponUsage UsageInfo);

internal sealed record CouponUsage(int Used, int MaxUses, int UserUsed, int MaxPerUser);

internal sealed record CouponValidationAnswer(CouponValidation Validation);

internal sealed record RedeemedCoupon(
    bool Success, Guid RedemptionId, string CouponCode, string CouponName, Money CreditAmount, string Description, Guid TransactionId,
    long NewBalance);

internal sealed record RedeemedCouponAnswer(RedeemedCoupon Redemption);

internal static class CouponEndpoints
{
    public static void MapCoupons(this IEndpointRouteBuilder wallet)
    {
        wallet.MapPost("/validate-coupon", Validate).RequireRateLimiting(CouponAttempts.Policy).WithName("ValidateCoupon");
        wallet.MapPost("/redeem-coupon", Redeem).RequireRateLimiting(CouponAttempts.Policy).AcceptsIdempotencyKey()
            .WithName("RedeemCoupon");
        wallet.MapGet("/coupon-history", CouponHistory.List).WithName("ListCouponHistory");
    }

    private static async Task<IResult> Validate(
        CouponQuestion question, CurrentUser user, WalletDbContext db, CouponUses uses, TimeProvider clock, CancellationToken ct)
    {
        var code = CouponCode.Normalise(question.CouponCode);
        if (await db.Coupons.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, ct) is not { } coupon)
            return Answer.Ok(new CouponValidationAnswer(new(false, Text(CouponObjections.Unknown), null)));

        var own = await uses.OwnAsync(coupon.Id, user.Id, ct);
        var objection = coupon.ObjectionTo(own, clock.GetUtcNow()) ?? coupon.ObjectionTo(question.ServiceId, planType: null);
        var service = await db.ServiceNameAsync(coupon.ServiceId, ct);
        return Answer.Ok(new CouponValidationAnswer(new(objection is null, objection is null ? null : Text(objection), new(
            coupon.Id, coupon.Code, coupon.Name, coupon.Description, coupon.Type, coupon.DiscountType,
            ValueOf(coupon, question.SubscriptionAmount), coupon.Terms.Worth() + LimitsOf(coupon, service), service, coupon.ValidUntil,
            new(coupon.UsedCount, coupon.MaxUses, own, coupon.MaxUsesPerUser)))));
    }

    private static async Task<IResult> Redeem(
        RedeemCoupon request, CurrentUser user, WalletDbContext db, CouponCredits credits, CancellationToken ct)
    {
        // With an Idempotency-Key a transaction is already open, for the key and the effect together.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        var (credited, objection) = await credits.RedeemAsync(user.Id, request.CouponCode, ct);
        if (credited is null)
            return objection!.Refusal.ToProblem(objection.Remedy);
        if (own is not null)
            await own.CommitAsync(ct);

        var (coupon, redemption, line) = credited;
        var amount = redemption.CreditAmount!.Value;
        return Answer.Ok(
            new RedeemedCouponAnswer(new(
                true, redemption.Id, coupon.Code, coupon.Name, amount, line.Description, line.Id, line.BalanceAfter)),
            $"{amount} has been credited to your wallet.");
    }

    private static Money? ValueOf(Coupon coupon, long? price)
    {
        if (coupon.GivesCredit)
            return coupon.CreditAmount;
        if (price is { } rupiah)
            return coupon.Terms.DiscountOn(Money.Idr(rupiah));
        return coupon.DiscountType == CouponDiscountType.FixedAmount ? coupon.CreditAmount : null;
    }

    private static string LimitsOf(Coupon coupon, ServiceName? service)
    {
        List<string> limits = [];
        if (coupon.ServiceId is { } id)
            limits.Add($"the service {service?.Name ?? id.ToString()}");
        if (coupon.PlanType is { } tier)
            limits.Add($"plans of the type {WireEnum.Text(tier)}");
        return limits.Count == 0 ? "" : $", only for {string.Join(" and ", limits)}";
    }

    private static string Text(CouponObjection objection) => $"{objection.Refusal.Title}. {objection.Remedy}";
}
