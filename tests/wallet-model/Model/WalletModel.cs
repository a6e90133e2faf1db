using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// The wallet as it is meant to be, in dictionaries: written from what is promised, without a look at how it is kept. Every command is
/// answered as the wallet has to answer it.
/// </summary>
internal sealed class WalletModel(DateTimeOffset start)
{
    private readonly Dictionary<Guid, Purse> purses = [];
    private readonly Dictionary<Guid, ModelHold> holds = [];
    private readonly Dictionary<string, Guid> captures = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, ModelTopUp> topUps = [];
    private readonly Dictionary<Guid, Answer> refunds = [];
    private readonly HashSet<Guid> moved = [];
    private DateTimeOffset now = start;

    public IReadOnlyDictionary<Guid, ModelHold> Holds => holds;

    public IReadOnlyDictionary<Guid, ModelTopUp> TopUps => topUps;

    public Purse PurseOf(Guid user) => purses.GetValueOrDefault(user);

    /// <summary>Paid in, less what was taken back; and charged, less what was refunded.</summary>
    public (long TopUp, long Spent) TotalsOf(Guid user) => (
        topUps.Values.Where(topUp => topUp.User == user).Sum(topUp => topUp.Amount - topUp.TakenBack),
        holds.Values.Where(hold => hold.User == user && hold.State == HoldState.Captured).Sum(hold => hold.Amount - hold.Refunded));

    public Answer Apply(Command command) => command switch
    {
        Command.Settle settle => Settle(settle),
        Command.TakeBack takeBack => TakeBack(takeBack),
        Command.Hold hold => Hold(hold.Wish),
        Command.Capture capture => Capture(capture),
        Command.Release release => Release(release),
        Command.Refund refund => Refund(refund),
        Command.Adjust adjust => Adjust(adjust),
        Command.Redeem redeem => Redeem(redeem),
        Command.Wait wait => Wait(wait.Time),
        Command.ExpireRound => ExpireRound(),
        _ => throw new InvalidOperationException($"The model does not know {command}."),
    };

    private Answer Settle(Command.Settle settle)
    {
        if (!topUps.TryAdd(settle.Order, new(settle.User, settle.Amount)))
            return new Answer.NothingNew();
        Gain(settle.User, settle.Amount);
        return new Answer.Done();
    }

    private Answer TakeBack(Command.TakeBack takeBack)
    {
        var topUp = topUps[takeBack.Order];
        if (takeBack.Total <= topUp.TakenBack)
            return new Answer.NothingNew();
        purses[topUp.User] = PurseOf(topUp.User).Lose(takeBack.Total - topUp.TakenBack);
        topUp.TakenBack = takeBack.Total;
        return new Answer.Done();
    }

    private Answer Hold(HoldFunds wish)
    {
        var purse = PurseOf(wish.UserId);
        var (id, amount) = (wish.HoldId, wish.Amount.Rupiah);
        if (!holds.TryGetValue(id, out var hold))
        {
            hold = holds[id] = new() { User = wish.UserId, Amount = amount, ExpiresAt = wish.ExpiresAt, State = HoldState.Held };
            if (wish.ExpiresAt <= now)
                hold.Refuse("HOLD_ENDED", purse.Available);
            else if (purse.Debt > 0)
                hold.Refuse("WALLET_IN_DEBT", purse.Available);
            else if (purse.Available < amount)
                hold.Refuse("INSUFFICIENT_CREDIT", purse.Available);
            else
                purses[wish.UserId] = purse with { Available = purse.Available - amount, Held = purse.Held + amount };
        }
        else if (hold.NeverCame)
        {
            (hold.User, hold.Amount) = (wish.UserId, amount);
            hold.Refuse("HOLD_ENDED", purse.Available);
        }

        return hold.State == HoldState.Refused
            ? new Answer.HoldRefused(hold.Code!, hold.AvailableThen, hold.Amount)
            : new Answer.Held(hold.Amount);
    }

