using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>
/// Answers kept for five minutes under the caller's key. One key space for all operations, and the body is not compared:
/// a key used twice gets the first answer, whatever was asked the second time.
/// </summary>
internal sealed class IdempotencyKeys(TimeProvider clock)
{
    private const int LongestKey = 46;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Kept> kept = [];

    /// <summary>A key that is too long counts as none, without a word.</summary>
    public static string? Read(HttpRequest request) =>
        request.Headers["Idempotency-Key"].ToString() is { Length: > 0 and <= LongestKey } key ? key : null;

    /// <returns>The kept answer; or that the first call is still under way; or neither, and the key is now taken by this call.</returns>
    public (JsonReply? Reply, bool InFlight) Begin(string key)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            foreach (var old in kept.Where(each => each.Value.Reply is not null && each.Value.Until <= now).ToList())
            {
                kept.Remove(old.Key);
            }

            if (kept.TryGetValue(key, out var found))
            {
                return (found.Reply, found.Reply is null);
            }

            kept[key] = new Kept(null, now);
            return (null, false);
        }
    }

    /// <summary>Keeps a successful answer; anything else frees the key.</summary>
    public void End(string key, JsonReply? reply)
    {
        lock (gate)
        {
            if (reply is { HttpStatus: >= 200 and < 300 } && (reply.Code.StartsWith('2') || reply.Code == "407"))
            {
                kept[key] = new Kept(reply, clock.GetUtcNow() + Life);
            }
            else
            {
                kept.Remove(key);
            }
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            kept.Clear();
        }
    }

    private sealed record Kept(JsonReply? Reply, DateTimeOffset Until);
}
