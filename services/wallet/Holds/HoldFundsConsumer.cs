using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Sets money aside, or says no; both are remembered, and every repetition hears the same.</summary>
internal sealed class HoldFundsConsumer(WalletDbContext db, Ledger ledger, TimeProvider clock) : IConsumer<HoldFunds>
{
    public async Task Consume(ConsumeContext<HoldFunds> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        var hold = await db.LockHoldAsync(wish.HoldId, ct);
        if (hold is null)
        {
            hold = Hold.Of(wish, now);
            db.Holds.Add(hold);
            await DecideAsync(hold, wish, now, ct);
        }
        else if (hold.OnlyEndIsKnown)
        {
            hold.Refuse(wish, WalletRefusals.HoldEnded.Code, (await db.BalancesOfAsync(wish.UserId, ct)).Available, now);
        }

        // Whatever happened to the hold since, this is what was said about it the first time.
        await (hold.State == HoldState.Refused
            ? context.Publish(new FundsRefused(wish.CorrelationId, hold.Id, hold.Code!, hold.AvailableThen ?? Money.Zero, hold.Amount), ct)
            : context.Publish(new FundsHeld(wish.CorrelationId, hold.Id, hold.Amount), ct));
    }

    private async Task DecideAsync(Hold hold, HoldFunds wish, DateTimeOffset now, CancellationToken ct)
    {
        if (hold.HasRunOut(now))
        {
            hold.Refuse(wish, WalletRefusals.HoldEnded.Code, (await db.BalancesOfAsync(wish.UserId, ct)).Available, now);
            return;
        }

        // A free plan holds nothing, but its hold has the same life, and it is closed to somebody who owes money like every other.
        if (wish.Amount == Money.Zero)
        {
            if ((await db.BalancesOfAsync(wish.UserId, ct)).Debt > Money.Zero)
                hold.Refuse(wish, WalletRefusals.WalletInDebt.Code, Money.Zero, now);
            return;
        }

        // A debt needs no look of its own: whoever owes something has nothing available.
        var outcome = await ledger.PostAsync(Posting.Hold(wish.HoldId, wish.UserId, wish.Amount), ct);
        if (outcome is PostingOutcome.Short(var balances))
            hold.Refuse(wish, Code(balances), balances.Available, now);
        else if (outcome is PostingOutcome.Repeated)
            throw new DbUpdateConcurrencyException($"Hold {wish.HoldId} was decided by another delivery meanwhile; the next try finds it.");
    }

    private static string Code(Balances balances) =>
        (balances.Debt > Money.Zero ? WalletRefusals.WalletInDebt : WalletRefusals.InsufficientCredit).Code;
}
