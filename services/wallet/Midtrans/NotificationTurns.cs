using System.Threading.RateLimiting;

namespace Platform.Wallets;

/// <summary>
/// Lets so many notifications be worked off at a time; the others wait their turn, first come first served. Enough that what belongs into
/// one transaction comes together, and not so many that a burst becomes a burst of questions to the gateway.
/// </summary>
internal sealed class NotificationTurns : IDisposable
{
    private const int AtOnce = 100;

    /// <summary>More than Midtrans sends within the time that it waits for an answer; whoever comes on top is told to come again.</summary>
    private const int MostWaiting = 5_000;

    private readonly ConcurrencyLimiter turns = new(new()
    {
        PermitLimit = AtOnce, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public ValueTask<RateLimitLease> TakeAsync(CancellationToken ct) => turns.AcquireAsync(permitCount: 1, ct);

    public void Dispose() => turns.Dispose();
}
