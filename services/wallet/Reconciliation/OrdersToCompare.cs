using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>Which orders a run looks at.</summary>
internal static class OrdersToCompare
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(48);
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(5);

    /// <summary>Oldest first.</summary>
    public static Task<List<Guid>> OrdersToCompareAsync(this WalletDbContext db, ReconciliationRun run, DateTimeOffset now,
        CancellationToken ct)
    {
        if (run.Kind == RunKind.Light)
            return NotClearedAsync(db, now - Young, ct);
        var endOfDate = new DateTimeOffset(run.Date.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var end = endOfDate < now ? endOfDate : now;
        return InWindowAsync(db, end - Window, end, ct);
    }

    // Whatever the window, an order that is not in order stays in sight until it is: with money in clearing, with a difference, with a word
    // of the gateway that waits for a person.
    private static Task<List<Guid>> InWindowAsync(WalletDbContext db, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        db.Database.SqlQuery<Guid>($"""
            SELECT t.order_id AS "Value" FROM wallet.top_ups t JOIN wallet.transactions line ON line.id = t.order_id
            WHERE t.opened_at BETWEEN {from} AND {to} OR line.updated_at BETWEEN {from} AND {to}
            UNION
            SELECT t.order_id FROM wallet.gateway_events e JOIN wallet.top_ups t ON t.order_id::text = e.order_id
            WHERE e.received_at BETWEEN {from} AND {to}
            UNION
            SELECT c.cause FROM (
                SELECT lt.cause FROM wallet.ledger_entries e JOIN wallet.ledger_transactions lt ON lt.id = e.transaction_id
                WHERE e.account_id = 'clearing' GROUP BY lt.cause HAVING sum(e.amount) <> 0) c
            JOIN wallet.top_ups t ON t.order_id = c.cause
            UNION
            SELECT order_id FROM wallet.reconciliation_differences WHERE resolved_at IS NULL
            UNION
            SELECT order_id FROM wallet.reconciled_orders WHERE state = 'UNANSWERED'
            UNION
            SELECT t.order_id FROM wallet.gateway_events e JOIN wallet.top_ups t ON t.order_id::text = e.order_id
            LEFT JOIN wallet.reconciled_orders o ON o.order_id = t.order_id
            WHERE e.state = ANY ({EventsToLookAt.WaitingTexts}) AND (o.agreed_at IS NULL OR o.agreed_at < e.received_at)
            ORDER BY 1
            """).ToListAsync(ct);

    private static Task<List<Guid>> NotClearedAsync(WalletDbContext db, DateTimeOffset creditedBefore, CancellationToken ct) =>
        db.Database.SqlQuery<Guid>($"""
            SELECT lt.cause AS "Value"
            FROM wallet.ledger_entries e JOIN wallet.ledger_transactions lt ON lt.id = e.transaction_id
            JOIN wallet.top_ups t ON t.order_id = lt.cause AND t.stage IN ('SETTLED', 'REVERSED')
            WHERE e.account_id = 'clearing'
            GROUP BY lt.cause HAVING sum(e.amount) <> 0 AND max(lt.created_at) < {creditedBefore}
            ORDER BY 1
            """).ToListAsync(ct);
}

/// <summary>Words of the gateway that wait for a person, until both sides have agreed about their order.</summary>
internal static class EventsToLookAt
{
    public static readonly GatewayEventState[] Waiting =
    [
        GatewayEventState.UnknownOrder, GatewayEventState.Quarantined, GatewayEventState.ReversalUnposted, GatewayEventState.ExtraPayment,
        GatewayEventState.UnknownStatus,
    ];

    public static readonly string[] WaitingTexts = [.. Waiting.Select(WireEnum.Text)];

    /// <summary>The newest first.</summary>
    public static Task<List<GatewayEvent>> EventsToLookAtAsync(this WalletDbContext db, int most, CancellationToken ct) =>
        db.GatewayEvents.FromSql($"""
            SELECT e.* FROM wallet.gateway_events e LEFT JOIN wallet.reconciled_orders o ON o.order_id::text = e.order_id
            WHERE e.state = ANY ({WaitingTexts}) AND (o.agreed_at IS NULL OR o.agreed_at < e.received_at)
            ORDER BY e.received_at DESC, e.id DESC LIMIT {most}
            """).AsNoTracking().ToListAsync(ct);
}
