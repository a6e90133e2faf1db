using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>
/// What a user's completed transactions add up to (api.md §4.1). Amounts are added without sign, whatever their direction.
/// </summary>
internal static class Statistics
{
    private const int MostLines = 100;
    private const int MostRecent = 10;
    private static readonly TimeSpan Window = TimeSpan.FromDays(30);

    internal sealed record StatisticsAnswer(StatisticsView Statistics);

    internal sealed record StatisticsView(
        Overview Overview, IReadOnlyDictionary<string, TypeTotal> ByType, IReadOnlyDictionary<string, PeriodTotal> PeriodStats,
        IReadOnlyList<Activity> RecentActivity);

    internal sealed record Overview(Money TotalAmount, int TotalTransactions, Money AverageAmount);

    internal sealed record TypeTotal(Money TotalAmount, int Count);

    internal sealed record PeriodTotal(Money TotalAmount, int Count, IReadOnlyDictionary<string, PeriodTypeTotal> ByType);

    internal sealed record PeriodTypeTotal(Money Amount, int Count);

    internal sealed record Activity(TransactionType Type, Money Amount, DateTimeOffset CompletedAt);

    private sealed record Line(TransactionType Type, Money Amount, DateTimeOffset CompletedAt);

    private sealed record TypeRow(string Type, long Total, int Count);

    public static async Task<IResult> Of(CurrentUser user, WalletDbContext db, TimeProvider clock, CancellationToken ct,
        [AllowedValues("day", "week", "month", "year")] string period = "month")
    {
        var rows = await db.Database.SqlQuery<TypeRow>($"""
            SELECT type AS "Type", sum(amount)::bigint AS "Total", count(*)::int AS "Count"
            FROM wallet.transactions WHERE user_id = {user.Id} AND status = 'COMPLETED' GROUP BY type
            """).ToListAsync(ct);
        var since = clock.GetUtcNow() - Window;
        var newest = await db.Transactions
            .Where(t => t.UserId == user.Id && t.Status == TransactionStatus.Completed && t.CompletedAt >= since)
            .OrderByDescending(t => t.CompletedAt).ThenByDescending(t => t.Number)
            .Select(t => new Line(t.Type, t.Amount, t.CompletedAt!.Value)).Take(MostLines).ToListAsync(ct);

        var (total, count) = (rows.Sum(row => row.Total), rows.Sum(row => row.Count));
        return Answer.Ok(new StatisticsAnswer(new(
            new(Money.Idr(total), count, Money.Idr(count == 0 ? 0 : total / count)),
            rows.ToDictionary(row => row.Type, row => new TypeTotal(Money.Idr(row.Total), row.Count)),
            newest.GroupBy(line => Key(line.CompletedAt, period)).ToDictionary(group => group.Key, Total),
            [.. newest.Take(MostRecent).Select(line => new Activity(line.Type, line.Amount, line.CompletedAt))])));
    }

    private static PeriodTotal Total(IEnumerable<Line> lines) => new(
        Sum(lines), lines.Count(),
        lines.GroupBy(line => WireEnum.Text(line.Type))
            .ToDictionary(type => type.Key, type => new PeriodTypeTotal(Sum(type), type.Count())));

    private static Money Sum(IEnumerable<Line> lines) => lines.Aggregate(Money.Zero, (sum, line) => sum + line.Amount);

    // Days, weeks (named by their Sunday), months and years as people in Jakarta count them.
    private static string Key(DateTimeOffset completedAt, string period)
    {
        var day = DateOnly.FromDateTime(JakartaTime.Of(completedAt).DateTime);
        return period switch
        {
            "day" => Text(day, "yyyy-MM-dd"),
            "week" => Text(day.AddDays(-(int)day.DayOfWeek), "yyyy-MM-dd"),
            "month" => Text(day, "yyyy-MM"),
            _ => Text(day, "yyyy"),
        };
    }

    private static string Text(DateOnly day, string format) => day.ToString(format, CultureInfo.InvariantCulture);
}
