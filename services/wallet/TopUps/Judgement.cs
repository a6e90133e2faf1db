using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// What a word of the gateway about one transaction leads to, given what the order already says: without any store, so that every order in
/// which words can come is easy to think through. In the end the ledger's net of the order is the gateway's net.
/// </summary>
/// <param name="State">What is remembered of the word.</param>
internal sealed record Judgement(GatewayEventState State)
{
    /// <summary>The order is paid by this transaction, and was not before.</summary>
    public bool Credits { get; private init; }

    /// <summary>What is to be taken back, after the credit if there is one.</summary>
    public IReadOnlyList<Reversal> TakesBack { get; private init; } = [];

    public bool MovesMoney => Credits || TakesBack.Count > 0;

    /// <summary>The top-up ends unpaid, for this reason; only where no money moves.</summary>
    public string? Closes { get; private init; }

    /// <param name="earlier">All that was taken back of the order so far.</param>
    public static Judgement Of(TopUp topUp, GatewayAnswer.Found answer, IReadOnlyList<TopUpReversal> earlier, DateTimeOffset now)
    {
        var said = answer.Transaction;
        var own = earlier.Where(reversal => reversal.GatewayTransactionId == said.TransactionId).ToList();
        if (said.TransactionId == topUp.SettledBy || own.Count > 0)
            return OfCredited(topUp.Amount, answer, own);
        return topUp.Stage == TopUpStage.Settled ? OfFurther(topUp.Amount, said) : OfUnpaid(topUp, answer, now);
    }

    // The money of this transaction was credited; only what was taken back of it can be new.
    private static Judgement OfCredited(Money paid, GatewayAnswer.Found answer, List<TopUpReversal> earlier)
    {
        var said = answer.Transaction;
        if (said.Verdict() == PaymentVerdict.Unknown)
            return new(GatewayEventState.UnknownStatus);
        var before = earlier.Aggregate(Money.Zero, (sum, reversal) => sum + reversal.Amount);
        // A question that was asked before the last reversal was written may well have got an older answer.
        if (earlier.Any(reversal => reversal.At > answer.AskedAt) && !(said.TakenBack(paid) > before))
            return new(GatewayEventState.Stale);
        if (said.TakenBack(paid) is not { } total || total.Minus(before) is not { } rest)
            return new(GatewayEventState.ReversalUnposted);
        if (rest > Money.Zero)
            return new(GatewayEventState.Applied) { TakesBack = Split(said, total, rest, earlier) };
        // "All of it" and yet less than the payment: one of the two is not so.
        return new(said.Status is "refund" or "chargeback" && total < paid ? GatewayEventState.ReversalUnposted : GatewayEventState.Stale);
    }

    // Another transaction has paid the order, and that money is still there: nothing is credited twice for one order.
    private static Judgement OfFurther(Money paid, GatewayTransaction said) => new(said.Verdict() switch
    {
        PaymentVerdict.Paid => GatewayEventState.ExtraPayment,
        PaymentVerdict.Reversed when said.TakenBack(paid) == paid => GatewayEventState.Stale,
        PaymentVerdict.Reversed => GatewayEventState.ExtraPayment,
        PaymentVerdict.Unknown => GatewayEventState.UnknownStatus,
        PaymentVerdict.AttemptFailed or PaymentVerdict.Ended or PaymentVerdict.Waiting => GatewayEventState.Stale,
    });

    private static Judgement OfUnpaid(TopUp topUp, GatewayAnswer.Found answer, DateTimeOffset now)
    {
        switch (answer.Transaction.Verdict())
        {
            case PaymentVerdict.Paid:
                return new(GatewayEventState.Applied) { Credits = true };
            case PaymentVerdict.Reversed:
                // What was given back had been paid. Both are new to us, so both are written.
                return OfCredited(topUp.Amount, answer, []) is { TakesBack.Count: > 0 } reversed
                    ? reversed with { Credits = true }
                    : new(GatewayEventState.ReversalUnposted)
                    {
                        Closes = topUp.IsPending ? "Paid and partly returned; the payment gateway has not said how much of it." : null,
                    };
            case PaymentVerdict.Ended when topUp.IsPending:
                return Closed("The payment gateway closed this payment before it was paid.");
            case PaymentVerdict.AttemptFailed or PaymentVerdict.Waiting when topUp.IsPending && CheckTimes.MayClose(topUp, now):
                return Closed("The time to pay ran out.");
            case PaymentVerdict.Unknown:
                return new(GatewayEventState.UnknownStatus);
            case PaymentVerdict.Ended or PaymentVerdict.AttemptFailed or PaymentVerdict.Waiting:
            default:
                return new(GatewayEventState.Stale);
        }
    }

    private static Judgement Closed(string note) => new(GatewayEventState.Applied) { Closes = note };

    // One movement for each refund that the gateway names, if those are exactly what is missing; otherwise one for the difference, so that
    // names which come later, or come incomplete, take nothing twice.
    private static IReadOnlyList<Reversal> Split(GatewayTransaction said, Money total, Money rest, List<TopUpReversal> earlier)
    {
        var kind = said.TakesBack()!.Value;
        var unposted = said.Refunds
            .Where(refund => refund.Id is null || earlier.All(reversal => reversal.GatewayRefundId != refund.Id)).ToList();
        if (kind is ReversalKind.Refund or ReversalKind.Chargeback && Names(unposted, rest))
            return [.. unposted.Select(refund => new Reversal(kind, $"refund-{refund.Id}", refund.Id, Money.Idr(refund.Amount!.Value)))];
        var what = kind switch
        {
            ReversalKind.Deny => "deny",
            ReversalKind.Cancel => "cancel",
            ReversalKind.Refund or ReversalKind.Chargeback => $"{total.Rupiah}",
        };
        return [new(kind, what, RefundId: null, rest)];
    }

    private static bool Names(List<GatewayRefund> refunds, Money rest)
    {
        if (refunds.Any(refund => refund is not { Id: not null, Amount: > 0 } || refund.Amount > rest.Rupiah))
            return false;
        return refunds.DistinctBy(refund => refund.Id).Count() == refunds.Count
            && refunds.Sum(refund => (decimal)refund.Amount!) == rest.Rupiah;
    }
}
