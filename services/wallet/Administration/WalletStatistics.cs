using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="WithNegativeBalance">Who owes something for a payment that was taken back, whatever is held for them besides.</param>
internal sealed record WalletUsers(int Total, int WithBalance, int WithNegativeBalance, int WithZeroBalance);

internal sealed record TypeCount(TransactionType Type, int Count, Money TotalAmount);

/// <summary>Transactions that moved money; those that wait or have failed are not counted.</summary>
internal sealed record WalletTransactions(int Total, int Recent24h, IReadOnlyList<TypeCount> ByType);

internal sealed record WalletBalances(long TotalBalance, long AverageBalance, long MinBalance, long MaxBalance);

/// <param name="AverageTopUp">Per user.</param>
internal sealed record WalletTopUps(long TotalTopUps, long AverageTopUp);

/// <param name="AverageSpent">Per user.</param>
internal sealed record WalletSpending(long TotalSpent, long AverageSpent);

internal sealed record WalletStatistics(
    WalletUsers Users, WalletTransactions Transactions, WalletBalances Balances, WalletTopUps TopUps, WalletSpending Spending);

internal sealed record WalletStatisticsAnswer(WalletStatistics Statistics);

internal static class WalletStatisticsEndpoint
{
    private static readonly TimeSpan Recently = TimeSpan.FromHours(24);

    public static void MapWalletStatistics(this IEndpointRouteBuilder wallets) =>
        wallets.MapGet("/statistics", Of).WithName("GetWalletsStatistics");

    private static async Task<IResult> Of(WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var sums = await db.SumsAsync(ct);
        var types = await db.Database.SqlQuery<TypeRow>($"""
            SELECT type AS "Type", count(*)::int AS "Count", sum(amount)::bigint AS "Amount",
                count(*) FILTER (WHERE completed_at > {clock.GetUtcNow() - Recently})::int AS "Recent"
            FROM wallet.transactions WHERE completed_at IS NOT NULL GROUP BY type ORDER BY type
            """).ToListAsync(ct);
        return Answer.Ok(new WalletStatisticsAnswer(new(
            new(sums.Users, sums.Positive, sums.Indebted, sums.Users - sums.Positive - sums.Indebted),
            new(types.Sum(type => type.Count), types.Sum(type => type.Recent),
                [.. types.Select(type => new TypeCount(WireEnum.Value<TransactionType>(type.Type), type.Count, Money.Idr(type.Amount)))]),
            new(sums.Credit, sums.PerUser(sums.Credit), sums.Least, sums.Most),
            new(sums.TopUp, sums.PerUser(sums.TopUp)),
            new(sums.Spent, sums.PerUser(sums.Spent)))));
    }

    private sealed record TypeRow(string Type, int Count, long Amount, int Recent);
}
