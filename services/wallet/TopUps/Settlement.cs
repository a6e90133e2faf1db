using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Messaging;

namespace Platform.Wallets;

/// <summary>What the gateway answers about an order, read by us.</summary>
/// <param name="Notification">The stored notification that made us ask, whose state is written along.</param>
internal sealed record GatewayWord(Guid OrderId, GatewayAnswer.Found Answer, Guid? Notification = null);

/// <summary>
/// The one guarded transition of a top-up. Whoever has re-read a payment at the gateway - the notification, the owner's question, the
/// janitor, a cancellation - applies it here: under the row's lock, judged by what the row says then, once.
/// </summary>
internal sealed partial class Settlement(WalletDbContext db, Ledger ledger, IPublishEndpoint publish, TimeProvider clock,
    IOptions<MidtransOptions> midtrans, FaultPoints faults, ILogger<Settlement> log)
{
    /// <returns>What became of the gateway's word.</returns>
    public async Task<GatewayEventState> ApplyAsync(GatewayWord word, CancellationToken ct) => (await ApplyAsync([word], ct))[0];

    /// <summary>Applies all of them in one transaction, or none.</summary>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<GatewayEventState>> ApplyAsync(IReadOnlyList<GatewayWord> words, CancellationToken ct)
    {
        // One transaction, nothing in it to go back to.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var states = new GatewayEventState[words.Count];
        // A second word about an order is judged by what the first has led to.
        var rounds = words.Select((word, at) => (Word: word, At: at)).GroupBy(each => each.Word.OrderId)
            .SelectMany(order => order.Select((each, round) => (each.Word, each.At, Round: round))).GroupBy(each => each.Round);
        foreach (var round in rounds.OrderBy(round => round.Key))
        {
            foreach (var (its, each) in (await ApplyEachAsync([.. round.Select(each => each.Word)], ct)).Zip(round))
                states[each.At] = its;
        }

        faults.Hit("settlement.before-commit");
        await transaction.CommitAsync(ct);
        faults.Hit("settlement.after-commit");
        return states;
    }

    /// <summary>Closes a top-up that is still pending; one that was paid meanwhile stays paid.</summary>
    /// <returns>False when it was not pending any more.</returns>
    public async Task<bool> CloseAsync(Guid orderId, TransactionStatus status, string note, bool nothingCanCome, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = (await LockAsync([orderId], ct))[orderId];
        if (topUp.IsPending)
        {
            var now = clock.GetUtcNow();
            topUp.Close(note, now);
            (await db.Transactions.SingleAsync(line => line.Id == orderId, ct)).Close(status, now);
        }
        else if (topUp.WasPaid)
        {
            return false;
        }

        if (nothingCanCome)
            topUp.NextCheckAt = null;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <param name="words">Each about another order.</param>
    private async Task<IReadOnlyList<GatewayEventState>> ApplyEachAsync(IReadOnlyList<GatewayWord> words, CancellationToken ct)
    {
        var topUps = await LockAsync([.. words.Select(word => word.OrderId)], ct);
        var now = clock.GetUtcNow();
        var earlier = await EarlierReversalsAsync(topUps.Values, ct);
        var cases = words.Zip(words.Select(word => topUps[word.OrderId]), (word, topUp) =>
            SettlementCase.Of(word, topUp, Judge(word, topUp, earlier[word.OrderId], now), now)).ToList();
        await FindLinesAsync(cases, now, ct);
        Begin(cases, now);
        await PostAsync([.. cases.Where(each => each.MovesMoney)], now, ct);
        await db.SaveChangesAsync(ct);
        foreach (var state in cases.Where(each => each.Word.Notification is not null).GroupBy(each => each.State))
        {
            Guid[] notifications = [.. state.Select(each => each.Word.Notification!.Value)];
            await db.GatewayEvents.Where(e => notifications.Contains(e.Id)).ExecuteUpdateAsync(set => set
                .SetProperty(e => e.State, state.Key).SetProperty(e => e.WorkedOffAt, now), ct);
        }

        return [.. cases.Select(each => each.State)];
    }

    private Judgement Judge(GatewayWord word, TopUp topUp, IEnumerable<TopUpReversal> earlier, DateTimeOffset now) =>
        Fits(topUp, word.Answer.Transaction)
            ? Judgement.Of(topUp, word.Answer, [.. earlier], now)
            : new(GatewayEventState.Quarantined);

    private bool Fits(TopUp topUp, GatewayTransaction said) =>
        said.OrderId == topUp.OrderId.ToString()
        && GatewayTransaction.WholeRupiah(said.GrossAmount) == topUp.Amount.Rupiah
        && said.Currency == "IDR"
        // Some answers leave it out; they came under our own key.
        && (said.MerchantId is null || said.MerchantId == midtrans.Value.MerchantId);

    private async Task<Dictionary<Guid, TopUp>> LockAsync(Guid[] orders, CancellationToken ct)
    {
        // What was read before the lock may be old by now; it must not stand in for what the locked rows say.
        foreach (var old in db.ChangeTracker.Entries<TopUp>().ToList())
            old.State = EntityState.Detached;
        // In one order whoever asks, so that two who lock several never wait for each other in a circle.
        return await db.TopUps.FromSql($"SELECT * FROM wallet.top_ups WHERE order_id = ANY ({orders}) ORDER BY order_id FOR UPDATE")
            .ToDictionaryAsync(topUp => topUp.OrderId, ct);
    }

    // Nothing can have been taken back of what was never credited.
    private async Task<ILookup<Guid, TopUpReversal>> EarlierReversalsAsync(IEnumerable<TopUp> topUps, CancellationToken ct)
    {
        Guid[] paid = [.. topUps.Where(topUp => topUp.WasPaid).Select(topUp => topUp.OrderId)];
        List<TopUpReversal> earlier = paid.Length == 0
            ? []
            : await db.TopUpReversals.AsNoTracking().Where(reversal => paid.Contains(reversal.OrderId)).ToListAsync(ct);
        return earlier.ToLookup(reversal => reversal.OrderId);
    }

    private async Task FindLinesAsync(List<SettlementCase> cases, DateTimeOffset now, CancellationToken ct)
    {
        Guid[] ids = [.. cases.Select(each => each.ExistingLine).OfType<Guid>()];
        var lines = ids.Length == 0
            ? []
            : await db.Transactions.Where(line => ids.Contains(line.Id)).ToDictionaryAsync(line => line.Id, ct);
        foreach (var each in cases)
        {
            if (each.ExistingLine is { } id)
                each.Line = lines[id];
            if (!each.NeedsNewLine)
                continue;
            each.Line = WalletTransaction.OfFurtherPayment(await db.NextTransactionNumberAsync(ct), each.TopUp, now);
            db.Transactions.Add(each.Line);
        }
    }

    // All that needs no money to be moved: the proof, the new stage of the order, the end of what was not paid.
    private void Begin(List<SettlementCase> cases, DateTimeOffset now)
    {
        foreach (var each in cases)
        {
            if (each.NeedsPerson)
                NeedsLooking(log, each.TopUp.OrderId, each.State);
            // A status query that changed nothing is not worth a row; one that moved money, or that needs a person, is.
            if (each.MovesMoney || each.NeedsPerson)
                db.GatewayEvents.Add(each.Proof);
            if (each.Judgement.Credits)
                each.TopUp.Settle(each.Proof.GatewayTransactionId!, each.Proof.Id, each.Line!.Id, now);
            if (each.MovesMoney || each.Judgement.Closes is not { } note)
                continue;
            each.TopUp.Close(note, now);
            each.Line!.Close(TransactionStatus.Failed, now);
        }
    }

    private async Task PostAsync(List<SettlementCase> cases, DateTimeOffset now, CancellationToken ct)
    {
        if (cases.Count == 0)
            return;
        var postings = cases.SelectMany(each => each.Postings()).ToList();
        var outcomes = new Queue<(Posting Posting, PostingOutcome Outcome)>(postings.Zip(await ledger.PostAsync(postings, ct)));
        var reversals = cases.Sum(each => each.Judgement.TakesBack.Count);
        var numbers = new Queue<long>(reversals == 0 ? [] : await db.NextTransactionNumbersAsync(reversals, ct));
        foreach (var each in cases)
        {
            if (each.Judgement.Credits)
                await CreditedAsync(each, Posted(outcomes.Dequeue()), now, ct);
            foreach (var reversal in each.Judgement.TakesBack)
                await TakenBackAsync(each, reversal, outcomes.Peek().Posting.Key, Posted(outcomes.Dequeue()), numbers.Dequeue(), now, ct);
        }
    }

    private async Task CreditedAsync(SettlementCase its, PostingOutcome.Posted posted, DateTimeOffset now, CancellationToken ct)
    {
        its.Line!.Complete(posted.Before, posted.After, now);
        await publish.Publish(new PaymentSettled(its.TopUp.UserId, its.TopUp.OrderId, its.TopUp.Amount, now), ct);
        Credited(log, its.TopUp.OrderId);
    }

    private async Task TakenBackAsync(SettlementCase its, Reversal reversal, string key, PostingOutcome.Posted posted, long number,
        DateTimeOffset now, CancellationToken ct)
    {
        var (topUp, paid) = (its.TopUp, its.Line!);
        var line = WalletTransaction.OfReversal(number, paid, reversal, posted.Before, posted.After, now);
        db.Transactions.Add(line);
        db.TopUpReversals.Add(its.Written(reversal, line, key));
        paid.TakeBack(reversal.Amount, now);
        if (paid.Status == TransactionStatus.Refunded)
            topUp.Reverse(now);
        await publish.Publish(new PaymentReversed(topUp.UserId, topUp.OrderId, reversal.Amount, posted.After.Debt, now), ct);
        TakenBack(log, topUp.OrderId, reversal.Kind, reversal.Amount, posted.After.Debt);
    }

    private static PostingOutcome.Posted Posted((Posting Posting, PostingOutcome Outcome) each) =>
        each.Outcome as PostingOutcome.Posted ?? throw new InvalidOperationException(
            $"Top-up {each.Posting.Cause} does not know of {each.Posting.Key}, but the ledger answers {each.Outcome.GetType().Name}.");

    [LoggerMessage(LogLevel.Information, "Top-up {OrderId} is paid and credited")]
    private static partial void Credited(ILogger log, Guid orderId);

    [LoggerMessage(LogLevel.Warning, "Top-up {OrderId} was taken back ({Kind}): {Amount}; its owner now owes {Debt}")]
    private static partial void TakenBack(ILogger log, Guid orderId, ReversalKind kind, Money amount, Money debt);

    [LoggerMessage(LogLevel.Error, "The gateway's word on top-up {OrderId} needs a person: {State}")]
    private static partial void NeedsLooking(ILogger log, Guid orderId, GatewayEventState state);
}
