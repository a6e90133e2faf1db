namespace Platform.Wallets;

/// <summary>An order under its lock, the gateway's word about it, and what that leads to.</summary>
/// <param name="Proof">The gateway's word as it is kept.</param>
internal sealed record SettlementCase(GatewayWord Word, TopUp TopUp, Judgement Judgement, GatewayEvent Proof)
{
    public GatewayEventState State => Judgement.State;

    public bool MovesMoney => Judgement.MovesMoney;

    public bool NeedsPerson => State is not (GatewayEventState.Applied or GatewayEventState.Stale);

    /// <summary>The first payment of an order has a line since the order was opened; each further one gets a line of its own.</summary>
    public bool NeedsNewLine { get; } = Judgement.Credits && TopUp.Payments > 0;

    /// <summary>The id of the line that changes; null when none does, and when it does not exist yet.</summary>
    public Guid? ExistingLine { get; } =
        !(Judgement.MovesMoney || Judgement.Closes is not null) || (Judgement.Credits && TopUp.Payments > 0)
            ? null
            : TopUp.PaidLine ?? TopUp.OrderId;

    /// <summary>The line that the owner sees of the payment.</summary>
    public WalletTransaction? Line { get; set; }

    public static SettlementCase Of(GatewayWord word, TopUp topUp, Judgement judgement, DateTimeOffset now) =>
        new(word, topUp, judgement, GatewayEvent.Asked(word.Answer, judgement.State, now));

    /// <summary>The credit, if there is one, and then what is taken back. Asked for when the payment is counted.</summary>
    public IEnumerable<Posting> Postings() =>
    [
        .. Judgement.Credits ? [Posting.TopUp(TopUp)] : Array.Empty<Posting>(),
        .. Judgement.TakesBack.Select(reversal => Posting.Reversal(TopUp, reversal.What, reversal.Amount)),
    ];

    public TopUpReversal Written(Reversal reversal, WalletTransaction line, string businessKey) => new()
    {
        LineId = line.Id,
        OrderId = TopUp.OrderId,
        GatewayTransactionId = Proof.GatewayTransactionId!,
        GatewayRefundId = reversal.RefundId,
        Kind = reversal.Kind,
        Amount = reversal.Amount,
        BusinessKey = businessKey,
        GatewayEventId = Proof.Id,
        At = line.CreatedAt,
    };
}
