using FsCheck;
using FsCheck.Fluent;

namespace Platform.Wallets.ModelTests;

/// <summary>What a sequence was drawn as: it shrinks by leaving steps out, and by making them simpler.</summary>
internal sealed record Sequence(Step[] Steps)
{
    public override string ToString() => string.Join(Environment.NewLine, Steps.Select((step, i) => $"  {i + 1,2}. {step}"));
}

internal static class Sequences
{
    private const int Shortest = 5;
    private const int Longest = 40;

    public static Arbitrary<Sequence> Any { get; } = Arb.From(
        from first in Gen.Choose(Shortest, Longest)
        from second in Gen.Choose(Shortest, Longest)
        from steps in Gen.ArrayOf(Step, Math.Min(first, second))
        select new Sequence(steps), Shrink);

    private static Gen<int> User => Gen.Choose(0, Script.Users - 1);

    /// <summary>Small against what a top-up brings, and sometimes larger than it; a free plan costs nothing.</summary>
    private static Gen<int> Price => Gen.Frequency((1, Gen.Constant(0)), (12, Gen.Choose(1, 15_000)), (3, Gen.Choose(15_000, 60_000)));

    private static Gen<int> Any100 => Gen.Choose(0, 99);

    private static Gen<Step> Step => Gen.Frequency(
        (14, from user in User from thousands in Gen.Choose(10, 40) select (Step)new Step.TopUp(user, thousands)),
        (7, from order in Any100 from percent in Gen.Elements(1, 30, 50, 70, 100, 100, 100)
            select (Step)new Step.TakeBack(order, percent)),
        (20, from user in User from amount in Price from seconds in Gen.Elements(-1, 0, 1, 60, 60, 900, 900, 900, 900)
             select (Step)new Step.Hold(user, amount, seconds)),
        (2, from user in User from amount in Price from captures in Gen.Elements(true, false)
            select (Step)new Step.EndBeforeItComes(user, amount, captures)),
        (16, from which in Any100 from key in Any100 from other in Gen.Choose(0, 5)
             select (Step)new Step.Capture(which, other == 0 ? key : null)),
        (7, from which in Any100 select (Step)new Step.Release(which)),
        (8, from which in Any100 from amount in Gen.Choose(1, 12_000) from another in Gen.Choose(0, 9)
            select (Step)new Step.Refund(which, amount, another == 0)),
        (9, from user in User from amount in Gen.Choose(1, 30_000) from adds in Gen.Elements(true, false)
            select (Step)new Step.Adjust(user, amount, adds)),
        (4, from user in User from amount in Gen.Choose(1, 10_000) select (Step)new Step.Redeem(user, amount)),
        (4, from seconds in Gen.Elements(1, 59, 60, 899, 900) select (Step)new Step.Wait(seconds)),
        (3, Gen.Constant((Step)new Step.ExpireRound())),
        (10, from which in Any100 from same in Gen.Elements(true, false) select (Step)new Step.Repeat(which, same)));

    private static IEnumerable<Sequence> Shrink(Sequence sequence)
    {
        // Large pieces first, then single steps, then smaller amounts.
        var steps = sequence.Steps;
        for (var piece = steps.Length / 2; piece >= 1; piece /= 2)
        {
            for (var at = 0; at + piece <= steps.Length; at += piece)
                yield return new([.. steps[..at], .. steps[(at + piece)..]]);
        }

        for (var at = 0; at < steps.Length; at++)
        {
            foreach (var simpler in Simpler(steps[at]))
                yield return new([.. steps[..at], simpler, .. steps[(at + 1)..]]);
        }
    }

    private static IEnumerable<Step> Simpler(Step step) => step switch
    {
        Step.TopUp { Thousands: > 10 } topUp => [topUp with { Thousands = 10 }],
        Step.TakeBack { Percent: < 100 } back => [back with { Percent = 100 }],
        Step.Hold { Amount: > 1_000 } hold => [hold with { Amount = 1_000 }],
        Step.Adjust { Amount: > 1_000 } adjust => [adjust with { Amount = 1_000 }],
        Step.Refund { Amount: > 1_000 } refund => [refund with { Amount = 1_000 }],
        Step.Repeat { SameMessage: true } repeat => [repeat with { SameMessage = false }],
        Step.Capture { KeyOf: not null } capture => [capture with { KeyOf = null }],
        _ => [],
    };
}
