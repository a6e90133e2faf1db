using System.Collections.Concurrent;
using Npgsql;
using Platform.Hosting;

namespace Platform.Subscriptions.Life;

/// <summary>
/// Wakes requests and streams that wait for a subscription or an upgrade to change, in whichever replica the change was made: one
/// LISTEN connection per process. A wake-up is a hint; who is woken looks again, and looks at least every <see cref="LookAgain"/>,
/// which also covers the seconds in which the connection was lost.
/// </summary>
internal sealed partial class Changes(IConfiguration configuration, TimeProvider clock, ILogger<Changes> log) : BackgroundService
{
    public const string Channel = "subscriptions_changed";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new();

    /// <summary>Looks now and after each change until <paramref name="look"/> finds something or the time is over.</summary>
    public async Task<T?> WaitForAsync<T>(Guid id, TimeSpan limit, Func<Task<T?>> look, CancellationToken ct) where T : class
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            // Asked for before looking, or a change between the look and the wait would be missed.
            var change = NextChange(id);
            if (await look() is { } found)
                return found;
            var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), until);
            if (left <= TimeSpan.Zero)
                return null;
            await Task.WhenAny(change, Task.Delay(left < LookAgain ? left : LookAgain, TimeProvider.System, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Completes when the subscription or upgrade changes.</summary>
    public Task NextChange(Guid id) =>
        waiting.GetOrAdd(id.ToString("N"), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                ConnectionLost(log, e.Message);
                await Task.Delay(Reconnect, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(configuration.RequiredConnection("Postgres")) { Pooling = false, KeepAlive = 30 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        connection.Notification += (_, change) =>
        {
            if (waiting.TryRemove(change.Payload, out var waiter))
                waiter.SetResult();
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        while (true)
            await connection.WaitAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning,
        "The connection that listens for changes was lost; waiting requests look every second until it is back: {Reason}")]
    private static partial void ConnectionLost(ILogger log, string reason);
}
