using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>Whose wallet it is, and what the ledger says they brought in and paid (<see cref="Totals"/>). Whole rupiah.</summary>
internal sealed record WalletOwner(Guid Id, string Name, string Email, DateTimeOffset MemberSince, long TopUp, long Spent);

internal static class WalletOwners
{
    /// <summary>
    /// One question for an adjustment's answer: is there such a user, who is it, and what are their totals, which no adjustment changes.
    /// </summary>
    public static async Task<WalletOwner?> FindOwnerAsync(this WalletDbContext db, Guid user, CancellationToken ct) =>
        (await db.Database.SqlQuery<WalletOwner>($"""
            SELECT u.id AS "Id", u.name AS "Name", u.email AS "Email", u.member_since AS "MemberSince",
                totals.top_up AS "TopUp", totals.spent AS "Spent"
            FROM wallet.users u, LATERAL (
                SELECT coalesce(sum(CASE t.kind WHEN 'TOP_UP' THEN e.amount WHEN 'REVERSAL' THEN -e.amount END), 0)::bigint AS top_up,
                    coalesce(sum(CASE t.kind WHEN 'CAPTURE' THEN e.amount WHEN 'REFUND' THEN -e.amount END), 0)::bigint AS spent
                FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
                WHERE t.owner = u.id AND t.kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND') AND e.amount > 0) AS totals
            WHERE u.id = {user}
            """).ToListAsync(ct)).SingleOrDefault();
}
