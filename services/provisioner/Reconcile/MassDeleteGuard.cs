namespace Platform.Provisioner.Reconcile;

/// <summary>
/// Stops a wave of deletions that no TerminateInstance asked for, as a wrong migration or an empty read would cause it:
/// more than 20, or more than 5 % of what lives, within one minute. What was ordered passes without limit.
/// </summary>
internal sealed class MassDeleteGuard
{
    private const int MostAtOnce = 20;
    private const double MostOfAll = 0.05;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Queue<DateTimeOffset> allowed = new();
    private readonly Lock gate = new();

    /// <param name="live">Instances that are not terminated, this one among them.</param>
    public bool Allows(DateTimeOffset now, int live)
    {
        lock (gate)
        {
            while (allowed.TryPeek(out var first) && now - first >= Window)
                allowed.Dequeue();
            if (allowed.Count + 1 > Math.Min(MostAtOnce, live * MostOfAll))
                return false;
            allowed.Enqueue(now);
            return true;
        }
    }
}
