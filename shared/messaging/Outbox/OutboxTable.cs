using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>The statements on inbox and outbox that LINQ cannot say. Times in them are the database's, which all replicas share.</summary>
internal static class OutboxTable
{
    private const int ForgottenAtOnce = 5_000;

    /// <summary>More than this is too many, however many it is, and a larger count would cost more than it tells.</summary>
    private const int CountedAtMost = 20_000;

    /// <summary>
    /// Waits for this replica's turn, which ends with the transaction. A replica that freezes in the middle of its turn loses it:
    /// PostgreSQL ends a session that holds a transaction and says nothing for longer than a turn can take.
    /// </summary>
    public static Task TakeTurnAsync(this DbContext db, TimeSpan longest, CancellationToken ct)
    {
        var silence = (int)(longest + TimeSpan.FromSeconds(5)).TotalMilliseconds;
        return db.Database.ExecuteSqlAsync($"""
            SELECT set_config('idle_in_transaction_session_timeout', {silence}::text, true);
            SELECT pg_advisory_xact_lock(hashtext({db.TableOf<OutboxEntry>()}))
            """, ct);
    }

    /// <summary>
    /// What may leave now, in the order of writing. A row that waits for its next try keeps the later rows of its key waiting too, or
    /// they would overtake it; they are left out before the limit is applied, or a stuck key would crowd out all others.
    /// Deadlines stand outside the order: they must come to pass exactly when something else is stuck.
    /// </summary>
    // CASE keeps the planner from turning EXISTS into a join: with statistics from before a jam it picks one that took six minutes for
    // 100 000 rows; so, each row is looked up in an index, always (0.3 ms a pass; 0.6 s when 99 000 rows of a stuck key come first).
    // statement_timestamp, not clock_timestamp: a volatile function cannot be looked up in an index. Not now(): that is the time before
    // the turn came, and rows that fell due while waiting would be missed.
    public static Task<List<OutboxEntry>> ReadyRowsAsync(this DbContext db, int limit, TimeSpan dueShift, CancellationToken ct)
    {
        var table = db.TableOf<OutboxEntry>();
        var ready = $$"""
            SELECT * FROM (
                (SELECT o.* FROM {{table}} o WHERE o.due_at IS NULL AND CASE WHEN EXISTS (
                        SELECT 1 FROM {{table}} waiting WHERE waiting.order_key = o.order_key AND waiting.due_at IS NULL
                            AND waiting.retry_at > statement_timestamp() AND waiting.id <= o.id) THEN false ELSE true END
                    ORDER BY o.id LIMIT {0})
                UNION ALL
                (SELECT o.* FROM {{table}} o WHERE o.due_at <= statement_timestamp() + {1}
                        AND (o.retry_at IS NULL OR o.retry_at <= statement_timestamp())
                    ORDER BY o.due_at, o.id LIMIT {0})
            ) ready ORDER BY id LIMIT {0}
            """;
        return db.Set<OutboxEntry>().FromSqlRaw(ready, limit, dueShift).AsNoTracking().ToListAsync(ct);
    }

    public static Task PostponeAsync(this DbContext db, OutboxEntry row, TimeSpan wait, string reason)
    {
        var postpone = $$"""
            UPDATE {{db.TableOf<OutboxEntry>()}} SET attempts = attempts + 1, retry_at = clock_timestamp() + {0}, error = {1} WHERE id = {2}
            """;
        var shortened = reason.Length > 500 ? reason[..500] : reason;
        return db.Database.ExecuteSqlRawAsync(postpone, [wait, shortened, row.Id], CancellationToken.None);
    }

    private sealed record Backlog(long Waiting, long Scheduled, double? OldestSeconds);

    /// <summary>Tells the gauges how many messages wait and for how long; a deadline of the future does not count as waiting.</summary>
    // The time of writing is in the envelope, so the table needs no column for it.
    public static async Task MeasureOutboxAsync(this DbContext db, TimeSpan dueShift, CancellationToken ct)
    {
        var table = db.TableOf<OutboxEntry>();
        var measure = $$"""
            SELECT (SELECT count(*) FROM (SELECT 1 FROM {{table}} WHERE due_at IS NULL LIMIT {{CountedAtMost}}) x) AS "Waiting",
                (SELECT count(*) FROM (SELECT 1 FROM {{table}} WHERE due_at IS NOT NULL LIMIT {{CountedAtMost}}) x) AS "Scheduled",
                extract(epoch FROM greatest(
                    (SELECT clock_timestamp() - (body::jsonb ->> 'sentTime')::timestamptz
                        FROM {{table}} WHERE due_at IS NULL ORDER BY id LIMIT 1),
                    (SELECT clock_timestamp() + {0} - due_at FROM {{table}} WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1)))::float8
                    AS "OldestSeconds"
            """;
        var backlog = await db.Database.SqlQueryRaw<Backlog>(measure, dueShift).SingleAsync(ct);
        var service = new KeyValuePair<string, object?>("outbox", table);
        MessagingMetrics.Waiting.Record(backlog.Waiting, service);
        MessagingMetrics.Scheduled.Record(backlog.Scheduled, service);
        MessagingMetrics.OldestAge.Record(Math.Max(0, backlog.OldestSeconds ?? 0), service);
    }

    public static async Task ForgetInboxAsync(this DbContext db, TimeSpan retention, CancellationToken ct)
    {
        var table = db.TableOf<InboxEntry>();
        // In portions, so that a week's worth does not become one long transaction.
        var forget = $$"""
            DELETE FROM {{table}} WHERE (message_id, consumer_id) IN (
                SELECT message_id, consumer_id FROM {{table}} WHERE received_at < now() - {0} LIMIT {{ForgottenAtOnce}})
            """;
        while (await db.Database.ExecuteSqlRawAsync(forget, [retention], ct) == ForgottenAtOnce)
        {
        }
    }
}
