using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="CreditBalance">
/// All that the user has, less what they owe: <paramref name="Available"/> can be spent, <paramref name="Held"/> is set aside,
/// <paramref name="Debt"/> is what a reversed payment has left to be paid. Whole rupiah, below zero only for a debt.
/// </param>
/// <param name="NetBalance">Top-ups less spending; below zero when the money came another way.</param>
internal sealed record WalletView(
    Guid UserId, string UserName, string Email, long CreditBalance, Money Available, Money Held, Money Debt, long TotalTopUp,
    long TotalSpent, Money MonthlySpending, long NetBalance, DateTimeOffset? MemberSince,
    IReadOnlyList<RecentTransaction> RecentTransactions);

internal sealed record RecentTransaction(
    Guid Id, string CustomId, TransactionType Type, TransactionStatus Status, Money Amount, string Description, DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt);

internal sealed record WalletAnswer(WalletView Wallet);

public sealed record CreditRequest([property: Range(typeof(long), "1", "9223372036854775807")] long Amount);

internal sealed record CreditCheck(
    Guid UserId, string UserName, Money CurrentBalance, Money RequiredAmount, bool HasSufficientCredit, Money Shortfall);

internal sealed record CreditAnswer(CreditCheck CreditCheck);

internal static class BalanceEndpoints
{
    private const int MostRecent = 10;

    public static void MapBalances(this IEndpointRouteBuilder wallet)
    {
        wallet.MapGet("/info", Info).WithName("GetWallet");
        wallet.MapPost("/check-credit", Check).WithName("CheckCredit");
    }

    private static async Task<IResult> Info(CurrentUser user, WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var known = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == user.Id, ct);
        var balances = await db.BalancesOfAsync(user.Id, ct);
        var totals = await db.TotalsOfAsync(user.Id, ct);
        var recent = await db.Transactions.AsNoTracking().Where(t => t.UserId == user.Id)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Number).Take(MostRecent).ToListAsync(ct);
        return Answer.Ok(new WalletAnswer(new(
            user.Id, known?.Name ?? "", known?.Email ?? "", balances.Total, balances.Available, balances.Held, balances.Debt,
            totals.TopUp, totals.Spent,
            await SpentSinceAsync(db, user.Id, JakartaTime.StartOfMonth(clock.GetUtcNow()), ct),
            totals.TopUp - totals.Spent, known?.MemberSince,
            [.. recent.Select(t =>
                new RecentTransaction(t.Id, t.CustomId, t.Type, t.Status, t.Amount, t.Description, t.CreatedAt, t.CompletedAt))])));
    }

    // Money that is held cannot be spent twice, so only what is available counts.
    private static async Task<IResult> Check(CreditRequest request, CurrentUser user, WalletDbContext db, CancellationToken ct)
    {
        var name = await db.Users.Where(u => u.Id == user.Id).Select(u => u.Name).SingleOrDefaultAsync(ct);
        var (available, required) = ((await db.BalancesOfAsync(user.Id, ct)).Available, Money.Idr(request.Amount));
        return Answer.Ok(new CreditAnswer(new(
            user.Id, name ?? "", available, required, available >= required, required.Minus(available) ?? Money.Zero)));
    }

    private static async Task<Money> SpentSinceAsync(WalletDbContext db, Guid user, DateTimeOffset since, CancellationToken ct) =>
        Money.Idr(await db.Database.SqlQuery<long>($"""
            SELECT coalesce(sum(amount - refunded), 0)::bigint AS "Value" FROM wallet.transactions
            WHERE user_id = {user} AND status = 'COMPLETED' AND type IN ('SUBSCRIPTION', 'UPGRADE') AND completed_at >= {since}
            """).SingleAsync(ct));
}
