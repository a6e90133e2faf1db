using Platform.Simulators.Kubernetes.Storage;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>
/// Remembers since when an object is in a step, so that a controller that is asked often still waits the whole time once.
/// </summary>
internal sealed class Stopwatches(TimeProvider clock)
{
    private readonly Dictionary<string, (string Step, DateTimeOffset Since)> running = new(StringComparer.Ordinal);

    /// <summary>How much of the wait is left; null when it is over, which also ends the step.</summary>
    public TimeSpan? Left(StoredObject stored, string step, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
        {
            running.Remove(stored.Uid);
            return null;
        }

        var now = clock.GetUtcNow();
        if (!running.TryGetValue(stored.Uid, out var watch) || watch.Step != step)
        {
            running[stored.Uid] = watch = (step, now);
        }

        var left = watch.Since + wait - now;
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        running.Remove(stored.Uid);
        return null;
    }

    public bool IsIn(StoredObject stored, string step) => running.TryGetValue(stored.Uid, out var watch) && watch.Step == step;

    public void Forget(string uid) => running.Remove(uid);
}
