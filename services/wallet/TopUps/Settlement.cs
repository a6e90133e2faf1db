using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Messaging;

namespace Platform.Wallets;

/// <summary>
/// The one guarded transition of a top-up. Whoever has re-read a payment at the gateway - the notification, the owner's question, the
/// janitor, a cancellation - applies it here: under the row's lock, judged by what the row says then, once.
/// </summary>
internal sealed partial class Settlement(WalletDbContext db, Ledger ledger, IPublishEndpoint publish, TimeProvider clock,
    IOptions<MidtransOptions> midtrans, FaultPoints faults, ILogger<Settlement> log)
{
    /// <param name="notification">The stored notification that made us ask, whose state is written along.</param>
    /// <returns>What became of the gateway's word.</returns>
    public async Task<GatewayEventState> ApplyAsync(Guid orderId, GatewayAnswer.Found answer, GatewayEvent? notification,
        CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        var state = Fits(topUp, answer.Transaction)
            ? await AdvanceAsync(topUp, answer, ct)
            : GatewayEventState.Quarantined;

        // A status query that changed nothing is not worth a row; one that needs a person is.
        if (state is not (GatewayEventState.Applied or GatewayEventState.Stale))
        {
            db.GatewayEvents.Add(GatewayEvent.Asked(answer, state, clock.GetUtcNow()));
            NeedsLooking(log, orderId, state);
        }

        if (notification is not null)
            (notification.State, notification.WorkedOffAt) = (state, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        faults.Hit("settlement.before-commit");
        await transaction.CommitAsync(ct);
        faults.Hit("settlement.after-commit");
        return state;
    }

    /// <summary>Closes a top-up that is still pending; one that was paid meanwhile stays paid.</summary>
    /// <returns>False when it was not pending any more.</returns>
    public async Task<bool> CloseAsync(Guid orderId, TransactionStatus status, string note, bool nothingCanCome, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        if (topUp.IsPending)
            await CloseAsync(topUp, status, note, ct);
        else if (topUp.Stage == TopUpStage.Settled)
            return false;
        if (nothingCanCome)
            topUp.NextCheckAt = null;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private bool Fits(TopUp topUp, GatewayTransaction said) =>
        said.OrderId == topUp.OrderId.ToString()
        && GatewayTransaction.WholeRupiah(said.GrossAmount) == topUp.Amount.Rupiah
        && said.Currency == "IDR"
        // Some answers leave it out; they came under our own key.
        && (said.MerchantId is null || said.MerchantId == midtrans.Value.MerchantId);

    private async Task<GatewayEventState> AdvanceAsync(TopUp topUp, GatewayAnswer.Found answer, CancellationToken ct)
    {
        var (said, now) = (answer.Transaction, clock.GetUtcNow());
        if (topUp.Stage == TopUpStage.Settled)
            return AfterSettlement(topUp, said);
        switch (said.Verdict())
        {
            case PaymentVerdict.Paid:
                await CreditAsync(topUp, answer, now, ct);
                return GatewayEventState.Applied;
            case PaymentVerdict.Ended when topUp.IsPending:
                await CloseAsync(topUp, TransactionStatus.Failed, "The payment gateway closed this payment before it was paid.", ct);
                return GatewayEventState.Applied;
            case PaymentVerdict.AttemptFailed or PaymentVerdict.Waiting when topUp.IsPending && CheckTimes.MayClose(topUp, now):
                await CloseAsync(topUp, TransactionStatus.Failed, "The time to pay ran out.", ct);
                return GatewayEventState.Applied;
            case PaymentVerdict.Reversed:
                // It was paid and paid back before we heard of either, so nothing is credited; how much stayed is for a person to see.
                if (topUp.IsPending)
                    await CloseAsync(topUp, TransactionStatus.Failed, "The payment was returned by the payment gateway.", ct);
                return GatewayEventState.ReversalUnposted;
            case PaymentVerdict.Unknown:
                return GatewayEventState.UnknownStatus;
            case PaymentVerdict.Ended or PaymentVerdict.AttemptFailed or PaymentVerdict.Waiting:
            default:
                return GatewayEventState.Stale;
        }
    }

    // Money that a settled order brought in can be taken back: refund, chargeback, a settlement turned into a denial, a captured card
    // that was cancelled. Reversing entries belong here; until they are written, the event waits in a state of its own for an operator.
    private static GatewayEventState AfterSettlement(TopUp topUp, GatewayTransaction said)
    {
        var same = said.TransactionId == topUp.SettledBy;
        return said.Verdict() switch
        {
            PaymentVerdict.Paid => same ? GatewayEventState.Stale : GatewayEventState.ExtraPayment,
            PaymentVerdict.Reversed => GatewayEventState.ReversalUnposted,
            PaymentVerdict.AttemptFailed or PaymentVerdict.Ended when same && said.MayTakeBack() => GatewayEventState.ReversalUnposted,
            PaymentVerdict.Unknown => GatewayEventState.UnknownStatus,
            PaymentVerdict.AttemptFailed or PaymentVerdict.Ended or PaymentVerdict.Waiting => GatewayEventState.Stale,
        };
    }

    private async Task CreditAsync(TopUp topUp, GatewayAnswer.Found answer, DateTimeOffset now, CancellationToken ct)
    {
        var proof = GatewayEvent.Asked(answer, GatewayEventState.Applied, now);
        db.GatewayEvents.Add(proof);
        topUp.Settle(answer.Transaction.TransactionId!, proof.Id);
        var line = await db.Transactions.SingleAsync(t => t.Id == topUp.OrderId, ct);
        await publish.Publish(new PaymentSettled(topUp.UserId, topUp.OrderId, topUp.Amount, now), ct);

        var outcome = await ledger.PostAsync(Posting.TopUp(topUp), ct);
        if (outcome is not PostingOutcome.Posted posted)
            throw new InvalidOperationException(
                $"Top-up {topUp.OrderId} is not settled, but its credit is already posted: {outcome.GetType().Name}.");
        line.Complete(posted.Before, posted.After, now);
        Credited(log, topUp.OrderId);
    }

    private async Task CloseAsync(TopUp topUp, TransactionStatus status, string note, CancellationToken ct)
    {
        topUp.Close(note);
        var line = await db.Transactions.SingleAsync(t => t.Id == topUp.OrderId, ct);
        line.Close(status, clock.GetUtcNow());
    }

    private Task<TopUp> LockAsync(Guid orderId, CancellationToken ct)
    {
        // What was read before the lock may be old by now; it must not stand in for what the locked row says.
        foreach (var old in db.ChangeTracker.Entries<TopUp>().ToList())
            old.State = EntityState.Detached;
        return db.TopUps.FromSql($"SELECT * FROM wallet.top_ups WHERE order_id = {orderId} FOR UPDATE").SingleAsync(ct);
    }

    [LoggerMessage(LogLevel.Information, "Top-up {OrderId} is paid and credited")]
    private static partial void Credited(ILogger log, Guid orderId);

    [LoggerMessage(LogLevel.Error, "The gateway's word on top-up {OrderId} needs a person: {State}")]
    private static partial void NeedsLooking(ILogger log, Guid orderId, GatewayEventState state);
}
