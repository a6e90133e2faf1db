using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed record Pagination(int CurrentPage, int TotalPages, int TotalCount, bool HasMore);

/// <param name="TotalPages">The frontend looks for it here, too.</param>
internal sealed record TransactionsAnswer(IReadOnlyList<TransactionView> Transactions, Pagination Pagination, int TotalPages);

internal sealed record TransactionStatusView(
    Guid Id, string CustomId, TransactionStatus Status, Money Amount, TransactionType Type, string Description, DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt, MidtransStatusView? MidtransStatus);

internal sealed record MidtransStatusView(
    string? TransactionId, string? Status, string? FraudStatus, string? PaymentType, string? TransactionTime, string? GrossAmount,
    string? Currency);

internal sealed record TransactionStatusAnswer(TransactionStatusView Transaction);

internal static class TransactionEndpoints
{
    public static void MapTransactions(this IEndpointRouteBuilder wallet)
    {
        wallet.MapGet("/transactions", List).WithName("ListTransactions");
        wallet.MapGet("/transactions/{id}/status", Status).WithName("GetTransactionStatus");
        wallet.MapGet("/statistics", Statistics.Of).WithName("GetWalletStatistics");
    }

    /// <summary>The user's own transaction by its id or its number; anything else, another user's too, is not there.</summary>
    public static async Task<WalletTransaction?> FindTransactionAsync(this WalletDbContext db, string id, Guid user, CancellationToken ct)
    {
        var own = db.Transactions.AsNoTracking().Where(t => t.UserId == user);
        if (Guid.TryParseExact(id, "D", out var guid))
            return await own.SingleOrDefaultAsync(t => t.Id == guid, ct);
        return id.StartsWith(WalletTransaction.NumberPrefix, StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(WalletTransaction.NumberPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture,
                out var number)
            ? await own.SingleOrDefaultAsync(t => t.Number == number, ct)
            : null;
    }

    private static async Task<IResult> List(CurrentUser user, WalletDbContext db, CancellationToken ct,
        [Range(1, 1_000_000)] int page = 1,
        [Range(1, 100)] int limit = 20,
        [AllowedValues(null, "TOP_UP", "SUBSCRIPTION", "UPGRADE", "REFUND", "ADMIN_ADJUSTMENT", "COUPON_REDEMPTION")] string? type = null,
        [AllowedValues(null, "PENDING", "COMPLETED", "FAILED", "CANCELLED", "REFUNDED")] string? status = null,
        DateTimeOffset? startDate = null,
        DateTimeOffset? endDate = null)
    {
        if (endDate < startDate)
            return WalletRefusals.InvalidRange.ToProblem("endDate must not be before startDate.");
        var own = db.Transactions.Where(t => t.UserId == user.Id);
        if (type is not null)
            own = OfType(own, WireEnum.Value<TransactionType>(type));
        if (status is not null)
            own = InStatus(own, WireEnum.Value<TransactionStatus>(status));
        if (startDate?.ToUniversalTime() is { } from)
            own = own.Where(t => t.CreatedAt >= from);
        if (endDate?.ToUniversalTime() is { } to)
            own = own.Where(t => t.CreatedAt <= to);

        var total = await own.CountAsync(ct);
        var skipped = (page - 1) * limit;
        var shown = own.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Number).Skip(skipped).Take(limit);
        var views = await db.ViewsAsync(shown, ct);
        var pages = (total + limit - 1) / limit;
        return Answer.Ok(new TransactionsAnswer(views, new(page, pages, total, skipped + limit < total), pages));
    }

    private static IQueryable<WalletTransaction> OfType(IQueryable<WalletTransaction> lines, TransactionType type) =>
        lines.Where(t => t.Type == type);

    private static IQueryable<WalletTransaction> InStatus(IQueryable<WalletTransaction> lines, TransactionStatus status) =>
        lines.Where(t => t.Status == status);

    // The owner who looks is also a chance to find out: a payment that the gateway calls paid is credited before the answer.
    private static async Task<IResult> Status(string id, CurrentUser user, WalletDbContext db, TopUpCheck check, CancellationToken ct)
    {
        if (await db.FindTransactionAsync(id, user.Id, ct) is not { } line)
            return WalletRefusals.TransactionNotFound.ToProblem();
        MidtransStatusView? said = null;
        if (line is { Type: TransactionType.TopUp, Status: TransactionStatus.Pending })
        {
            var topUp = await db.TopUps.AsNoTracking().SingleAsync(t => t.OrderId == line.Id, ct);
            // While the page is being opened there is nothing to ask about.
            if (topUp.Stage != TopUpStage.Opening && await check.RunAsync(topUp, ct) is GatewayAnswer.Found found)
                said = View(found.Transaction);
            line = (await db.FindTransactionAsync(id, user.Id, ct))!;
        }

        return Answer.Ok(new TransactionStatusAnswer(new(
            line.Id, line.CustomId, line.Status, line.Amount, line.Type, line.Description, line.CreatedAt, line.CompletedAt, said)));
    }

    private static MidtransStatusView View(GatewayTransaction said) => new(
        said.TransactionId, said.Status, said.FraudStatus, said.PaymentType, said.TransactionTime, said.GrossAmount, said.Currency);
}
