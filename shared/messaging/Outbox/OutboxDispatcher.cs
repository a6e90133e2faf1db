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
/// Its own waits are real time even where a test moves the service's clock: only due times follow that clock.
/// </summary>
internal sealed partial class OutboxDispatcher<TDb>(IServiceScopeFactory scopes, IBusControl bus, OutboxSignal signal,
    IOptions<OutboxOptions> settings, TimeProvider clock, FaultPoints faults, ILogger<OutboxDispatcher<TDb>> log) : BackgroundService
    where TDb : DbContext
{
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(15);

    /// <summary>No send starts later than this in a turn, so that a slow broker does not keep the other replicas waiting.</summary>
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(10);

    private readonly OutboxOptions options = settings.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var cleaning = new Chore(CleanEvery);
        var measuring = new Chore(MeasureEvery);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Without a broker there is nothing to try, and no reason to keep the turn and a transaction open.
                while (bus.CheckHealth().Status == BusHealthStatus.Healthy && await DispatchAsync(stoppingToken))
                {
                }

                await measuring.WhenDueAsync(() => InScopeAsync(db => db.MeasureOutboxAsync(DueShift, stoppingToken)));
                await cleaning.WhenDueAsync(() => InScopeAsync(db => db.ForgetInboxAsync(options.InboxRetention, stoppingToken)));
                await signal.WaitAsync(options.Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                PassFailed(log, e);
                await Task.Delay(options.Poll, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Due times are judged by the database's clock, which all replicas share; a test that moves the application's clock moves them along.
    private TimeSpan DueShift =>
        ReferenceEquals(clock, TimeProvider.System) ? TimeSpan.Zero : clock.GetUtcNow() - TimeProvider.System.GetUtcNow();

    /// <returns>True when a full batch left, so that more may be waiting.</returns>
    private async Task<bool> DispatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync(TurnLimit + options.SendTimeout, ct);
        var rows = await db.ReadyRowsAsync(options.BatchSize, DueShift, ct);
        if (rows.Count == 0)
            return false;

        var started = TimeProvider.System.GetTimestamp();
        var keys = rows.GroupBy(row => row.DueAt is null ? row.OrderKey : row.MessageId);
        var outcomes = await Task.WhenAll(keys.Select(key => SendInOrderAsync(key, started, ct)));

        // What was sent is deleted even when the service is stopping, or it would be sent again for nothing.
        var sent = outcomes.SelectMany(outcome => outcome.Sent).ToArray();
        await db.Set<OutboxEntry>().Where(row => sent.Contains(row.Id)).ExecuteDeleteAsync(CancellationToken.None);
        foreach (var outcome in outcomes)
        {
            if (outcome is { Stuck: { } row, Reason: { } reason })
                await PostponeAsync(db, row, reason);
        }

        await turn.CommitAsync(CancellationToken.None);
        MessagingMetrics.Sent.Add(sent.Length);
        return rows.Count == options.BatchSize && sent.Length > 0;
    }

    private sealed record Outcome(List<long> Sent, OutboxEntry? Stuck = null, string? Reason = null);

    private async Task<Outcome> SendInOrderAsync(IEnumerable<OutboxEntry> rows, long started, CancellationToken ct)
    {
        var sent = new List<long>();
        foreach (var row in rows)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TurnLimit)
                break;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(options.SendTimeout);
            try
            {
                faults.Hit($"dispatch.{row.Name}.before-send");
                // Waited for from outside: a connection that hangs does not always listen to its token.
                await SendAsync(row, limit.Token).WaitAsync(limit.Token);
                faults.Hit($"dispatch.{row.Name}.after-send");
                sent.Add(row.Id);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Not "failed": the broker may have it. The same id goes out again, and the receiver's inbox drops the repetition.
                return new(sent, row, limit.IsCancellationRequested
                    ? $"no confirm within {options.SendTimeout.TotalSeconds:0.#} s"
                    : $"{e.GetType().Name}: {e.Message}");
            }
        }

        return new(sent);
    }

    private async Task SendAsync(OutboxEntry row, CancellationToken ct)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri(bus.Address, row.Destination));
        await endpoint.Send(new SerializedMessageBody(), new StoredEnvelope(row, clock), ct);
    }

    private async Task PostponeAsync(TDb db, OutboxEntry row, string reason)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(row.Attempts, 20)), options.MaxBackoff.TotalSeconds));
        await db.PostponeAsync(row, wait, reason);
        MessagingMetrics.Postponed.Add(1);
        Postponed(log, row.MessageId, row.Destination, row.Attempts + 1, wait, reason);
    }

    private async Task InScopeAsync(Func<TDb, Task> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    /// <summary>Something to do now and then, beside the dispatching.</summary>
    private sealed class Chore(TimeSpan every)
    {
        private long? done;

        public async Task WhenDueAsync(Func<Task> work)
        {
            if (done is { } last && TimeProvider.System.GetElapsedTime(last) < every)
                return;
            await work();
            done = TimeProvider.System.GetTimestamp();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A dispatch pass ended early; the rows are still there")]
    private static partial void PassFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} to {Destination} did not leave (try {Attempt}); next try in {Wait}: {Reason}")]
    private static partial void Postponed(ILogger log, Guid messageId, string destination, int attempt, TimeSpan wait, string reason);
}
