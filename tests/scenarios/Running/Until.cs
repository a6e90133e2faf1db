using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Platform.Scenarios.Running;

/// <summary>Waits for what other processes bring about, and says what was there instead when it does not come.</summary>
internal static class Until
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <param name="look">Reads the state; may fail, because the asked process may be down at the moment.</param>
    /// <param name="accept">Whether that is it.</param>
    /// <param name="describe">More about the situation, asked for only when the patience is over.</param>
    /// <exception cref="TimeoutException">It did not come; the message has the last state.</exception>
    public static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> accept, Func<Task<string>>? describe = null,
        TimeSpan? within = null, [CallerArgumentExpression(nameof(accept))] string wanted = "")
    {
        var start = Stopwatch.GetTimestamp();
        var limit = within ?? Patience;
        using var timer = new PeriodicTimer(Step);
        while (true)
        {
            string last;
            try
            {
                var seen = await look();
                if (accept(seen))
                {
                    return seen;
                }

                last = $"{seen}";
            }
            catch (Exception unreadable) when (unreadable is HttpRequestException or Npgsql.NpgsqlException)
            {
                last = $"{unreadable.GetType().Name}: {unreadable.Message}";
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                var more = describe is null ? "" : Environment.NewLine + await describe();
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s for: {wanted}{Environment.NewLine}Last seen: {last}{more}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
