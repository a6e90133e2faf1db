using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed record RedemptionCoupon(Guid Id, string Code, string Name, CouponType Type, CouponDiscountType? DiscountType);

internal sealed record RedemptionLine(Guid Id, string CustomId, TransactionStatus Status);

internal sealed record RedemptionSubscription(Guid Id, TransactionView.ServicePart Service, TransactionView.PlanPart Plan);

/// <summary>A final use of a coupon on the wire (api.md §1.6 RedemptionRow, with what it belongs to).</summary>
/// <param name="Metadata">Part of the wire contract; nothing is kept in it.</param>
internal sealed record HistoryView(
    Guid Id, Guid CouponId, Guid UserId, CouponType RedemptionType, Money? CreditAmount, Money? DiscountAmount, Guid? TransactionId,
    Guid? SubscriptionId, object? Metadata, DateTimeOffset RedeemedAt, RedemptionCoupon Coupon, RedemptionLine? Transaction,
    RedemptionSubscription? Subscription);

internal sealed record HistoryAnswer(IReadOnlyList<HistoryView> Redemptions, Pagination Pagination);

internal static class CouponHistory
{
    public static async Task<IResult> List(CurrentUser user, WalletDbContext db, CancellationToken ct,
        [Range(1, 1_000_000)] int page = 1,
        [Range(1, 100)] int limit = 20,
        [AllowedValues(null, "CREDIT_TOPUP", "SUBSCRIPTION_DISCOUNT", "FREE_SERVICE", "WELCOME_BONUS")] string? type = null)
    {
        var own = db.Redemptions.AsNoTracking().Where(r => r.UserId == user.Id && r.State == RedemptionState.Confirmed);
        if (type is not null)
            own = OfType(own, WireEnum.Value<CouponType>(type));
        var total = await own.CountAsync(ct);
        var skipped = (page - 1) * limit;
        var rows = await own.OrderByDescending(r => r.RedeemedAt).ThenByDescending(r => r.Id).Skip(skipped).Take(limit)
            .Join(db.Coupons, r => r.CouponId, c => c.Id, (r, c) => new { Redemption = r, Coupon = c }).ToListAsync(ct);
        // A join promises no order.
        var shown = rows.OrderByDescending(row => row.Redemption.RedeemedAt).ThenByDescending(row => row.Redemption.Id).ToList();
        var around = await db.AroundAsync([.. shown.Select(row => row.Redemption)], ct);
        return Answer.Ok(new HistoryAnswer(
            [.. shown.Select(row => View(row.Redemption, row.Coupon, around))], Pages.Of(page, limit, total)));
    }

    /// <summary>The lines and the subscriptions that some uses belong to.</summary>
    public static async Task<RedemptionsAround> AroundAsync(this WalletDbContext db, IReadOnlyList<Redemption> redemptions,
        CancellationToken ct)
    {
        var (lines, subscriptions) = (redemptions.Select(r => r.TransactionId).OfType<Guid>().ToArray(),
            redemptions.Select(r => r.SubscriptionId).OfType<Guid>().Distinct().ToArray());
        var known = lines.Length + subscriptions.Length == 0 ? [] : await db.Transactions.AsNoTracking()
            .Where(t => lines.Contains(t.Id) || (t.SubscriptionId != null && subscriptions.Contains(t.SubscriptionId.Value)))
            .OrderBy(t => t.Number).ToListAsync(ct);
        return new(
            known.ToDictionary(line => line.Id, line => new RedemptionLine(line.Id, line.CustomId, line.Status)),
            // The names as they were agreed for the first period, which is what the coupon was used for.
            known.Where(line => line.SubscriptionId is not null && line.ServiceName is not null)
                .GroupBy(line => line.SubscriptionId!.Value).ToDictionary(its => its.Key, its => Subscription(its.First())));
    }

    private static RedemptionSubscription Subscription(WalletTransaction line) => new(
        line.SubscriptionId!.Value, new(line.ServiceName!, line.ServiceSlug!), new(line.PlanName!, line.PlanType!));

    // Whoever has confirmed a use has a user, a type and a time: the store promises it.
    private static HistoryView View(Redemption r, Coupon coupon, RedemptionsAround around) => new(
        r.Id, coupon.Id, r.UserId!.Value, r.Type!.Value, r.CreditAmount, r.DiscountAmount, r.TransactionId, r.SubscriptionId, null,
        r.RedeemedAt!.Value, new(coupon.Id, coupon.Code, coupon.Name, coupon.Type, coupon.DiscountType), around.LineOf(r),
        around.SubscriptionOf(r));

    private static IQueryable<Redemption> OfType(IQueryable<Redemption> redemptions, CouponType type) =>
        redemptions.Where(r => r.Type == type);
}

internal sealed record RedemptionsAround(
    IReadOnlyDictionary<Guid, RedemptionLine> Lines, IReadOnlyDictionary<Guid, RedemptionSubscription> Subscriptions)
{
    public RedemptionLine? LineOf(Redemption r) => r.TransactionId is { } id ? Lines.GetValueOrDefault(id) : null;

    public RedemptionSubscription? SubscriptionOf(Redemption r) => r.SubscriptionId is { } id ? Subscriptions.GetValueOrDefault(id) : null;
}

/// <summary>Where a page lies in its list (api.md §1.5, PG3).</summary>
internal static class Pages
{
    public static Pagination Of(int page, int limit, int total) =>
        new(page, (total + limit - 1) / limit, total, HasMore: (long)page * limit < total);
}
