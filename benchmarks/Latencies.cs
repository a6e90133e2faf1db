using System.Collections.Concurrent;

namespace Platform.Benchmarks;

/// <summary>Durations of one kind of operation; may be added to from many workers.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentBag<TimeSpan> all = [];

    public int Count => all.Count;

    public void Add(TimeSpan duration) => all.Add(duration);

    /// <summary>Nearest rank, in milliseconds.</summary>
    public double Percentile(double p)
    {
        var sorted = all.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(p / 100 * sorted.Length) - 1)].TotalMilliseconds;
    }
}
