using MassTransit;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Frees a use, whatever state its reservation is in, and remembers it for a reservation that is still on its way.</summary>
internal sealed partial class ReleaseCouponConsumer(
    WalletDbContext db, CouponUses uses, TimeProvider clock, ILogger<ReleaseCouponConsumer> log) : IConsumer<ReleaseCoupon>
{
    public async Task Consume(ConsumeContext<ReleaseCoupon> context)
    {
        var (wish, now, ct) = (context.Message, clock.GetUtcNow(), context.CancellationToken);
        var redemption = await db.LockRedemptionAsync(wish.RedemptionId, ct);
        if (redemption is null)
        {
            db.Redemptions.Add(Redemption.EndedBeforeItCame(wish.RedemptionId, now));
        }
        else if (redemption.State == RedemptionState.Reserved)
        {
            await uses.GiveBackAsync(redemption.CouponId!.Value, ct);
            redemption.Release(now);
        }
        else if (redemption.State == RedemptionState.Confirmed)
        {
            // The discount was given; a release does not take it back. The truth is the only answer that cannot be mistaken for one.
            TooLate(log, redemption.Id);
            await context.Publish(new CouponConfirmed(wish.CorrelationId, redemption.Id), ct);
            return;
        }

        await context.Publish(new CouponReleased(wish.CorrelationId, wish.RedemptionId), ct);
    }

    [LoggerMessage(LogLevel.Error, "Redemption {RedemptionId} is to be released, but it was confirmed before")]
    private static partial void TooLate(ILogger log, Guid redemptionId);
}
