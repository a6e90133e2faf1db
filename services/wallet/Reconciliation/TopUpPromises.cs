namespace Platform.Wallets;

/// <summary>What holds between the ledger, the top-ups and what the payment gateway has said.</summary>
internal static class TopUpPromises
{
    public static IReadOnlyList<Promise> All { get; } = [.. OfTheGateway, .. OfCredits, .. OfTheirLife];

    private static IReadOnlyList<Promise> OfTheGateway =>
    [
        new("M13", "What is credited of an order is found in the gateway's books within a day", """
            SELECT 'order ' || t.cause || ': ' || sum(e.amount) || ' in clearing since ' || max(t.created_at)
            FROM wallet.ledger_entries e JOIN wallet.ledger_transactions t ON t.id = e.transaction_id
            WHERE e.account_id = 'clearing' GROUP BY t.cause
            HAVING sum(e.amount) <> 0 AND max(t.created_at) < @now - interval '24 hours'
            """),
        new("M14", "For every order the gateway has what was credited less what was taken back, or it is settled within a day", """
            SELECT 'order ' || order_id || ': ' || kind || ' since ' || first_seen_at FROM wallet.reconciliation_differences
            WHERE resolved_at IS NULL AND first_seen_at < @now - interval '24 hours'
            UNION ALL
            SELECT 'order ' || o.order_id || ' agreed, and its clearing is ' || sum(e.amount)
            FROM wallet.reconciled_orders o JOIN wallet.ledger_transactions t ON t.cause = o.order_id
            JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.account_id = 'clearing'
            WHERE o.state = 'AGREED' GROUP BY o.order_id, o.agreed_at HAVING sum(e.amount) <> 0 AND max(t.created_at) < o.agreed_at
            """),
    ];

    private static IReadOnlyList<Promise> OfCredits =>
    [
        // After a whole reversal another payment of the same order is credited again, so what counts is what is left of all of them.
        new("G1", "Every settled order is credited with its own amount, and no order that is not settled", """
            SELECT 'order ' || coalesce(o.order_id, c.cause) || ' of ' || coalesce(o.amount::text, 'nobody') || ' is '
                || coalesce(o.stage, 'unknown') || ', first credits ' || coalesce(c.firsts, 0) || ', credited '
                || coalesce(c.credited, 0) || ', taken back ' || coalesce(c.reversed, 0)
            FROM (SELECT * FROM wallet.top_ups WHERE stage IN ('SETTLED', 'REVERSED')) o
            FULL JOIN (SELECT t.cause, t.owner, count(*) FILTER (WHERE t.business_key = 'topup:' || t.cause) AS firsts,
                    bool_or(t.kind = 'TOP_UP' AND e.amount <> -u.amount) AS odd,
                    coalesce(-sum(e.amount) FILTER (WHERE t.kind = 'TOP_UP'), 0) AS credited,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'REVERSAL'), 0) AS reversed
                FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.account_id = 'clearing'
                LEFT JOIN wallet.top_ups u ON u.order_id = t.cause
                WHERE t.kind IN ('TOP_UP', 'REVERSAL') GROUP BY t.cause, t.owner) c ON c.cause = o.order_id AND c.owner = o.user_id
            WHERE o.order_id IS NULL OR c.cause IS NULL OR c.firsts <> 1 OR c.odd OR c.credited - c.reversed NOT BETWEEN 0 AND o.amount
            """),
        new("G2", "Every credit rests on a status query of ours about the same order, amount, currency and merchant", """
            SELECT 'credit ' || t.business_key FROM wallet.ledger_transactions t
            LEFT JOIN wallet.top_ups o ON o.order_id = t.cause
            LEFT JOIN wallet.gateway_events e ON e.id = o.settled_by_event AND e.source = 'STATUS_QUERY'
                AND e.order_id = o.order_id::text AND e.gateway_transaction_id = o.settled_by
                AND e.status IN ('settlement', 'capture', 'refund', 'partial_refund', 'chargeback', 'partial_chargeback')
                AND (e.body::json ->> 'gross_amount')::numeric = o.amount AND e.body::json ->> 'currency' = 'IDR'
                AND coalesce(e.body::json ->> 'merchant_id', @merchant) = @merchant
            WHERE t.kind = 'TOP_UP' AND e.id IS NULL
            """),
        new("G5", "What the gateway takes back is booked once: never more than was credited, and only on a status query of ours", """
            SELECT 'order ' || t.cause || ': credited ' || coalesce(-sum(e.amount) FILTER (WHERE t.kind = 'TOP_UP'), 0) || ', taken back '
                || sum(e.amount) FILTER (WHERE t.kind = 'REVERSAL')
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.account_id = 'clearing'
            WHERE t.kind IN ('TOP_UP', 'REVERSAL') GROUP BY t.cause
            HAVING coalesce(sum(e.amount) FILTER (WHERE t.kind = 'REVERSAL'), 0)
                > coalesce(-sum(e.amount) FILTER (WHERE t.kind = 'TOP_UP'), 0)
            UNION ALL
            SELECT 'reversal ' || t.business_key || ' without a word of the gateway' FROM wallet.ledger_transactions t
            WHERE t.kind = 'REVERSAL' AND NOT EXISTS (SELECT 1 FROM wallet.gateway_events e
                WHERE e.order_id = t.cause::text AND e.source = 'STATUS_QUERY'
                    AND (e.status IN ('refund', 'partial_refund', 'chargeback', 'partial_chargeback', 'deny', 'cancel')
                        OR e.fraud_status = 'deny'))
            """),
    ];

