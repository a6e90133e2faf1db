using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// One thing that somebody asks of the wallet, with the names that make its repetition recognisable. The model and the real wallet are
/// given the same command.
/// </summary>
internal abstract record Command
{
    /// <summary>The wallet that it may change; null for what concerns all of them.</summary>
    public abstract Guid? Owner { get; }

    /// <summary>The gateway says that an order is paid.</summary>
    public sealed record Settle(Guid Order, Guid User, long Amount) : Command
    {
        public override Guid? Owner => User;
    }

    /// <summary>The gateway says how much of a paid order it has taken back by now, all told.</summary>
    public sealed record TakeBack(Guid Order, Guid User, long Total) : Command
    {
        public override Guid? Owner => User;
    }

    public sealed record Hold(HoldFunds Wish) : Command
    {
        public override Guid? Owner => Wish.UserId;
    }

    public sealed record Capture(Guid HoldId, Guid User, string Key) : Command
    {
        public override Guid? Owner => User;
    }

    public sealed record Release(Guid HoldId, Guid User) : Command
    {
        public override Guid? Owner => User;
    }

    /// <param name="HoldId">Names the charge by the hold that it was captured from.</param>
    public sealed record Refund(Guid RefundId, Guid HoldId, Guid User, long Amount) : Command
    {
        public override Guid? Owner => User;
    }

    public sealed record Adjust(Guid Id, Guid User, long Amount, bool Adds) : Command
    {
        public override Guid? Owner => User;
    }

    public sealed record Redeem(Guid Redemption, Guid User, long Amount) : Command
    {
        public override Guid? Owner => User;
    }

    /// <summary>Time goes by; nobody has looked at the clock yet.</summary>
    public sealed record Wait(TimeSpan Time) : Command
    {
        public override Guid? Owner => null;
    }

    /// <summary>The job that gives back what ran out takes one round.</summary>
    public sealed record ExpireRound : Command
    {
        public override Guid? Owner => null;
    }
}
