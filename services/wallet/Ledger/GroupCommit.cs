using System.Threading.Channels;

namespace Platform.Wallets;

/// <summary>A posting that was decided, and what is written down of it in the same transaction.</summary>
/// <param name="Number">A number for people that nobody else has, for the line that the owner sees.</param>
internal sealed record Decided(PostingOutcome Outcome, long Number);

/// <summary>
/// Commits several waiting postings together. One wallet can be charged only as fast as its row can be locked, written and committed; when
/// all who wait for it go in one transaction, that is paid once for all of them. Nobody waits for company: whoever comes while nothing is
/// under way goes at once, and those who come meanwhile go together after it.
/// </summary>
internal sealed partial class GroupCommit(IServiceScopeFactory scopes, ILogger<GroupCommit> log) : BackgroundService
{
    private const int MostTogether = 128;
    private const int MostWaiting = 10_000;

    /// <summary>Two, so that one prepares while the other commits; a wallet always goes the same way, or the two would only wait for each
    /// other.</summary>
    private const int Lanes = 2;

    private readonly Channel<Waiting>[] lanes =
        [.. Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostWaiting)))];

    /// <summary>Posts, lets <paramref name="record"/> add its rows to the same transaction, and returns when it is committed.</summary>
    /// <param name="record">Called once for each try, whatever was decided; only the rows of the last try are written.</param>
    public async Task<Decided> PostAsync(Posting posting, Action<WalletDbContext, Decided> record, CancellationToken ct)
    {
        var waiting = new Waiting(posting, record, new(TaskCreationOptions.RunContinuationsAsynchronously), ct);
        await lanes[unchecked((uint)posting.Owner.GetHashCode()) % Lanes].Writer.WriteAsync(waiting, ct);
        return await waiting.Done.Task;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(lanes.Select(lane => RunAsync(lane.Reader, stoppingToken)));

    private async Task RunAsync(ChannelReader<Waiting> lane, CancellationToken stopping)
    {
        try
        {
            while (await lane.WaitToReadAsync(stopping))
                await CommitAsync(Take(lane));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            while (lane.TryRead(out var left))
                left.Done.TrySetCanceled(stopping);
        }
    }

    // Who has gone away before their turn is left out: nothing has happened for them yet.
    private static List<Waiting> Take(ChannelReader<Waiting> lane)
    {
        List<Waiting> together = [];
        while (together.Count < MostTogether && lane.TryRead(out var waiting))
        {
            if (waiting.Gone.IsCancellationRequested)
                waiting.Done.TrySetCanceled(waiting.Gone);
            else
                together.Add(waiting);
        }

        return together;
    }

    private async Task CommitAsync(List<Waiting> together)
    {
        try
        {
            await CommitTogetherAsync(together);
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
            foreach (var waiting in together)
                waiting.Done.TrySetException(e);
        }
    }

    private async Task CommitTogetherAsync(List<Waiting> together)
    {
        if (together.Count == 0)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var ledger = scope.ServiceProvider.GetRequiredService<Ledger>();
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var outcomes = await ledger.PostAsync([.. together.Select(waiting => waiting.Posting)], CancellationToken.None);
        var numbers = await db.NextTransactionNumbersAsync(together.Count, CancellationToken.None);
        List<(Waiting Waiting, Decided Decided)> decided =
            [.. together.Zip(outcomes.Zip(numbers), (waiting, its) => (waiting, new Decided(its.First, its.Second)))];
        foreach (var (waiting, its) in decided)
            waiting.Record(db, its);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        foreach (var (waiting, its) in decided)
            waiting.Done.TrySetResult(its);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} postings could not be committed together; each is tried alone")]
    private static partial void Apart(ILogger log, int count, Exception e);

    private sealed record Waiting(
        Posting Posting, Action<WalletDbContext, Decided> Record, TaskCompletionSource<Decided> Done, CancellationToken Gone);
}
