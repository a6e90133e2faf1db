using MassTransit;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Messaging;

/// <summary>
/// Hands committed outbox rows to the broker. The replicas of a service take turns (an advisory lock, because SKIP LOCKED would break the
/// order); within a turn different keys leave side by side and the messages of one key one after another, each confirmed before the next.
/// </summary>
internal sealed partial class OutboxDispatcher<TDb>(IServiceScopeFactory scopes, IBusControl bus, OutboxSignal signal,
    IOptions<OutboxOptions> settings, TimeProvider clock, FaultPoints faults, ILogger<OutboxDispatcher<TDb>> log) : BackgroundService
    where TDb : DbContext
{
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);
    private readonly OutboxOptions options = settings.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var nextClean = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Without a broker there is nothing to try, and no reason to keep the turn and a transaction open.
                while (bus.CheckHealth().Status == BusHealthStatus.Healthy && await DispatchAsync(stoppingToken))
                {
                }

                if (clock.GetUtcNow() >= nextClean)
                {
                    await CleanInboxAsync(stoppingToken);
                    nextClean = clock.GetUtcNow() + CleanEvery;
                }

                await signal.WaitAsync(options.Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                PassFailed(log, e);
                await Task.Delay(options.Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>True when a full batch left, so that more may be waiting.</returns>
    private async Task<bool> DispatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var table = db.TableOf<OutboxEntry>();
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_xact_lock(hashtext({0}))", [table], ct);

        var rows = await ReadyRowsAsync(db, table, ct);
        if (rows.Count == 0)
            return false;

        var outcomes = await Task.WhenAll(rows.GroupBy(row => row.OrderKey).Select(key => SendInOrderAsync(key, ct)));

        // What was sent is deleted even when the service is stopping, or it would be sent again for nothing.
        var sent = outcomes.SelectMany(outcome => outcome.Sent).ToArray();
        await db.Set<OutboxEntry>().Where(row => sent.Contains(row.Id)).ExecuteDeleteAsync(CancellationToken.None);
        foreach (var outcome in outcomes)
        {
            if (outcome is { Stuck: { } row, Error: { } error })
                await PostponeAsync(db, row, error);
        }

        await turn.CommitAsync(CancellationToken.None);
        MessagingMetrics.Sent.Add(sent.Length);
        return rows.Count == options.BatchSize && sent.Length > 0;
    }

    // Due times are judged by the database's clock, which all replicas share; a test that moves the application's clock moves this one along.
    // A row that waits for its next try keeps the later rows of its key waiting too, or they would overtake it.
    private Task<List<OutboxEntry>> ReadyRowsAsync(TDb db, string table, CancellationToken ct)
    {
        var shift = ReferenceEquals(clock, TimeProvider.System) ? TimeSpan.Zero : clock.GetUtcNow() - TimeProvider.System.GetUtcNow();
        var ready = $$"""
            WITH ready AS (
                (SELECT * FROM {{table}} WHERE due_at IS NULL ORDER BY id LIMIT {0} + (SELECT count(*) FROM {{table}} WHERE retry_at IS NOT NULL))
                UNION ALL
                (SELECT * FROM {{table}} WHERE due_at <= clock_timestamp() + {1} ORDER BY due_at, id LIMIT {0}))
            SELECT * FROM ready
            WHERE NOT EXISTS (SELECT 1 FROM {{table}} waiting WHERE waiting.order_key = ready.order_key
                AND waiting.retry_at > clock_timestamp() + {1} AND waiting.id <= ready.id)
            ORDER BY id LIMIT {0}
            """;
        return db.Set<OutboxEntry>().FromSqlRaw(ready, options.BatchSize, shift).AsNoTracking().ToListAsync(ct);
    }

    private sealed record Outcome(List<long> Sent, OutboxEntry? Stuck, Exception? Error);

    private async Task<Outcome> SendInOrderAsync(IEnumerable<OutboxEntry> rows, CancellationToken ct)
    {
        var sent = new List<long>();
        foreach (var row in rows)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(options.SendTimeout);
                var endpoint = await bus.GetSendEndpoint(new Uri(bus.Address, row.Destination));
                faults.Hit($"dispatch.{MessageName(row)}.before-send");
                await endpoint.Send(new SerializedMessageBody(), new StoredEnvelope(row, clock), limit.Token);
                faults.Hit($"dispatch.{MessageName(row)}.after-send");
                sent.Add(row.Id);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Not "failed": the broker may have it. The same id goes out again, and the receiver's inbox drops the repetition.
                return new(sent, row, e);
            }
        }

        return new(sent, null, null);
    }

    // A message that no queue takes waits longer each time; a lost connection is nobody's fault and is tried again at the next poll.
    private async Task PostponeAsync(TDb db, OutboxEntry row, Exception error)
    {
        var wait = error is MessageReturnedException
            ? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(row.Attempts, 20)), options.MaxBackoff.TotalSeconds))
            : options.Poll;
        var reason = $"{error.GetType().Name}: {error.Message}";
        await db.Set<OutboxEntry>().Where(x => x.Id == row.Id).ExecuteUpdateAsync(set => set
            .SetProperty(x => x.Attempts, row.Attempts + 1)
            .SetProperty(x => x.RetryAt, clock.GetUtcNow() + wait)
            .SetProperty(x => x.Error, reason), CancellationToken.None);
        MessagingMetrics.Postponed.Add(1);
        Postponed(log, row.MessageId, row.Destination, row.Attempts + 1, wait, reason);
    }

    private async Task CleanInboxAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var limit = clock.GetUtcNow() - options.InboxRetention;
        await scope.ServiceProvider.GetRequiredService<TDb>().Set<InboxEntry>().Where(x => x.ReceivedAt < limit).ExecuteDeleteAsync(ct);
    }

    private static string MessageName(OutboxEntry row) => row.Destination.Split(':', '?')[1..].FirstOrDefault() ?? row.Destination.Trim('/');

    [LoggerMessage(LogLevel.Warning, "A dispatch pass ended early; the rows are still there")]
    private static partial void PassFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} to {Destination} did not leave (try {Attempt}); the next try is in {Wait}: {Reason}")]
    private static partial void Postponed(ILogger log, Guid messageId, string destination, int attempt, TimeSpan wait, string reason);
}