    private Answer Capture(Command.Capture capture)
    {
        if (captures.TryGetValue(capture.Key, out var paid))
            return new Answer.Captured(paid, holds[paid].Amount);
        if (!holds.TryGetValue(capture.HoldId, out var hold))
        {
            holds[capture.HoldId] = new() { State = HoldState.Released, Code = "HOLD_UNKNOWN" };
            return new Answer.CaptureRefused("HOLD_UNKNOWN");
        }

        if (hold.State == HoldState.Held && hold.ExpiresAt <= now)
            GiveBack(hold, HoldState.Expired);
        if (hold.State != HoldState.Held)
            return new Answer.CaptureRefused(hold.State == HoldState.Expired ? "HOLD_EXPIRED" : hold.NeverCame && hold.Code is { } code
                ? code : "HOLD_ENDED");
        var purse = PurseOf(hold.User!.Value);
        purses[hold.User.Value] = purse with { Held = purse.Held - hold.Amount };
        hold.State = HoldState.Captured;
        captures[capture.Key] = capture.HoldId;
        return new Answer.Captured(capture.HoldId, hold.Amount);
    }

    private Answer Release(Command.Release release)
    {
        if (!holds.TryGetValue(release.HoldId, out var hold))
            holds[release.HoldId] = new() { State = HoldState.Released };
        else if (hold.State == HoldState.Held)
            GiveBack(hold, HoldState.Released);
        else if (hold.State == HoldState.Captured)
            return new Answer.Captured(release.HoldId, hold.Amount);
        return new Answer.Released();
    }

    private Answer Refund(Command.Refund refund)
    {
        if (refunds.TryGetValue(refund.RefundId, out var said))
            return said;
        return refunds[refund.RefundId] = Decide();

        Answer Decide()
        {
            if (!holds.TryGetValue(refund.HoldId, out var hold) || hold.State != HoldState.Captured || hold.User != refund.User)
                return new Answer.RefundRefused("CHARGE_UNKNOWN", 0);
            var left = hold.Amount - hold.Refunded;
            if (refund.Amount > left)
                return new Answer.RefundRefused("EXCEEDS_REFUNDABLE", left);
            hold.Refunded += refund.Amount;
            Gain(refund.User, refund.Amount);
            return new Answer.Refunded(refund.Amount);
        }
    }

    private Answer Adjust(Command.Adjust adjust)
    {
        var before = PurseOf(adjust.User);
        if (moved.Contains(adjust.Id))
            return new Answer.NothingNew();
        if (!adjust.Adds && before.Available < adjust.Amount)
            return new Answer.TooLittle(before);
        moved.Add(adjust.Id);
        purses[adjust.User] = adjust.Adds ? before.Gain(adjust.Amount) : before with { Available = before.Available - adjust.Amount };
        return new Answer.Moved(before, purses[adjust.User]);
    }

    private Answer Redeem(Command.Redeem redeem)
    {
        var before = PurseOf(redeem.User);
        if (!moved.Add(redeem.Redemption))
            return new Answer.NothingNew();
        Gain(redeem.User, redeem.Amount);
        return new Answer.Moved(before, PurseOf(redeem.User));
    }

    private Answer.Done Wait(TimeSpan time)
    {
        now += time;
        return new Answer.Done();
    }

    private Answer.Done ExpireRound()
    {
        foreach (var hold in holds.Values.Where(hold => hold.State == HoldState.Held && hold.ExpiresAt <= now))
            GiveBack(hold, HoldState.Expired);
        return new Answer.Done();
    }

    private void GiveBack(ModelHold hold, HoldState end)
    {
        var user = hold.User!.Value;
        purses[user] = PurseOf(user) with { Held = PurseOf(user).Held - hold.Amount };
        Gain(user, hold.Amount);
        hold.State = end;
    }

    private void Gain(Guid user, long amount) => purses[user] = PurseOf(user).Gain(amount);
}

internal sealed class ModelHold
{
    /// <summary>Null while nothing but its end was heard of.</summary>
    public Guid? User { get; set; }
    public long Amount { get; set; }
    public DateTimeOffset ExpiresAt { get; init; }
    public HoldState State { get; set; }
    public string? Code { get; set; }
    public long AvailableThen { get; private set; }
    public long Refunded { get; set; }

    public bool NeverCame => User is null;

    public void Refuse(string code, long available) => (State, Code, AvailableThen) = (HoldState.Refused, code, available);
}

internal sealed class ModelTopUp(Guid user, long amount)
{
    public Guid User => user;
    public long Amount => amount;
    public long TakenBack { get; set; }
}
