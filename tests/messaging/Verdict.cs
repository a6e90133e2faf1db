using Platform.Testing;

namespace Platform.Messaging.Tests;

/// <summary>Compares what was accepted with what came of it, in the databases of both services.</summary>
public static class Verdict
{
    private static readonly string[] Happy = ["accepted", "charge", "completed", "completion", "placed"];
    private static readonly string[] Late = ["accepted", "charge", "overdue", "placed"];

    /// <summary>Every order that is not as it should be, and everything that belongs to no order; empty when all is well.</summary>
    public static async Task<IReadOnlyList<string>> WrongsAsync(this Stage stage, IEnumerable<Guid> completed,
        IEnumerable<Guid>? overdue = null)
    {
        var wanted = completed.ToDictionary(id => id, _ => Happy);
        foreach (var id in overdue ?? [])
            wanted[id] = Late;
        var seen = (await stage.ListAsync("""
            SELECT order_id, string_agg(kind, ' ' ORDER BY kind) FROM
                (SELECT order_id, kind FROM orders.effects UNION ALL SELECT order_id, kind FROM ledger.effects) e GROUP BY order_id
            """)).ToDictionary(line => Guid.Parse(line.Split(' ')[0]), line => line.Split(' ')[1..]);
        var wrongs = new List<string>();
        foreach (var (id, effects) in wanted)
        {
            if (!seen.GetValueOrDefault(id, []).SequenceEqual(effects))
                wrongs.Add($"{id}: [{string.Join(' ', seen.GetValueOrDefault(id, []))}] instead of [{string.Join(' ', effects)}]");
        }

        wrongs.AddRange(seen.Keys.Except(wanted.Keys).Select(id => $"{id}: effects without an order"));
        wrongs.AddRange((await stage.ListAsync("""
            SELECT message_id, destination, attempts, coalesce(error, '') FROM orders.outbox
            UNION ALL SELECT message_id, destination, attempts, coalesce(error, '') FROM ledger.outbox
            """)).Select(row => $"not sent: {row}"));
        return wrongs;
    }

    /// <summary>Waits until every order is final, and fails with what is wrong if that does not come to pass.</summary>
    public static Task AllIsWellAsync(this Stage stage, IEnumerable<Guid> completed, IEnumerable<Guid>? overdue = null,
        TimeSpan? within = null) =>
        Eventually.SeesAsync(async () => new Report(await stage.WrongsAsync(completed, overdue)), report => report.Wrongs.Count == 0,
            within ?? TimeSpan.FromSeconds(60), "every order final, exactly once");

    private sealed record Report(IReadOnlyList<string> Wrongs)
    {
        public override string ToString() => $"{Wrongs.Count} wrong: {string.Join(Environment.NewLine, Wrongs.Take(20))}";
    }
}
