using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

internal static class CouponList
{
    private const string Escape = "\\";

    /// <summary>A coupon may have a million uses; whoever needs all of them asks the store, not a page.</summary>
    private const int MostRedemptions = 100;

    public static async Task<IResult> List(WalletDbContext db, CancellationToken ct,
        [Range(1, 1_000_000)] int page = 1,
        [Range(1, 100)] int limit = 20,
        [AllowedValues(null, "ACTIVE", "EXPIRED", "DISABLED", "USED_UP")] string? status = null,
        [AllowedValues(null, "CREDIT_TOPUP", "SUBSCRIPTION_DISCOUNT", "FREE_SERVICE", "WELCOME_BONUS")] string? type = null,
        Guid? serviceId = null,
        [CouponText(100)] string? search = null)
    {
        var coupons = db.Coupons.AsNoTracking();
        if (status is not null)
            coupons = InStatus(coupons, WireEnum.Value<CouponStatus>(status));
        if (type is not null)
            coupons = OfType(coupons, WireEnum.Value<CouponType>(type));
        if (serviceId is not null)
            coupons = coupons.Where(c => c.ServiceId == serviceId);
        if (search is not null)
            coupons = Named(coupons, $"%{Literally(search.Trim())}%");

        var total = await coupons.CountAsync(ct);
        var rows = await coupons.OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id).Skip((page - 1) * limit).Take(limit)
            .Select(c => new
            {
                Coupon = c,
                Redemptions = db.Redemptions.Count(r => r.CouponId == c.Id && r.State == RedemptionState.Confirmed),
            }).ToListAsync(ct);
        var services = await db.ServiceNamesAsync(rows.Select(row => row.Coupon), ct);
        return Answer.Ok(new CouponsAnswer(
            [.. rows.Select(row => CouponView.Of(row.Coupon, services.GetValueOrDefault(row.Coupon.ServiceId ?? Guid.Empty)) with
            {
                Count = new(row.Redemptions),
            })],
            Pages.Of(page, limit, total)));
    }

    public static async Task<IResult> Find(Guid couponId, WalletDbContext db, CancellationToken ct)
    {
        if (await db.Coupons.AsNoTracking().SingleOrDefaultAsync(c => c.Id == couponId, ct) is not { } coupon)
            return WalletRefusals.CouponNotFound.ToProblem();
        var final = db.Redemptions.AsNoTracking().Where(r => r.CouponId == couponId && r.State == RedemptionState.Confirmed);
        var count = await final.CountAsync(ct);
        var newest = await final.OrderByDescending(r => r.RedeemedAt).ThenByDescending(r => r.Id).Take(MostRedemptions).ToListAsync(ct);
        var around = await db.AroundAsync(newest, ct);
        var ids = newest.Select(r => r.UserId!.Value).Distinct().ToArray();
        var users = await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id))
            .ToDictionaryAsync(u => u.Id, u => new RedemptionUser(u.Id, u.Name, u.Email), ct);
        return Answer.Ok(new CouponAnswer(CouponView.Of(coupon, await db.ServiceNameAsync(coupon.ServiceId, ct)) with
        {
            Redemptions = [.. newest.Select(r => View(r, users.GetValueOrDefault(r.UserId!.Value), around))],
            Count = new(count),
        }));
    }

    private static RedemptionView View(Redemption r, RedemptionUser? user, RedemptionsAround around) => new(
        r.Id, r.CouponId!.Value, r.UserId!.Value, r.Type!.Value, r.CreditAmount, r.DiscountAmount, r.TransactionId, r.SubscriptionId, null,
        r.RedeemedAt!.Value, user, around.LineOf(r), around.SubscriptionOf(r));

    private static IQueryable<Coupon> InStatus(IQueryable<Coupon> coupons, CouponStatus status) => coupons.Where(c => c.Status == status);

    private static IQueryable<Coupon> OfType(IQueryable<Coupon> coupons, CouponType type) => coupons.Where(c => c.Type == type);

    private static IQueryable<Coupon> Named(IQueryable<Coupon> coupons, string pattern) =>
        coupons.Where(c => EF.Functions.ILike(c.Code, pattern, Escape) || EF.Functions.ILike(c.Name, pattern, Escape));

    // What somebody types is text to look for, not a pattern.
    private static string Literally(string text) => text.Replace(Escape, Escape + Escape, StringComparison.Ordinal)
        .Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal);
}
