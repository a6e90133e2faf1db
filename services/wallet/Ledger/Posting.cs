using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What is to be moved: an amount from one account to another, both either this user's or the platform's.</summary>
/// <param name="Key">Names the effect for ever; a second posting under it moves nothing.</param>
/// <param name="Cause">What brought it about: the id of a hold, of an order, of a charge.</param>
internal sealed record Posting(PostingKind Kind, string Key, Guid Owner, Guid Cause, AccountKind From, AccountKind To, Money Amount)
{
    /// <summary>The credit of the latest payment of an order; the first payment's key is the order's alone.</summary>
    public static Posting TopUp(TopUp topUp) =>
        new(PostingKind.TopUp, $"topup:{topUp.OrderId}{(topUp.Payments > 1 ? $":{topUp.Payments}" : "")}", topUp.UserId, topUp.OrderId,
            AccountKind.Clearing, AccountKind.User, topUp.Amount);

    public static Posting Hold(Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Hold, $"hold:{holdId}", user, holdId, AccountKind.User, AccountKind.Held, amount);

    /// <summary>One key for called off and run out: a hold gives its money back once, whoever comes first.</summary>
    public static Posting Release(Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Release, $"release:{holdId}", user, holdId, AccountKind.Held, AccountKind.User, amount);

    public static Posting Capture(string businessKey, Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Capture, businessKey, user, holdId, AccountKind.Held, AccountKind.Revenue, amount);

    public static Posting Refund(Guid chargeId, Guid refundId, Guid user, Money amount) =>
        new(PostingKind.Refund, $"refund:{chargeId}:{refundId}", user, chargeId, AccountKind.Refunds, AccountKind.User, amount);

    /// <param name="what">Tells the reversals of one payment apart: <c>deny</c>, <c>refund-17</c>, or how much the gateway had taken back
    /// by then.</param>
    public static Posting Reversal(TopUp topUp, string what, Money amount) =>
        new(PostingKind.Reversal, $"reversal:{topUp.OrderId}:{(topUp.Payments > 1 ? $"{topUp.Payments}:" : "")}{what}", topUp.UserId,
            topUp.OrderId, AccountKind.User, AccountKind.Clearing, amount);

    /// <param name="inwards">True for money that the gateway has, false for money that it has no longer.</param>
    public static Posting Clearing(TopUp topUp, int number, Money amount, bool inwards) =>
        new(PostingKind.Clearing, $"clearing:{topUp.OrderId}:{number}", topUp.UserId, topUp.OrderId,
            inwards ? AccountKind.Gateway : AccountKind.Clearing, inwards ? AccountKind.Clearing : AccountKind.Gateway, amount);

    /// <param name="adjustment">The administrator's request, and the id of the transaction that the owner sees.</param>
    public static Posting Adjustment(Guid adjustment, Guid user, Money amount, bool adds) =>
        new(PostingKind.Adjustment, $"adjust:{adjustment}", user, adjustment,
            adds ? AccountKind.Adjustment : AccountKind.User, adds ? AccountKind.User : AccountKind.Adjustment, amount);

    public static Posting Coupon(Guid redemptionId, Guid user, Money amount) =>
        new(PostingKind.Coupon, $"coupon:{redemptionId}", user, redemptionId, AccountKind.Bonus, AccountKind.User, amount);
}

/// <summary>What became of a posting.</summary>
internal abstract record PostingOutcome
{
    private PostingOutcome()
    {
    }

    /// <summary>The money moved. Both balances are exact: the user's accounts were locked in between.</summary>
    public sealed record Posted(Balances Before, Balances After) : PostingOutcome;

    /// <summary>There was too little on the account that was to give; nothing moved.</summary>
    public sealed record Short(Balances Balances) : PostingOutcome;

    /// <summary>The key was used before; nothing moved now.</summary>
    public sealed record Repeated : PostingOutcome;
}
