namespace Platform.Wallets.ModelTests;

/// <summary>What is said about a command. The model's and the wallet's are compared as they are.</summary>
internal abstract record Answer
{
    /// <summary>Settled, taken back, redeemed: it happened now.</summary>
    public sealed record Done : Answer;

    /// <summary>It had happened before; nothing moved now.</summary>
    public sealed record NothingNew : Answer;

    /// <summary>The same message once more: it is swallowed without a word.</summary>
    public sealed record Silence : Answer;

    public sealed record Moved(Purse Before, Purse After) : Answer;

    public sealed record TooLittle(Purse Purse) : Answer;

    public sealed record Held(long Amount) : Answer;

    public sealed record HoldRefused(string Code, long Available, long Required) : Answer;

    /// <param name="HoldId">The hold whose money was taken, which need not be the one that was asked about.</param>
    public sealed record Captured(Guid HoldId, long Amount) : Answer;

    public sealed record CaptureRefused(string Code) : Answer;

    public sealed record Released : Answer;

    public sealed record Refunded(long Amount) : Answer;

    public sealed record RefundRefused(string Code, long Refundable) : Answer;

    /// <summary>Something that no rule of the wallet allows; it equals no answer of the model.</summary>
    public sealed record Wrong(string What) : Answer;
}

/// <summary>What somebody has and owes, whole rupiah.</summary>
internal readonly record struct Purse(long Available, long Held, long Debt)
{
    public static Purse Of(Balances balances) => new(balances.Available.Rupiah, balances.Held.Rupiah, balances.Debt.Rupiah);

    /// <summary>Whatever reaches somebody pays what they owe first.</summary>
    public Purse Gain(long amount) =>
        this with { Debt = Math.Max(0, Debt - amount), Available = Available + Math.Max(0, amount - Debt) };

    /// <summary>What the gateway takes back is gone; what is not there any more is owed.</summary>
    public Purse Lose(long amount) =>
        this with { Available = Math.Max(0, Available - amount), Debt = Debt + Math.Max(0, amount - Available) };
}