    private static IReadOnlyList<Promise> OfTheirLife =>
    [
        new("G4", "No top-up falls back: what was credited stays settled, and its line tells the same", """
            SELECT 'order ' || o.order_id || ' is ' || o.stage || ', its line ' || coalesce(line.type || ' ' || line.status, 'missing')
            FROM wallet.top_ups o LEFT JOIN wallet.transactions line ON line.id = o.order_id
            WHERE line.type IS DISTINCT FROM 'TOP_UP' OR NOT CASE
                WHEN o.stage IN ('OPENING', 'UNKNOWN', 'OPEN') THEN line.status = 'PENDING'
                WHEN o.stage = 'CLOSED' THEN line.status IN ('FAILED', 'CANCELLED')
                WHEN o.stage = 'SETTLED' THEN line.status IN ('COMPLETED', 'REFUNDED')
                WHEN o.stage = 'REVERSED' THEN line.status = 'REFUNDED'
                ELSE false END
            UNION ALL
            SELECT 'order ' || o.order_id || ' was credited and is ' || o.stage
            FROM wallet.top_ups o JOIN wallet.ledger_transactions t ON t.business_key = 'topup:' || o.order_id
            WHERE o.stage NOT IN ('SETTLED', 'REVERSED')
            """),
        new("G6", "An hour after its end no top-up is still pending without the gateway having been asked within the hour", """
            SELECT 'order ' || order_id || ' is ' || stage || ', last asked ' || coalesce(last_checked_at::text, 'never')
            FROM wallet.top_ups WHERE stage IN ('OPENING', 'UNKNOWN', 'OPEN') AND expires_at < @now - interval '1 hour'
                AND (last_checked_at IS NULL OR last_checked_at < @now - interval '1 hour')
            """),
        new("G8", "Nobody has more than five pending top-ups, and every payment page belongs to one order", $"""
            SELECT 'user ' || user_id || ': ' || count(*) || ' pending' FROM wallet.top_ups
            WHERE stage IN ('OPENING', 'UNKNOWN', 'OPEN') GROUP BY user_id HAVING count(*) > {OpeningTopUps.MostPending}
            UNION ALL
            SELECT 'orders ' || string_agg(order_id::text, ', ') || ' share a payment page' FROM wallet.top_ups
            WHERE snap_token IS NOT NULL GROUP BY snap_token HAVING count(*) > 1
            """),
    ];
}
