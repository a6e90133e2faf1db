using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Current">
/// All that the user has, less what they owe: <paramref name="Available"/> and <paramref name="Held"/> less <paramref name="Debt"/>.
/// </param>
internal sealed record DetailedBalance(
    long Current, long TotalTopUp, long TotalSpent, long NetBalance, Money Available, Money Held, Money Debt);

internal sealed record DetailedTransaction(
    Guid Id, string CustomId, TransactionType Type, Money Amount, string Description, TransactionStatus Status, DateTimeOffset CreatedAt,
    DetailedTransaction.Paid? Subscription)
{
    public sealed record Paid(Guid Id, string? ServiceName, string? PlanName);
}

/// <param name="MonthlyPrice">Null after an upgrade, whose new price no event tells.</param>
internal sealed record DetailedSubscription(
    Guid Id, string? ServiceName, string? PlanName, Money? MonthlyPrice, DateTimeOffset? NextBilling);

internal sealed record WalletDetails(
    WalletDetails.Owner User, DetailedBalance Balance, IReadOnlyList<DetailedTransaction> RecentTransactions,
    IReadOnlyList<DetailedSubscription> ActiveSubscriptions)
{
    public sealed record Owner(Guid Id, string Email, string Name, DateTimeOffset MemberSince);
}

internal sealed record WalletDetailsAnswer(WalletDetails WalletDetails);

internal static class WalletDetailsEndpoint
{
    private const int MostRecent = 20;

    public static void MapWalletDetails(this IEndpointRouteBuilder wallets) =>
        wallets.MapGet("/users/{userId:guid}", Find).WithName("GetWalletOfUser");

    private static async Task<IResult> Find(Guid userId, WalletDbContext db, CancellationToken ct)
    {
        if (await db.FindOwnerAsync(userId, ct) is not { } owner)
            return WalletRefusals.UserNotFound.ToProblem($"No user has the id {userId}. Look the user up in the list of wallets.");
        var balances = await db.BalancesOfAsync(userId, ct);
        var recent = await db.Transactions.AsNoTracking().Where(t => t.UserId == userId)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Number).Take(MostRecent).ToListAsync(ct);
        return Answer.Ok(new WalletDetailsAnswer(new(
            new(owner.Id, owner.Email, owner.Name, owner.MemberSince),
            new(balances.Total, owner.TopUp, owner.Spent, owner.TopUp - owner.Spent, balances.Available, balances.Held, balances.Debt),
            [.. recent.Select(View)],
            await SubscriptionsAsync(db, userId, ct))));
    }

    private static DetailedTransaction View(WalletTransaction line) => new(
        line.Id, line.CustomId, line.Type, line.Amount, line.Description, line.Status, line.CreatedAt,
        line.SubscriptionId is { } subscription ? new(subscription, line.ServiceName, line.PlanName) : null);

    // The newest charge says what the subscription is called now.
    private static async Task<IReadOnlyList<DetailedSubscription>> SubscriptionsAsync(WalletDbContext db, Guid user, CancellationToken ct)
    {
        var live = await db.Subscriptions.AsNoTracking().Where(s => s.UserId == user && s.CancelledAt == null)
            .OrderByDescending(s => s.Id)
            .Select(s => new
            {
                Its = s,
                Charge = db.Transactions
                    .Where(t => t.SubscriptionId == s.Id
                        && (t.Type == TransactionType.Subscription || t.Type == TransactionType.Upgrade))
                    .OrderByDescending(t => t.Number).Select(t => new { t.ServiceName, t.PlanName }).FirstOrDefault(),
            }).ToListAsync(ct);
        return [.. live.Select(s =>
            new DetailedSubscription(s.Its.Id, s.Charge?.ServiceName, s.Charge?.PlanName, s.Its.MonthlyPrice, s.Its.NextBilling))];
    }
}
