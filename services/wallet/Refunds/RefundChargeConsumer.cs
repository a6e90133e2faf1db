using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Gives a charge back, wholly or in part, or says no; both are remembered, and every repetition hears the same.</summary>
internal sealed class RefundChargeConsumer(WalletDbContext db, Ledger ledger, TimeProvider clock) : IConsumer<RefundCharge>
{
    public async Task Consume(ConsumeContext<RefundCharge> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        // The charge is locked before the decision is looked up: a delivery that has waited for the lock must see what was decided.
        var charge = await LockChargeAsync(wish, ct);
        var refund = await db.Refunds.AsNoTracking().SingleOrDefaultAsync(r => r.Id == wish.RefundId, ct);
        if (refund is null)
        {
            refund = await DecideAsync(wish, charge, now, ct);
            db.Refunds.Add(refund);
            await db.SaveChangesAsync(ct);
        }

        await (refund.State switch
        {
            RefundState.Refunded => context.Publish(await AnswerAsync(refund, wish.CorrelationId, ct), ct),
            RefundState.Refused =>
                context.Publish(new RefundRefused(wish.CorrelationId, refund.Id, refund.Code!, refund.RefundableThen), ct),
        });
    }

    // Somebody else's charge, a top-up and a refund are no charges of this user: the answer must not say that the id exists.
    private Task<WalletTransaction?> LockChargeAsync(RefundCharge wish, CancellationToken ct) =>
        db.Transactions.FromSql($"""
            SELECT * FROM wallet.transactions
            WHERE id = {wish.ChargeId} AND user_id = {wish.UserId} AND type IN ('SUBSCRIPTION', 'UPGRADE')
                AND status IN ('COMPLETED', 'REFUNDED')
            FOR UPDATE
            """).AsNoTracking().SingleOrDefaultAsync(ct);

    private async Task<Refund> DecideAsync(RefundCharge wish, WalletTransaction? charge, DateTimeOffset now, CancellationToken ct)
    {
        if (charge is null)
            return Refund.Refused(wish, WalletRefusals.ChargeUnknown.Code, Money.Zero, now);
        var refundable = charge.Amount.Minus(charge.Refunded) ?? Money.Zero;
        if (wish.Amount == Money.Zero || !await TakeFromChargeAsync(wish, now, ct))
            return Refund.Refused(wish, WalletRefusals.ExceedsRefundable.Code, refundable, now);

        var posting = Posting.Refund(charge.Id, wish.RefundId, wish.UserId, wish.Amount);
        var (before, after) = await ledger.PostAsync(posting, ct) switch
        {
            PostingOutcome.Posted posted => (posted.Before, posted.After),
            var other => throw new DbUpdateConcurrencyException(
                $"Refund {wish.RefundId} is undecided, but its posting is not new ({other.GetType().Name}); the next try finds out."),
        };
        var line = WalletTransaction.OfRefund(await db.NextTransactionNumberAsync(ct), charge, wish.Amount, before, after, now);
        db.Transactions.Add(line);
        return Refund.Given(wish, refundable, line.Id, now);
    }

    // One conditional statement, so that what is given back never exceeds the charge even if somebody forgets the lock.
    private async Task<bool> TakeFromChargeAsync(RefundCharge wish, DateTimeOffset now, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync($"""
            UPDATE wallet.transactions SET refunded = refunded + {wish.Amount.Rupiah}, updated_at = {now},
                status = CASE WHEN refunded + {wish.Amount.Rupiah} = amount THEN 'REFUNDED' ELSE status END
            WHERE id = {wish.ChargeId} AND refunded + {wish.Amount.Rupiah} <= amount
            """, ct) == 1;

    private async Task<FundsRefunded> AnswerAsync(Refund refund, Guid correlation, CancellationToken ct)
    {
        var line = await db.Transactions.AsNoTracking().SingleAsync(t => t.Id == refund.TransactionId, ct);
        return new(correlation, refund.Id, line.Id, line.CustomId, refund.Amount, refund.DecidedAt);
    }
}
