using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// Refunds by the ledger's own posting, with the cap that belongs to whoever decides about refunds. It stands where the consumer of
/// <see cref="RefundCharge"/> will: let <see cref="WalletClient"/> deliver that message instead, and this class goes.
/// </summary>
internal sealed class RefundDesk(WalletService wallet)
{
    public Task<Answer> RefundAsync(Command.Refund refund, Guid charge) => wallet.InTransactionAsync<Answer>(async (services, db) =>
    {
        var paid = await db.Transactions.FromSql($"SELECT * FROM wallet.transactions WHERE id = {charge} FOR UPDATE")
            .SingleOrDefaultAsync();
        if (paid is null || paid.UserId != refund.User)
            return new Answer.RefundRefused("CHARGE_UNKNOWN", 0);
        var prefix = $"refund:{charge}:";
        var known = await db.LedgerTransactions.AnyAsync(t => t.BusinessKey == prefix + refund.RefundId.ToString());
        if (known)
            return new Answer.Refunded(refund.Amount);
        var left = paid.Amount.Rupiah - await db.Database.SqlQuery<long>($"""
            SELECT coalesce(sum(e.amount), 0)::bigint AS "Value"
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            WHERE t.owner = {refund.User} AND t.kind = 'REFUND' AND t.cause = {charge} AND e.amount > 0
            """).SingleAsync();
        if (left < refund.Amount)
            return new Answer.RefundRefused("EXCEEDS_REFUNDABLE", left);
        var outcome = await services.GetRequiredService<Ledger>().PostAsync(
            Posting.Refund(charge, refund.RefundId, refund.User, Money.Idr(refund.Amount)), CancellationToken.None);
        return outcome is PostingOutcome.Posted ? new Answer.Refunded(refund.Amount) : new Answer.Wrong($"A refund ended as {outcome}.");
    });
}
