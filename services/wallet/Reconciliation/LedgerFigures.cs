using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What our own ledger says of one order, seen from the account <c>clearing</c>.</summary>
/// <param name="Cleared">How much reconciliation has moved there from the gateway's account; below zero if it moved more back.</param>
/// <param name="Clearings">How many times it has.</param>
internal sealed record LedgerFigures(Money Credited, Money Reversed, long Cleared, int Clearings)
{
    /// <summary>What the order has brought its owner; below zero if more was taken back.</summary>
    public long Net => Credited.Rupiah - Reversed.Rupiah;

    public static async Task<LedgerFigures> OfAsync(WalletDbContext db, TopUp topUp, CancellationToken ct)
    {
        var sums = await db.Database.SqlQuery<Sums>($"""
            SELECT coalesce(-sum(e.amount) FILTER (WHERE t.kind = 'TOP_UP'), 0)::bigint AS "Credited",
                coalesce(sum(e.amount) FILTER (WHERE t.kind = 'REVERSAL'), 0)::bigint AS "Reversed",
                coalesce(sum(e.amount) FILTER (WHERE t.kind = 'CLEARING'), 0)::bigint AS "Cleared",
                (count(*) FILTER (WHERE t.kind = 'CLEARING'))::int AS "Clearings"
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.account_id = 'clearing'
            WHERE t.owner = {topUp.UserId} AND t.cause = {topUp.OrderId}
            """).SingleAsync(ct);
        return new(Money.Idr(sums.Credited), Money.Idr(sums.Reversed), sums.Cleared, sums.Clearings);
    }

    private sealed record Sums(long Credited, long Reversed, long Cleared, int Clearings);
}
