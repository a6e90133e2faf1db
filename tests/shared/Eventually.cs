using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Platform.Testing;

/// <summary>Waits for something that other processes bring about; fails loudly, with what was seen last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until <paramref name="accept"/> says yes, and returns what was seen.</summary>
    public static async Task<T> SeesAsync<T>(Func<Task<T>> look, Func<T, bool> accept, TimeSpan? within = null,
        [CallerArgumentExpression(nameof(accept))] string? wanted = null)
    {
        var watch = Stopwatch.StartNew();
        var limit = within ?? Patience;
        using var timer = new PeriodicTimer(Step);
        while (true)
        {
            var seen = await look();
            if (accept(seen))
                return seen;
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s for: {wanted}{Environment.NewLine}Last seen: {seen}");
            await timer.WaitForNextTickAsync();
        }
    }

    public static Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string? wanted = null) =>
        SeesAsync(condition, yes => yes, within, wanted);
}
