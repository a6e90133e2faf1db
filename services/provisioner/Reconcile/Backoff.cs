using System.Buffers.Binary;

namespace Platform.Provisioner.Reconcile;

/// <summary>How long to wait after failed calls, computed from the row, so that a restart forgets nothing.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    /// <param name="attempts">Failed passes in a row, from 1.</param>
    /// <param name="retryAfter">What the server asked for; never undercut.</param>
    public static TimeSpan After(Guid instance, int attempts, TimeSpan? retryAfter, TimeSpan longest)
    {
        var wait = First * Math.Pow(2, Math.Min(attempts - 1, 20));
        wait = wait < longest ? wait : longest;
        // Seeded by the row: instances that failed together do not come back together, and a test sees the same each time.
        var seed = BinaryPrimitives.ReadInt32BigEndian(instance.ToByteArray(bigEndian: true).AsSpan(12)) ^ (attempts * 7919);
#pragma warning disable CA5394 // Not for a secret: it spreads load.
        wait *= 0.75 + new Random(seed).NextDouble() / 2;
#pragma warning restore CA5394
        return retryAfter is { } asked && asked > wait ? asked : wait;
    }
}
