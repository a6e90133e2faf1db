namespace Platform.Wallets.ModelTests;

/// <summary>Judges a run by what its clients wrote down and by what is in the database in the end; no model is run beside it.</summary>
internal static class HistoryChecker
{
    /// <returns>Everything that cannot be; empty for a good history.</returns>
    public static IReadOnlyList<string> Faults(History history) =>
        [.. Set(history), .. Bank(history), .. Numbers(history), .. Orders(history)];

    // Every effect that was promised is there once; every effect that is there was asked for.
    private static IEnumerable<string> Set(History history)
    {
        foreach (var twice in history.Effects.GroupBy(effect => effect.Key).Where(effects => effects.Count() > 1))
            yield return $"{twice.Key} is in the database {twice.Count()} times.";
        var asked = history.Calls.Where(call => call.Asked != Asked.Read).ToLookup(EffectOf);
        var there = history.Effects.Select(effect => effect.Key).ToHashSet();
        foreach (var effect in history.Effects)
        {
            var calls = asked[effect.Key].ToList();
            if (calls.Count == 0)
                yield return $"Nobody asked for {effect.Key}.";
            else if (calls.TrueForAll(call => call.Said == Said.No))
                yield return $"{effect.Key} was refused and is in the database.";
            else if (calls.TrueForAll(call => call.Amount != effect.Amount || call.Wallet != effect.Wallet))
                yield return $"{effect.Key} moved {effect.Amount} of {effect.Wallet}, which nobody asked for.";
        }

        foreach (var call in history.Calls.Where(call =>
            call.Said is Said.Ok or Said.Again && call.Asked is not (Asked.Read or Asked.Release)))
        {
            if (call.Amount > 0 && !there.Contains(EffectOf(call)))
                yield return $"Lost: {call}";
        }

        foreach (var call in history.Calls.Where(call => call.Asked == Asked.Release && call.Said == Said.Ok && call.Amount > 0))
        {
            if (there.Contains($"hold:{call.Key}") && !there.Contains(EffectOf(call)))
                yield return $"Lost: {call}";
        }
    }

    // Every snapshot, whenever it was taken, shows whole movements only.
    private static IEnumerable<string> Bank(History history)
    {
        foreach (var snapshot in history.Snapshots)
        {
            var purse = snapshot.Purse;
            if (purse != snapshot.Entries)
                yield return $"A snapshot shows balances that are not their entries: {snapshot}";
            if (purse.Available < 0 || purse.Held < 0 || purse.Debt < 0 || (purse.Available > 0 && purse.Debt > 0))
                yield return $"A snapshot shows what nobody can have: {snapshot}";
            if (purse.Held != snapshot.OpenHolds)
                yield return $"A snapshot shows held money without its holds: {snapshot}";
            if (snapshot.Total != 0)
                yield return $"A snapshot shows money that was made or lost: {snapshot}";
        }
    }

    // Numbers for people are given once, and rise: whoever was answered before another one asked has the smaller one.
    private static IEnumerable<string> Numbers(History history)
    {
        var drawn = history.Calls.Where(call => call is { Number: not null, Said: Said.Ok }).GroupBy(EffectOf)
            .Select(calls => (Effect: calls.Key, Numbers: calls.Select(call => call.Number!.Value).Distinct().ToList(),
                From: calls.Min(call => call.From), To: calls.Min(call => call.To))).ToList();
        foreach (var (effect, numbers, _, _) in drawn.Where(one => one.Numbers.Count > 1))
            yield return $"{effect} has several numbers: {string.Join(", ", numbers)}.";
        foreach (var shared in drawn.GroupBy(one => one.Numbers[0]).Where(same => same.Count() > 1))
            yield return $"Number {shared.Key} was given to {string.Join(" and ", shared.Select(one => one.Effect))}.";
        foreach (var (earlier, later) in drawn.SelectMany(one => drawn.Select(other => (one, other))))
        {
            if (earlier.To < later.From && earlier.Numbers[0] > later.Numbers[0])
                yield return $"{later.Effect} came after {earlier.Effect} and has the smaller number.";
        }
    }

    private static IEnumerable<string> Orders(History history) => history.Calls.GroupBy(call => call.Wallet)
        .Select(Linearizability.Refute).OfType<string>();

    /// <summary>The ledger's key of what a call may bring about.</summary>
    private static string EffectOf(Call call) => call.Asked switch
    {
        Asked.Hold => $"hold:{call.Key}",
        Asked.Capture => $"period:{call.Key}:1",
        Asked.Release => $"release:{call.Key}",
        _ => call.Key,
    };
}
