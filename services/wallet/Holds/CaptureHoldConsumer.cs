using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Takes held money for good, once per business key, and writes the line that the owner sees.</summary>
internal sealed class CaptureHoldConsumer(WalletDbContext db, Ledger ledger, TimeProvider clock) : IConsumer<CaptureHold>
{
    public async Task Consume(ConsumeContext<CaptureHold> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        // The hold is locked before the key is looked up: a delivery that has waited for the lock must see what was captured meanwhile.
        var hold = await db.LockHoldAsync(wish.HoldId, ct);
        if (await db.Holds.AsNoTracking().SingleOrDefaultAsync(h => h.CaptureKey == wish.BusinessKey, ct) is { } paid)
        {
            await context.Publish(await AnswerAsync(paid, wish.CorrelationId, ct), ct);
            return;
        }

        if (hold is null)
        {
            // Remembered, or the hold would come later, be captured by a repetition, and contradict what is said now.
            hold = Hold.EndedBeforeItCame(wish.HoldId, wish.CorrelationId, WalletRefusals.HoldUnknown.Code, now);
            db.Holds.Add(hold);
        }

        if (hold.HasRunOut(now))
            await ledger.ExpireAsync(hold, now, ct);

        await (hold.State switch
        {
            HoldState.Held => context.Publish(await CaptureAsync(hold, wish, now, ct), ct),
            HoldState.Expired => context.Publish(new CaptureRefused(wish.CorrelationId, hold.Id, WalletRefusals.HoldExpired.Code), ct),
            HoldState.Released when hold.OnlyEndIsKnown && hold.Code is { } code =>
                context.Publish(new CaptureRefused(wish.CorrelationId, hold.Id, code), ct),
            HoldState.Captured or HoldState.Released or HoldState.Refused =>
                context.Publish(new CaptureRefused(wish.CorrelationId, hold.Id, WalletRefusals.HoldEnded.Code), ct),
        });
    }

    private async Task<FundsCaptured> CaptureAsync(Hold hold, CaptureHold wish, DateTimeOffset now, CancellationToken ct)
    {
        var (before, after) = await MoveAsync(hold, wish.BusinessKey, ct);
        var number = await db.NextTransactionNumberAsync(ct);
        var transaction = WalletTransaction.OfCharge(number, hold, before, after, now);
        db.Transactions.Add(transaction);
        hold.Capture(wish.BusinessKey, transaction.Id, now);
        return new(wish.CorrelationId, hold.Id, transaction.Id, transaction.CustomId, hold.Amount, now);
    }

    private async Task<(Balances Before, Balances After)> MoveAsync(Hold hold, string key, CancellationToken ct)
    {
        var user = hold.UserId!.Value;
        if (hold.Amount == Money.Zero)
        {
            var unmoved = await db.BalancesOfAsync(user, ct);
            return (unmoved, unmoved);
        }

        return await ledger.PostAsync(Posting.Capture(key, hold.Id, user, hold.Amount), ct) switch
        {
            PostingOutcome.Posted posted => (posted.Before, posted.After),
            PostingOutcome.Repeated => throw new DbUpdateConcurrencyException($"{key} was captured meanwhile; the next try finds it."),
            var other => throw new InvalidOperationException($"The held account does not cover hold {hold.Id}: {other.GetType().Name}."),
        };
    }

    private async Task<FundsCaptured> AnswerAsync(Hold paid, Guid correlation, CancellationToken ct)
    {
        var transaction = await db.Transactions.AsNoTracking().SingleAsync(t => t.Id == paid.TransactionId, ct);
        return new(correlation, paid.Id, transaction.Id, transaction.CustomId, transaction.Amount, transaction.CompletedAt!.Value);
    }
}
