using System.Threading.RateLimiting;

namespace Platform.Wallets;

/// <summary>
/// Lets a few notifications be worked off at a time; the others wait their turn, first come first served. A burst is then done sooner than
/// all at once, and leaves database connections for everybody else.
/// </summary>
internal sealed class NotificationTurns : IDisposable
{
    private const int AtOnce = 12;

    /// <summary>More than Midtrans sends within the time that it waits for an answer; whoever comes on top is told to come again.</summary>
    private const int MostWaiting = 5_000;

    private readonly ConcurrencyLimiter turns = new(new()
    {
        PermitLimit = AtOnce, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public ValueTask<RateLimitLease> TakeAsync(CancellationToken ct) => turns.AcquireAsync(permitCount: 1, ct);

    public void Dispose() => turns.Dispose();
}
