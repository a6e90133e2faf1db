using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>A line of the statement on the wire (api.md §1.6 TransactionRow, with its subscription).</summary>
internal sealed record TransactionView(
    Guid Id, string CustomId, Guid UserId, TransactionType Type, TransactionStatus Status, Money Amount, long BalanceBefore,
    long BalanceAfter, PaymentMethod? PaymentMethod, string? PaymentReference, string? PaymentProof, Guid? SubscriptionId,
    string Description, TopUpMetadata? Metadata, Guid? ProcessedBy, string? AdminNotes, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, DateTimeOffset? CompletedAt, TransactionView.SubscriptionPart? Subscription)
{
    public sealed record SubscriptionPart(Guid Id, ServicePart Service, PlanPart Plan);

    public sealed record ServicePart(string Name, string Slug);

    public sealed record PlanPart(string Name, string PlanType);
}

/// <summary>What the frontend needs to offer the payment page again.</summary>
internal sealed record TopUpMetadata(
    [property: JsonPropertyName("midtrans_token")] string? MidtransToken,
    [property: JsonPropertyName("midtrans_redirect_url")] string? MidtransRedirectUrl,
    [property: JsonPropertyName("payment_method")] TopUpMethod PaymentMethod,
    [property: JsonPropertyName("expiry_time")] string ExpiryTime,
    [property: JsonPropertyName("note")] string? Note);

internal sealed record TransactionAnswer(TransactionView Transaction);

internal static class TransactionViews
{
    /// <summary>The views of some lines, in the lines' order.</summary>
    public static async Task<IReadOnlyList<TransactionView>> ViewsAsync(this WalletDbContext db, IQueryable<WalletTransaction> lines,
        CancellationToken ct)
    {
        var rows = await lines.AsNoTracking()
            .Select(line => new { Line = line, TopUp = db.TopUps.AsNoTracking().FirstOrDefault(t => t.OrderId == line.Id) })
            .ToListAsync(ct);
        return [.. rows.Select(row => Of(row.Line, row.TopUp))];
    }

    private static TransactionView Of(WalletTransaction line, TopUp? topUp) => new(
        line.Id, line.CustomId, line.UserId, line.Type, line.Status, line.Amount, line.BalanceBefore, line.BalanceAfter, line.PaymentMethod,
        topUp?.SnapToken, null, line.SubscriptionId, line.Description,
        topUp is null ? null : new(topUp.SnapToken, topUp.RedirectUrl, topUp.Method, JakartaTime.WithOffset(topUp.ExpiresAt), topUp.Note),
        line.ProcessedBy, line.AdminNotes, line.CreatedAt, line.UpdatedAt, line.CompletedAt,
        line.SubscriptionId is { } subscription
            ? new(subscription, new(line.ServiceName!, line.ServiceSlug!), new(line.PlanName!, line.PlanType!))
            : null);
}
