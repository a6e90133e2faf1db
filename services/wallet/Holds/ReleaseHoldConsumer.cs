using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Gives held money back, whatever state the hold is in, and remembers it for a hold that is still on its way.</summary>
internal sealed partial class ReleaseHoldConsumer(WalletDbContext db, Ledger ledger, TimeProvider clock, ILogger<ReleaseHoldConsumer> log)
    : IConsumer<ReleaseHold>
{
    public async Task Consume(ConsumeContext<ReleaseHold> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        var hold = await db.LockHoldAsync(wish.HoldId, ct);
        if (hold is null)
        {
            db.Holds.Add(Hold.EndedBeforeItCame(wish.HoldId, wish.CorrelationId, code: null, now));
        }
        else if (hold.State == HoldState.Held)
        {
            await ledger.GiveBackAsync(hold, ct);
            hold.Release(now);
        }
        else if (hold.State == HoldState.Captured)
        {
            // What was taken is not given back by a release. The truth is the only answer that cannot be mistaken for one.
            TooLate(log, hold.Id);
            var paid = await db.Transactions.AsNoTracking().SingleAsync(t => t.Id == hold.TransactionId, ct);
            await context.Publish(
                new FundsCaptured(wish.CorrelationId, hold.Id, paid.Id, paid.CustomId, paid.Amount, paid.CompletedAt!.Value), ct);
            return;
        }

        await context.Publish(new HoldReleased(wish.CorrelationId, wish.HoldId), ct);
    }

    [LoggerMessage(LogLevel.Error, "Hold {HoldId} is to be released, but its money was captured before")]
    private static partial void TooLate(ILogger log, Guid holdId);
}
