using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// A command with numbers in the place of names: "capture the third hold" means something in every sequence, so that a sequence can be
/// shortened and still be run. A number that points past the last one means something that nobody has ever heard of.
/// </summary>
internal abstract record Step
{
    public sealed record TopUp(int User, int Thousands) : Step;

    /// <param name="Percent">How much of the order is gone by then.</param>
    public sealed record TakeBack(int Order, int Percent) : Step;

    public sealed record Hold(int User, int Amount, int Seconds) : Step;

    /// <summary>A capture or release that overtakes its own hold: the hold comes next.</summary>
    public sealed record EndBeforeItComes(int User, int Amount, bool Captures) : Step;

    /// <param name="KeyOf">Whose key it is captured under; most often its own.</param>
    public sealed record Capture(int Which, int? KeyOf) : Step;

    public sealed record Release(int Which) : Step;

    public sealed record Refund(int Which, int Amount, bool ByAnother) : Step;

    public sealed record Adjust(int User, int Amount, bool Adds) : Step;

    public sealed record Redeem(int User, int Amount) : Step;

    public sealed record Wait(int Seconds) : Step;

    public sealed record ExpireRound : Step;

    /// <param name="SameMessage">The broker delivers the message again; otherwise somebody asks the same thing again.</param>
    public sealed record Repeat(int Which, bool SameMessage) : Step;
}

/// <summary>Gives the steps of one sequence their names.</summary>
internal sealed class Script(DateTimeOffset start)
{
    public const int Users = 2;
    private readonly Guid[] users = [.. Enumerable.Range(0, Users).Select(_ => Guid.CreateVersion7())];
    private readonly List<(Guid Id, Guid User)> holds = [];
    private readonly List<Command.Settle> orders = [];
    private readonly List<Delivery> asked = [];
    private DateTimeOffset now = start;

    public IReadOnlyList<Guid> Owners => users;

    /// <returns>What to ask, in order; empty when there is nothing yet that the step could be about.</returns>
    public IReadOnlyList<Delivery> Deliveries(Step step)
    {
        if (step is Step.Repeat repeat)
        {
            if (asked.Count == 0)
                return [];
            var again = asked[repeat.Which % asked.Count];
            return [repeat.SameMessage ? again : Delivery.Of(again.Command)];
        }

        List<Delivery> deliveries = [.. Commands(step).Select(Delivery.Of)];
        asked.AddRange(deliveries.Where(delivery => delivery.Command.Owner is not null));
        return deliveries;
    }

    private IEnumerable<Command> Commands(Step step)
    {
        switch (step)
        {
            case Step.TopUp topUp:
                orders.Add(new(Guid.CreateVersion7(), users[topUp.User], topUp.Thousands * 1_000L));
                return [orders[^1]];
            case Step.TakeBack back when orders.Count > 0:
                var order = orders[back.Order % orders.Count];
                return [new Command.TakeBack(order.Order, order.User, Math.Max(1, order.Amount * back.Percent / 100))];
            case Step.Hold hold:
                return [Wish(hold.User, hold.Amount, hold.Seconds)];
            case Step.EndBeforeItComes early:
                var late = Wish(early.User, early.Amount, seconds: 900);
                return [early.Captures ? Capture(holds[^1], holds[^1].Id) : new Command.Release(late.Wish.HoldId, users[early.User]), late];
            case Step.Capture capture:
                var hold1 = Pick(capture.Which);
                return [Capture(hold1, capture.KeyOf is { } of ? Pick(of).Id : hold1.Id)];
            case Step.Release release:
                return [new Command.Release(Pick(release.Which).Id, Pick(release.Which).User)];
            case Step.Refund refund:
                var charge = Pick(refund.Which);
                var by = refund.ByAnother ? users.First(user => user != charge.User) : charge.User;
                return [new Command.Refund(Guid.CreateVersion7(), charge.Id, by, refund.Amount)];
            case Step.Adjust adjust:
                return [new Command.Adjust(Guid.CreateVersion7(), users[adjust.User], adjust.Amount, adjust.Adds)];
            case Step.Redeem redeem:
                return [new Command.Redeem(Guid.CreateVersion7(), users[redeem.User], redeem.Amount)];
            case Step.Wait wait:
                now += TimeSpan.FromSeconds(wait.Seconds);
                return [new Command.Wait(TimeSpan.FromSeconds(wait.Seconds))];
            case Step.ExpireRound:
                return [new Command.ExpireRound()];
            default:
                return [];
        }
    }

    private Command.Hold Wish(int user, int amount, int seconds)
    {
        holds.Add((Guid.CreateVersion7(), users[user]));
        var item = new ChargedItem("SUBSCRIPTION", Guid.CreateVersion7(), "n8n", "n8n", "n8n Basic", "BASIC", "n8n Basic, first month");
        return new(new(Guid.Empty, holds[^1].Id, users[user], Money.Idr(amount), item, now.AddSeconds(seconds)));
    }

    private (Guid Id, Guid User) Pick(int which)
    {
        var number = which % (holds.Count + 1);
        return number < holds.Count ? holds[number] : (Guid.CreateVersion7(), users[0]);
    }

    private static Command.Capture Capture((Guid Id, Guid User) hold, Guid keyOf) => new(hold.Id, hold.User, $"period:{keyOf}:1");
}
