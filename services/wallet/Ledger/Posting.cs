using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What is to be moved: an amount from one account to another, both either this user's or the platform's.</summary>
/// <param name="Key">Names the effect for ever; a second posting under it moves nothing.</param>
/// <param name="Cause">What brought it about: the id of a hold, of an order.</param>
internal sealed record Posting(PostingKind Kind, string Key, Guid Owner, Guid Cause, AccountKind From, AccountKind To, Money Amount)
{
    public static Posting TopUp(TopUp topUp) =>
        new(PostingKind.TopUp, $"topup:{topUp.OrderId}", topUp.UserId, topUp.OrderId, AccountKind.Gateway, AccountKind.User, topUp.Amount);

    public static Posting Hold(Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Hold, $"hold:{holdId}", user, holdId, AccountKind.User, AccountKind.Held, amount);

    /// <summary>One key for called off and run out: a hold gives its money back once, whoever comes first.</summary>
    public static Posting Release(Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Release, $"release:{holdId}", user, holdId, AccountKind.Held, AccountKind.User, amount);

    public static Posting Capture(string businessKey, Guid holdId, Guid user, Money amount) =>
        new(PostingKind.Capture, businessKey, user, holdId, AccountKind.Held, AccountKind.Revenue, amount);
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
