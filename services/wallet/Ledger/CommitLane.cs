using System.Collections.Concurrent;
using System.Diagnostics;

namespace Platform.Wallets;

/// <summary>
/// Does waiting work several pieces at a time, in one transaction. What a commit costs - the lock of a row, the round trips, the write -
/// is then paid once for all of them. Nobody waits for company: whoever comes while nothing is under way goes at once, and those who come
/// meanwhile go together after it.
/// </summary>
/// <param name="mostTogether">The most that share a transaction.</param>
/// <param name="commitAsync">
/// Does all of it or nothing, and says what came of each piece, in their order. Called for one piece at a time.
/// </param>
internal sealed partial class CommitLane<TWork, TDone>(int mostTogether,
    Func<IReadOnlyList<TWork>, Task<IReadOnlyList<TDone>>> commitAsync, ILogger log)
{
    private readonly ConcurrentQueue<Waiting> queue = new();

    // Waiting or under way. Who finds nobody before them sets the lane going, and it stops when it has left nobody behind.
    private int present;

    /// <returns>What came of it, when it is committed. What made it fail is thrown, and is this piece's own fault: when several fail
    /// together, each is tried alone.</returns>
    /// <param name="ct">Ends the wait for a turn; what has begun is finished.</param>
    public Task<TDone> DoAsync(TWork work, CancellationToken ct)
    {
        var waiting = new Waiting(work, new(TaskCreationOptions.RunContinuationsAsynchronously), Activity.Current, ct);
        queue.Enqueue(waiting);
        // Outside of the caller's context: the lane goes on for others when the caller has long been answered.
        if (Interlocked.Increment(ref present) == 1)
            ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.RunAsync(), this, preferLocal: false);
        return waiting.Done.Task;
    }

    private async Task RunAsync()
    {
        int taken;
        do
        {
            List<Waiting> together = [];
            for (taken = 0; together.Count < mostTogether && queue.TryDequeue(out var waiting); taken++)
            {
                // Who has gone away before their turn is left out: nothing has happened for them yet.
                if (waiting.Gone.IsCancellationRequested)
                    waiting.Done.TrySetCanceled(waiting.Gone);
                else
                    together.Add(waiting);
            }

            if (together.Count > 0)
                await CommitAsync(together);
        }
        while (Interlocked.Add(ref present, -taken) > 0);
    }

    private async Task CommitAsync(List<Waiting> together)
    {
        // What one transaction does for many can belong to one trace only.
        Activity.Current = together[0].Trace;
        try
        {
            var done = await commitAsync([.. together.Select(waiting => waiting.Work)]);
            foreach (var (waiting, its) in together.Zip(done))
                waiting.Done.TrySetResult(its);
        }
        catch (Exception e) when (together.Count > 1)
        {
            // One of them spoils it for all; alone, each gets its own outcome.
            Apart(log, together.Count, e);
            foreach (var waiting in together)
                await CommitAsync([waiting]);
        }
        catch (Exception e)
        {
            together[0].Done.TrySetException(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} pieces of work could not be committed together; each is tried alone")]
    private static partial void Apart(ILogger log, int count, Exception e);

    private sealed record Waiting(TWork Work, TaskCompletionSource<TDone> Done, Activity? Trace, CancellationToken Gone);
}
