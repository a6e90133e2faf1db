using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Amount">What the account gained (positive) or gave (negative).</param>
internal sealed record LedgerSide(AccountKind Account, long Amount);

/// <summary>One movement with both its sides; they sum to zero.</summary>
internal sealed record LedgerLine(Guid Id, PostingKind Kind, string BusinessKey, Guid Cause, DateTimeOffset CreatedAt,
    IReadOnlyList<LedgerSide> Entries);

/// <param name="NextCursor">Give it back to read on, towards older movements; null at the end.</param>
internal sealed record LedgerAnswer(IReadOnlyList<LedgerLine> Ledger, string? NextCursor);

/// <summary>What a user brought in and what they paid, by the ledger: less what was taken back, and less what was given back.</summary>
internal readonly record struct Totals(long TopUp, long Spent);

internal static class LedgerEndpoints
{
    private const int CursorBytes = 16;

    public static void MapLedger(this IEndpointRouteBuilder wallet) => wallet.MapGet("/ledger", List).WithName("ListLedger");

    /// <summary>Recounted from the ledger by kind, so that no other kind of movement can ever inflate them (W-4, M8).</summary>
    public static async Task<Totals> TotalsOfAsync(this WalletDbContext db, Guid user, CancellationToken ct)
    {
        var sums = await db.Database.SqlQuery<KindSum>($"""
            SELECT t.kind AS "Kind", sum(e.amount)::bigint AS "Sum"
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            WHERE t.owner = {user} AND t.kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND') AND e.amount > 0
            GROUP BY t.kind
            """).ToListAsync(ct);
        return new(Of("TOP_UP") - Of("REVERSAL"), Of("CAPTURE") - Of("REFUND"));

        long Of(string kind) => sums.SingleOrDefault(sum => sum.Kind == kind)?.Sum ?? 0;
    }

    private static async Task<IResult> List(CurrentUser user, WalletDbContext db, CancellationToken ct,
        [Range(1, 100)] int limit = 50, string? cursor = null)
    {
        var own = db.LedgerTransactions.AsNoTracking().Where(t => t.Owner == user.Id);
        if (cursor is not null)
        {
            if (Read(cursor) is not { } last)
                return WalletRefusals.InvalidCursor.ToProblem("Start again without a cursor.");
            own = own.Where(t => t.Id < last);
        }

        var page = await own.OrderByDescending(t => t.Id).Take(limit + 1).ToListAsync(ct);
        var shown = page.Take(limit).ToList();
        var ids = shown.Select(t => t.Id).ToList();
        var sides = await db.LedgerEntries.AsNoTracking().Where(e => ids.Contains(e.TransactionId))
            .Join(db.Accounts, e => e.AccountId, a => a.Id, (e, a) => new { e.TransactionId, a.Kind, e.Amount }).ToListAsync(ct);
        var byTransaction = sides.ToLookup(side => side.TransactionId, side => new LedgerSide(side.Kind, side.Amount));
        return Answer.Ok(new LedgerAnswer(
            [.. shown.Select(t =>
                new LedgerLine(t.Id, t.Kind, t.BusinessKey, t.Cause, t.CreatedAt, [.. byTransaction[t.Id].OrderBy(s => s.Amount)]))],
            page.Count > limit ? Base64Url.EncodeToString(shown[^1].Id.ToByteArray()) : null));
    }

    private static Guid? Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes + 2];
        return cursor.Length <= 24 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var written)
            && written == CursorBytes
            ? new Guid(bytes[..CursorBytes])
            : null;
    }

    private sealed record KindSum(string Kind, long Sum);
}
