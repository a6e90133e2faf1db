using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// Compares one order with the gateway's books: asks for every transaction that is known under it, lets <see cref="Settlement"/> apply what
/// was missed, moves what the gateway has from its account to <c>clearing</c>, and writes down what still differs. Doing it again changes
/// nothing.
/// </summary>
internal sealed class OrderComparison(WalletDbContext db, MidtransClient midtrans, Settlement settlement, TopUpCheck check, Ledger ledger,
    IOptions<MidtransOptions> options, TimeProvider clock)
{
    private const int MostTransactions = 20;
    private const int MostTries = 3;

    public async Task<OrderState> RunAsync(Guid orderId, CancellationToken ct)
    {
        var topUp = await ReadAsync(orderId, ct);
        var first = await LedgerFigures.OfAsync(db, topUp, ct);
        var before = first;
        for (var tries = 1; tries <= MostTries; tries++)
        {
            if (await AskAsync(topUp, ct) is not { } answers)
                break;
            await ApplyAsync(topUp, answers, ct);
            var gateway = GatewayFigures.Of(orderId, options.Value.MerchantId, answers);
            if (await BookAsync(orderId, gateway, first, before, ct) is { } state)
                return state;
            topUp = await ReadAsync(orderId, ct);
            before = await LedgerFigures.OfAsync(db, topUp, ct);
        }

        return await NotAnsweredAsync(orderId, ct);
    }

    private Task<TopUp> ReadAsync(Guid orderId, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        return db.TopUps.AsNoTracking().SingleAsync(t => t.OrderId == orderId, ct);
    }

    /// <returns>Null when the gateway did not answer for all of them: half of the truth is not compared with anything.</returns>
    private async Task<IReadOnlyList<GatewayAnswer.Found>?> AskAsync(TopUp topUp, CancellationToken ct)
    {
        var order = topUp.OrderId.ToString();
        var known = await db.GatewayEvents.AsNoTracking()
            .Where(e => e.OrderId == order && e.GatewayTransactionId != null)
            .GroupBy(e => e.GatewayTransactionId!).OrderByDescending(id => id.Max(e => e.ReceivedAt)).Select(id => id.Key)
            .Take(MostTransactions).ToListAsync(ct);
        var answers = new Dictionary<string, GatewayAnswer.Found>(StringComparer.Ordinal);
        foreach (var id in new[] { order, topUp.SettledBy }.OfType<string>().Concat(known).Distinct(StringComparer.Ordinal))
        {
            if (answers.ContainsKey(id))
                continue;
            var answer = await midtrans.StatusAsync(id, ct);
            if (answer is GatewayAnswer.Unavailable)
                return null;
            // The signature of a notification does not cover the transaction's id, so it may name one of another order.
            if (answer is GatewayAnswer.Found found && found.Transaction.OrderId == order)
                answers[found.Transaction.TransactionId!] = found;
        }

        return [.. answers.Values];
    }

    private async Task ApplyAsync(TopUp topUp, IReadOnlyList<GatewayAnswer.Found> answers, CancellationToken ct)
    {
        List<GatewayAnswer.Found> news = [];
        foreach (var answer in answers)
        {
            if (!await WaitsForAPersonAsync(topUp, answer, ct))
                news.Add(answer);
        }

        if (topUp.IsPending && CheckTimes.MayClose(topUp, clock.GetUtcNow()) && news.Count == answers.Count && !answers.Any(HasPaid))
        {
            // Out of time and unpaid: the janitor's own way also ends the payment page at the gateway.
            await check.RunAsync(topUp, ct);
            return;
        }

        // Whatever brought money first: an attempt that failed must not close an order that another one has paid.
        foreach (var answer in news.OrderByDescending(answer => answer.Transaction.TransactionId == topUp.SettledBy)
            .ThenByDescending(HasPaid).ThenBy(answer => answer.Transaction.TransactionTime, StringComparer.Ordinal))
        {
            await settlement.ApplyAsync(new GatewayWord(topUp.OrderId, answer), ct);
            db.ChangeTracker.Clear();
        }
    }

    private static bool HasPaid(GatewayAnswer.Found answer) =>
        answer.Transaction.Verdict() is PaymentVerdict.Paid or PaymentVerdict.Reversed;

    // The same words were written down before, and nothing has moved since that could let them be judged otherwise.
    private async Task<bool> WaitsForAPersonAsync(TopUp topUp, GatewayAnswer.Found answer, CancellationToken ct)
    {
        var order = topUp.OrderId.ToString();
        var last = await db.GatewayEvents.AsNoTracking()
            .Where(e => e.OrderId == order && e.GatewayTransactionId == answer.Transaction.TransactionId
                && e.Source == GatewayEventSource.StatusQuery)
            .OrderByDescending(e => e.Id).FirstOrDefaultAsync(ct);
        return last is not null && EventsToLookAt.Waiting.Contains(last.State) && last.Body == answer.Raw.Replace('\0', ' ')
            && !await db.LedgerTransactions.AnyAsync(t => t.Owner == topUp.UserId && t.Cause == topUp.OrderId
                && t.Kind != PostingKind.Clearing && t.CreatedAt >= last.ReceivedAt, ct);
    }

    /// <returns>
    /// Null when somebody else moved the order's money while the gateway was asked: then its answer may be the older one.
    /// </returns>
    private async Task<OrderState?> BookAsync(Guid orderId, GatewayFigures gateway, LedgerFigures first, LedgerFigures before,
        CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        var (books, now) = (await LedgerFigures.OfAsync(db, topUp, ct), clock.GetUtcNow());
        var agrees = gateway.Unclear is null && gateway.Net.Rupiah == books.Net;
        if (!agrees && (books.Credited, books.Reversed) != (before.Credited, before.Reversed))
            return null;

        if (gateway.Unclear is null)
            await ClearAsync(topUp, gateway.Net.Rupiah - books.Cleared, books.Clearings + 1, ct);
        await WriteDownAsync(topUp, gateway, first, books, agrees, now, ct);
        (await LookAsync(orderId, ct)).Saw(gateway, books, agrees, now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return agrees ? OrderState.Agreed : OrderState.Different;
    }

    // All that the gateway has is moved, also where we have not credited it: what disagrees then stands on the account itself.
    private async Task ClearAsync(TopUp topUp, long missing, int number, CancellationToken ct)
    {
        if (missing == 0)
            return;
        var posting = Posting.Clearing(topUp, number, Money.Idr(Math.Abs(missing)), inwards: missing > 0);
        if (await ledger.PostAsync(posting, ct) is var outcome and not PostingOutcome.Posted)
            throw new InvalidOperationException($"The clearing {posting.Key} could not be posted: {outcome.GetType().Name}.");
    }

    private async Task WriteDownAsync(TopUp topUp, GatewayFigures gateway, LedgerFigures first, LedgerFigures books, bool agrees,
        DateTimeOffset now, CancellationToken ct)
    {
        var open = await db.Differences.SingleOrDefaultAsync(d => d.OrderId == topUp.OrderId && d.ResolvedAt == null, ct);
        // Even what this run itself has put right is told: that a settlement was missed is worth knowing.
        var healed = agrees && open is null && first.Net != books.Net;
        if (open is null && (!agrees || healed))
            db.Differences.Add(open = Difference.Of(topUp.OrderId, Kind(topUp, gateway, first), gateway, first, now));
        if (agrees)
            open?.Resolve(now);
        else
            open!.Show(Kind(topUp, gateway, books), gateway, books);
    }

    private static DifferenceKind Kind(TopUp topUp, GatewayFigures gateway, LedgerFigures books) => gateway switch
    {
        { Unclear: not null } => DifferenceKind.Unclear,
        _ when books.Net > gateway.Net.Rupiah =>
            gateway.Known ? DifferenceKind.MissedReversal : DifferenceKind.NotAtGateway,
        _ when books.Reversed > gateway.Reversed => DifferenceKind.UnfoundedReversal,
        { Payments.Count: > 1 } => DifferenceKind.ExtraPayment,
        _ when gateway.Settled != topUp.Amount => DifferenceKind.AmountDiffers,
        _ => DifferenceKind.MissedSettlement,
    };

    private async Task<OrderState> NotAnsweredAsync(Guid orderId, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var topUp = await LockAsync(orderId, ct);
        (await LookAsync(orderId, ct)).SawNothing(await LedgerFigures.OfAsync(db, topUp, ct), clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return OrderState.Unanswered;
    }

    // The lock of the settlement, too: nothing of this order is credited, taken back or cleared beside us.
    private Task<TopUp> LockAsync(Guid orderId, CancellationToken ct) =>
        db.TopUps.FromSql($"SELECT * FROM wallet.top_ups WHERE order_id = {orderId} FOR UPDATE").AsNoTracking().SingleAsync(ct);

    private async Task<ReconciledOrder> LookAsync(Guid orderId, CancellationToken ct)
    {
        var look = await db.ReconciledOrders.SingleOrDefaultAsync(o => o.OrderId == orderId, ct);
        if (look is null)
            db.ReconciledOrders.Add(look = new() { OrderId = orderId });
        return look;
    }
}
