using System.Buffers;
using System.Threading.Channels;

namespace Platform.Simulators.Midtrans.State;

/// <summary>
/// Writes the whole state beside the file and renames it over, so that a killed simulator leaves either the old or the new state.
/// Calls that wait at the same time share one write.
/// </summary>
internal sealed class StateFile : BackgroundService
{
    /// <summary>Changes that nobody waits for are collected for so long: a burst of deliveries is one write, not one for each.</summary>
    private static readonly TimeSpan Collecting = TimeSpan.FromMilliseconds(100);

    private readonly Gateway gateway;
    private readonly string? path;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Channel<bool> wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // One buffer for all saves: a fresh array of this size each time would let the process grow without end under load.
    private readonly ArrayBufferWriter<byte> buffer = new();
    private long saved;

    public StateFile(Gateway gateway, SimulatorOptions options)
    {
        this.gateway = gateway;
        path = options.StateFile is null ? null : Path.GetFullPath(options.StateFile);
        if (path is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            gateway.Changed += () => wake.Writer.TryWrite(true);
        }
    }

    /// <summary>
    /// Returns when everything that the caller may have seen is in the file. An answer must not leave before that. A question that
    /// changed nothing finds it there already and neither writes nor queues.
    /// </summary>
    public Task SaveAsync(CancellationToken stop) => SaveAsync(gateway.Promised, stop);

    private async Task SaveAsync(long wanted, CancellationToken stop)
    {
        if (path is null || Volatile.Read(ref saved) >= wanted)
        {
            return;
        }

        await turn.WaitAsync(stop);
        try
        {
            if (saved >= wanted)
            {
                return;
            }

            buffer.ResetWrittenCount();
            var version = gateway.WriteTo(buffer);
            await File.WriteAllBytesAsync(path + ".new", buffer.WrittenMemory, CancellationToken.None);
            File.Move(path + ".new", path, overwrite: true);
            Volatile.Write(ref saved, version);
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    /// <summary>Writes the last bookkeeping; called when nothing changes the state any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SaveAsync(gateway.Version(), CancellationToken.None);
    }

    /// <summary>Saves what happens without a caller: expiries, settlements, delivery attempts.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in wake.Reader.ReadAllAsync(stoppingToken))
        {
            // The pause spares the disk, it is not part of what is simulated: real time, whatever clock a test has set.
            await Task.Delay(Collecting, TimeProvider.System, stoppingToken);
            await SaveAsync(gateway.Version(), stoppingToken);
        }
    }
}
