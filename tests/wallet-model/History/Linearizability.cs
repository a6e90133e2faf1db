namespace Platform.Wallets.ModelTests;

/// <summary>
/// Looks for an order of all calls to one wallet that agrees with their times and with what was said: the search of Wing and Gong,
/// with Lowe's memory of what was tried. The history is cut where no call is under way, and each part begins with every state that
/// the one before it can have left.
/// </summary>
internal static class Linearizability
{
    private const int LargestPart = 64;

    /// <returns>Null when there is such an order; otherwise where there is none.</returns>
    public static string? Refute(IEnumerable<Call> callsOfOneWallet)
    {
        List<Spec> states = [Spec.Empty];
        foreach (var part in Parts(callsOfOneWallet))
        {
            if (part.Count > LargestPart)
                throw new InvalidOperationException($"{part.Count} calls overlap; the search takes {LargestPart}.");
            var left = After(part, states);
            if (left.Count == 0)
                return $"No order explains these calls, begun with {string.Join(" or ", states.Select(state => state.Purse))}:"
                    + Environment.NewLine + string.Join(Environment.NewLine, part.Select(call => $"  {call}"));
            states = left;
        }

        return null;
    }

    private static IEnumerable<List<Call>> Parts(IEnumerable<Call> calls)
    {
        List<Call> part = [];
        var quietFrom = long.MinValue;
        foreach (var call in calls.OrderBy(call => call.From))
        {
            if (part.Count > 0 && call.From > quietFrom)
            {
                yield return part;
                part = [];
            }

            part.Add(call);
            quietFrom = Math.Max(quietFrom, call.To);
        }

        if (part.Count > 0)
            yield return part;
    }

    private static List<Spec> After(List<Call> part, List<Spec> states)
    {
        // A call without an answer may be left out: perhaps it never arrives.
        var must = part.Index().Where(call => call.Item.Said != Said.Unknown).Aggregate(0UL, (mask, call) => mask | (1UL << call.Index));
        HashSet<(ulong Served, string State)> tried = [];
        Dictionary<string, Spec> ends = new(StringComparer.Ordinal);
        Stack<(ulong Served, Spec State)> open = new(states.Select(state => (0UL, state)));
        while (open.TryPop(out var at))
        {
            if (!tried.Add((at.Served, at.State.Fingerprint)))
                continue;
            if ((at.Served & must) == must)
                ends.TryAdd(at.State.Fingerprint, at.State);
            // Whoever ended first among those not served yet was served before everybody who began later.
            var firstEnd = part.Index().Where(call => (at.Served & (1UL << call.Index)) == 0).Select(call => call.Item.To)
                .DefaultIfEmpty(Call.Never).Min();
            foreach (var (index, call) in part.Index())
            {
                if ((at.Served & (1UL << index)) == 0 && call.From <= firstEnd && at.State.Serve(call) is { } next)
                    open.Push((at.Served | (1UL << index), next));
            }
        }

        return [.. ends.Values];
    }
}
