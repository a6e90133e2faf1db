using System.Buffers;
using System.Threading.Channels;

namespace Platform.Simulators.Midtrans.State;

/// <summary>
/// Writes the whole state beside the file and renames it over, so that a killed simulator leaves either the old or the new state.
/// Calls that wait at the same time share one write.
/// </summary>
internal sealed class StateFile : BackgroundService
{
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

    /// <summary>Returns when everything that has happened so far is in the file. An answer must not leave before that.</summary>
    public async Task SaveAsync(CancellationToken stop)
    {
        if (path is null)
        {
            return;
        }

        var wanted = gateway.Version();
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
            saved = version;
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

    /// <summary>Saves what happens without a caller: expiries, settlements, delivery attempts.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in wake.Reader.ReadAllAsync(stoppingToken))
        {
            await SaveAsync(stoppingToken);
        }
    }
}
