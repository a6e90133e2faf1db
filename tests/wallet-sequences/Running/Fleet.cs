using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Platform.WalletSequences.Running;

/// <summary>
/// The replicas of the wallet: two that stay, and warm ones that wait to be killed. A start takes longer than a whole sequence, so the
/// next ones are started while the last ones die.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int StartedSideBySide = 2;
    private const int Warm = 3;

    private readonly KeyValuePair<string, string>[] settings;
    private readonly Channel<WalletReplica> warm = Channel.CreateBounded<WalletReplica>(Warm);
    private readonly ConcurrentBag<WalletReplica> all = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> starters = [];
    private WalletReplica[] steady = [];
    private int turn;

    private Fleet(KeyValuePair<string, string>[] settings) => this.settings = settings;

    /// <summary>How many replicas have been handed out to be killed.</summary>
    public int Taken { get; private set; }

    /// <summary>What a new replica is made to do before it counts as warm: the first notification of a process takes the longest.</summary>
    public Func<WalletReplica, Task> WarmUp { private get; set; } = _ => Task.CompletedTask;

    public IEnumerable<string> Said => all.SelectMany(replica => replica.Said);

    public static async Task<Fleet> StartAsync(KeyValuePair<string, string>[] settings)
    {
        var fleet = new Fleet(settings);
        fleet.steady = await Task.WhenAll(fleet.StartOneAsync(), fleet.StartOneAsync());
        return fleet;
    }

    /// <summary>One of those that stay, in turn: two deliveries at once meet two processes.</summary>
    public WalletReplica Next() => steady[(uint)Interlocked.Increment(ref turn) % steady.Length];

    /// <summary>A warm replica that nobody else uses.</summary>
    public async Task<WalletReplica> TakeAsync(CancellationToken ct)
    {
        lock (starters)
        {
            Taken++;
            // Only tests that kill pay for replicas to be killed.
            if (starters.Count == 0)
                starters.AddRange(Enumerable.Range(0, StartedSideBySide).Select(_ => KeepWarmAsync()));
        }

        var taken = await Task.WhenAny(warm.Reader.ReadAsync(ct).AsTask(), FailedStarterAsync());
        return await taken;
    }

    /// <summary>It was not killed after all.</summary>
    public async Task GiveBackAsync(WalletReplica replica)
    {
        lock (starters)
            Taken--;
        if (!warm.Writer.TryWrite(replica))
            await replica.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(starters).ContinueWith(_ => { }, TaskScheduler.Default);
        foreach (var replica in all)
            replica.Dispose();
        stopping.Dispose();
    }

    private async Task KeepWarmAsync()
    {
        while (await warm.Writer.WaitToWriteAsync(stopping.Token))
        {
            var replica = await StartOneAsync();
            await WarmUp(replica);
            await warm.Writer.WriteAsync(replica, stopping.Token);
        }
    }

    private async Task<WalletReplica> FailedStarterAsync()
    {
        await await Task.WhenAny(starters);
        throw new InvalidOperationException("Nobody starts replicas any more.");
    }

    private async Task<WalletReplica> StartOneAsync()
    {
        var replica = await WalletReplica.StartAsync(settings);
        all.Add(replica);
        return replica;
    }
}
