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
        // One transaction, saved once: there is nothing in it to go back to.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        var now = clock.GetUtcNow();
        var judgement = Fits(topUp, answer.Transaction)
            ? Judgement.Of(topUp, answer, await EarlierReversalsAsync(topUp, ct), now)
            : new(GatewayEventState.Quarantined);
        await CarryOutAsync(topUp, answer, judgement, now, ct);
        if (notification is not null)
            (notification.State, notification.WorkedOffAt) = (judgement.State, now);
        await db.SaveChangesAsync(ct);
        faults.Hit("settlement.before-commit");
        await transaction.CommitAsync(ct);
        faults.Hit("settlement.after-commit");
        return judgement.State;
    }

    /// <summary>Closes a top-up that is still pending; one that was paid meanwhile stays paid.</summary>
    /// <returns>False when it was not pending any more.</returns>
    public async Task<bool> CloseAsync(Guid orderId, TransactionStatus status, string note, bool nothingCanCome, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        if (topUp.IsPending)
            await CloseAsync(topUp, status, note, clock.GetUtcNow(), ct);
        else if (topUp.WasPaid)
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

    // Nothing can have been taken back of what was never credited.
    private async Task<List<TopUpReversal>> EarlierReversalsAsync(TopUp topUp, CancellationToken ct) => topUp.WasPaid
        ? await db.TopUpReversals.AsNoTracking().Where(r => r.OrderId == topUp.OrderId).ToListAsync(ct)
        : [];

    private async Task CarryOutAsync(TopUp topUp, GatewayAnswer.Found answer, Judgement judgement, DateTimeOffset now, CancellationToken ct)
    {
        var state = judgement.State;
        var movesMoney = judgement.Credits || judgement.TakesBack.Count > 0;
        var needsPerson = state is not (GatewayEventState.Applied or GatewayEventState.Stale);
        if (needsPerson)
            NeedsLooking(log, topUp.OrderId, state);
        // A status query that changed nothing is not worth a row; one that moved money, or that needs a person, is.
        var word = GatewayEvent.Asked(answer, state, now);
        if (movesMoney || needsPerson)
            db.GatewayEvents.Add(word);
        if (movesMoney)
            await MoveMoneyAsync(topUp, word, judgement, now, ct);
        else if (judgement.Closes is { } note)
            await CloseAsync(topUp, TransactionStatus.Failed, note, now, ct);
    }

    private async Task MoveMoneyAsync(TopUp topUp, GatewayEvent proof, Judgement judgement, DateTimeOffset now, CancellationToken ct)
    {
        var line = judgement.Credits
            ? await SettleAsync(topUp, proof, now, ct)
            : await db.Transactions.SingleAsync(t => t.Id == topUp.PaidLine, ct);
        List<Posting> postings =
        [
            .. judgement.Credits ? [Posting.TopUp(topUp)] : Array.Empty<Posting>(),
            .. judgement.TakesBack.Select(reversal => Posting.Reversal(topUp, reversal.What, reversal.Amount)),
        ];
        var posted = await PostAsync(topUp, postings, ct);
        if (judgement.Credits)
        {
            line.Complete(posted[0].Before, posted[0].After, now);
            await publish.Publish(new PaymentSettled(topUp.UserId, topUp.OrderId, topUp.Amount, now), ct);
            Credited(log, topUp.OrderId);
        }

        var taken = posted.Zip(postings).Skip(judgement.Credits ? 1 : 0).Zip(judgement.TakesBack).ToList();
        if (taken.Count == 0)
            return;
        var numbers = await db.NextTransactionNumbersAsync(taken.Count, ct);
        foreach (var (((outcome, posting), reversal), number) in taken.Zip(numbers))
        {
            var reversalLine = WalletTransaction.OfReversal(number, line, reversal, outcome.Before, outcome.After, now);
            line.TakeBack(reversal.Amount, now);
            db.Transactions.Add(reversalLine);
            db.TopUpReversals.Add(Written(topUp, proof, reversal, reversalLine, posting));
            await publish.Publish(
                new PaymentReversed(topUp.UserId, topUp.OrderId, reversal.Amount, outcome.After.Debt, now), ct);
            TakenBack(log, topUp.OrderId, reversal.Kind, reversal.Amount, outcome.After.Debt);
        }

        if (line.Status == TransactionStatus.Refunded)
            topUp.Reverse(now);
    }

    /// <returns>The line that the owner sees of the payment.</returns>
    private async Task<WalletTransaction> SettleAsync(TopUp topUp, GatewayEvent proof, DateTimeOffset now, CancellationToken ct)
    {
        WalletTransaction line;
        if (topUp.Payments == 0)
        {
            line = await db.Transactions.SingleAsync(t => t.Id == topUp.OrderId, ct);
        }
        else
        {
            line = WalletTransaction.OfFurtherPayment(await db.NextTransactionNumberAsync(ct), topUp, now);
            db.Transactions.Add(line);
        }

        topUp.Settle(proof.GatewayTransactionId!, proof.Id, line.Id, now);
        return line;
    }

    private async Task<List<PostingOutcome.Posted>> PostAsync(TopUp topUp, List<Posting> postings, CancellationToken ct)
    {
        List<PostingOutcome.Posted> posted = [];
        foreach (var (posting, outcome) in postings.Zip(await ledger.PostAsync(postings, ct)))
        {
            posted.Add(outcome as PostingOutcome.Posted ?? throw new InvalidOperationException(
                $"Top-up {topUp.OrderId} does not know of {posting.Key}, but the ledger answers {outcome.GetType().Name}."));
        }

        return posted;
    }

    private static TopUpReversal Written(TopUp topUp, GatewayEvent proof, Reversal reversal, WalletTransaction line,
        Posting posting) => new()
    {
        LineId = line.Id,
        OrderId = topUp.OrderId,
        GatewayTransactionId = proof.GatewayTransactionId!,
        GatewayRefundId = reversal.RefundId,
        Kind = reversal.Kind,
        Amount = reversal.Amount,
        BusinessKey = posting.Key,
        GatewayEventId = proof.Id,
        At = line.CreatedAt,
    };

    private async Task CloseAsync(TopUp topUp, TransactionStatus status, string note, DateTimeOffset now, CancellationToken ct)
    {
        topUp.Close(note, now);
        var line = await db.Transactions.SingleAsync(t => t.Id == topUp.OrderId, ct);
        line.Close(status, now);
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

    [LoggerMessage(LogLevel.Warning, "Top-up {OrderId} was taken back ({Kind}): {Amount}; its owner now owes {Debt}")]
    private static partial void TakenBack(ILogger log, Guid orderId, ReversalKind kind, Money amount, Money debt);

    [LoggerMessage(LogLevel.Error, "The gateway's word on top-up {OrderId} needs a person: {State}")]
    private static partial void NeedsLooking(ILogger log, Guid orderId, GatewayEventState state);
}
