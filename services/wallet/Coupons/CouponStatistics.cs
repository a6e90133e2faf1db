using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>How coupons are used (api.md §4.3). A coupon whose end has passed is counted as expired, whatever its status says.</summary>
internal static class CouponStatistics
{
    private const int MostTop = 10;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    internal sealed record StatisticsAnswer(StatisticsView Statistics);

    /// <param name="RedemptionsByType">Those of the period.</param>
    internal sealed record StatisticsView(
        Overview Overview, IReadOnlyList<TopCoupon> TopCoupons, IReadOnlyDictionary<string, int> RedemptionsByType, string Period,
        DateTimeOffset StartDate, DateTimeOffset EndDate);

    internal sealed record Overview(
        int TotalCoupons, int ActiveCoupons, int ExpiredCoupons, int UsedUpCoupons, int TotalRedemptions, int PeriodRedemptions);

    internal sealed record TopCoupon(Guid Id, string Code, string Name, CouponType Type, int UsedCount, int MaxUses);

    private sealed record Counts(int Total, int Active, int Expired, int UsedUp);

    public static async Task<IResult> Of(WalletDbContext db, TimeProvider clock, CancellationToken ct,
        [AllowedValues("week", "month", "year")] string period = "month")
    {
        var now = clock.GetUtcNow();
        var start = StartOf(period, now);
        var counts = await db.Database.SqlQuery<Counts>($"""
            SELECT count(*)::int AS "Total",
                count(*) FILTER (WHERE status = 'ACTIVE' AND (valid_until IS NULL OR valid_until >= {now}))::int AS "Active",
                count(*) FILTER (WHERE status = 'EXPIRED' OR (status = 'ACTIVE' AND valid_until < {now}))::int AS "Expired",
                count(*) FILTER (WHERE status = 'USED_UP')::int AS "UsedUp"
            FROM wallet.coupons
            """).SingleAsync(ct);
        var redeemed = db.Redemptions.Where(r => r.State == RedemptionState.Confirmed);
        var total = await redeemed.CountAsync(ct);
        var byType = await redeemed.Where(r => r.RedeemedAt >= start && r.RedeemedAt <= now)
            .GroupBy(r => r.Type).Select(type => new { Type = type.Key, Count = type.Count() }).ToListAsync(ct);
        var top = await db.Coupons.OrderByDescending(c => c.UsedCount).ThenByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id)
            .Take(MostTop).Select(c => new TopCoupon(c.Id, c.Code, c.Name, c.Type, c.UsedCount, c.MaxUses)).ToListAsync(ct);
        return Answer.Ok(new StatisticsAnswer(new(
            new(counts.Total, counts.Active, counts.Expired, counts.UsedUp, total, byType.Sum(type => type.Count)), top,
            byType.ToDictionary(type => WireEnum.Text(type.Type!.Value), type => type.Count), period, start, now)));
    }

    // A week is the last seven days; months and years begin as people in Jakarta count them.
    private static DateTimeOffset StartOf(string period, DateTimeOffset now) => period switch
    {
        "week" => now - Week,
        "month" => JakartaTime.StartOfMonth(now),
        _ => JakartaTime.StartOfYear(now),
    };
}
