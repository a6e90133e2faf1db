using System.Collections.Concurrent;
using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Running;

namespace Platform.WalletSequences.Playing;

/// <summary>One row in one manner.</summary>
internal sealed record Performance(string Manner, Row Row, End End, Func<Play, Task> Act);

/// <summary>Plays many rows side by side and says in the end which of them went wrong.</summary>
internal sealed class Plays(World world)
{
    private readonly ConcurrentQueue<string> failures = new();

    public async Task PlayAsync(IEnumerable<Performance> performances, int sideBySide)
    {
        var count = 0;
        await Parallel.ForEachAsync(performances, new ParallelOptions { MaxDegreeOfParallelism = sideBySide }, async (performance, _) =>
        {
            Interlocked.Increment(ref count);
            await PlayAsync(performance);
        });
        await ShouldHaveGoneWellAsync(count);
    }

    /// <summary>A failure is kept for the end, so that one broken row does not hide the others.</summary>
    public async Task PlayAsync(Performance performance)
    {
        var play = new Play(world, performance.Row);
        try
        {
            await performance.Act(play);
            await play.ShouldEndAsync(performance.End);
        }
        catch (Exception e)
        {
            var message = (e is ShouldAssertException or TimeoutException ? e.Message : e.ToString()).ReplaceLineEndings(" ");
            failures.Enqueue($"{performance.Row}, {performance.Manner}: {message}\n    {await play.DescribeAsync()}");
        }
    }

    public async Task ShouldHaveGoneWellAsync(int count)
    {
        (await world.Books.BrokenPromisesAsync()).ShouldBeEmpty("the books after it");
        if (!failures.IsEmpty)
            Assert.Fail($"{failures.Count} of {count} went wrong:\n{string.Join('\n', failures.Order(StringComparer.Ordinal))}");
    }
}
