namespace Platform.Scenarios.Books;

/// <param name="Sql">Returns one text per violation, with the ids; no row means that the promise is kept.</param>
internal sealed record Promise(string Kind, Holds Holds, string Sql);

/// <summary>What the databases of all services must say together. Each is a query that finds the offenders.</summary>
internal static class Promises
{
    public static IReadOnlyList<Promise> All { get; } =
    [
        new("ledger-transaction-unbalanced", Holds.Always, """
            SELECT 'transaction ' || coalesce(t.id, e.transaction_id) || ': ' || count(e.account_id)
                || ' entries, sum ' || coalesce(sum(e.amount), 0)
            FROM wallet.ledger_transactions t FULL JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            GROUP BY t.id, e.transaction_id HAVING t.id IS NULL OR count(e.account_id) < 2 OR coalesce(sum(e.amount), 0) <> 0
            """),
        new("balance-differs-from-entries", Holds.Always, """
            SELECT 'account ' || a.id || ': balance ' || a.balance || ', entries ' || coalesce(sum(e.amount), 0)
            FROM wallet.accounts a LEFT JOIN wallet.ledger_entries e ON e.account_id = a.id
            WHERE a.balance IS NOT NULL GROUP BY a.id, a.balance HAVING a.balance <> coalesce(sum(e.amount), 0)
            """),
        new("ledger-does-not-sum-to-zero", Holds.Always,
            "SELECT 'sum ' || sum(amount) FROM wallet.ledger_entries HAVING coalesce(sum(amount), 0) <> 0"),
        new("negative-balance", Holds.Always, """
            SELECT 'account ' || id || ': ' || balance FROM wallet.accounts WHERE (balance < 0) <> (kind = 'DEBT' AND balance <> 0)
            UNION ALL
            SELECT 'entries of ' || account_id || ': ' || sum(amount) FROM wallet.ledger_entries
            WHERE account_id LIKE 'user:%' OR account_id LIKE 'held:%' GROUP BY account_id HAVING sum(amount) < 0
            """),
        new("business-key-used-twice", Holds.Always, """
            SELECT 'ledger: ' || business_key FROM wallet.ledger_transactions GROUP BY business_key HAVING count(*) > 1
            UNION ALL SELECT 'holds: ' || capture_key FROM wallet.holds WHERE capture_key IS NOT NULL
                GROUP BY capture_key HAVING count(*) > 1
            UNION ALL SELECT 'charges: ' || business_key FROM subscriptions.charges GROUP BY business_key HAVING count(*) > 1
            """),
        new("held-account-differs-from-open-holds", Holds.Always, """
            SELECT 'user ' || coalesce(a.owner, h.user_id) || ': account ' || coalesce(a.balance, 0)
                || ', open holds ' || coalesce(h.amount, 0)
            FROM (SELECT owner, balance FROM wallet.accounts WHERE kind = 'HELD') a
            FULL JOIN (SELECT user_id, sum(amount) AS amount FROM wallet.holds WHERE state = 'HELD' GROUP BY user_id) h
                ON h.user_id = a.owner
            WHERE coalesce(a.balance, 0) <> coalesce(h.amount, 0)
            """),
        new("seats-used-differ-from-reservations", Holds.Always, """
            SELECT 'plan ' || p.id || ': used ' || p.used_quota || ', reservations ' || count(r.id)
            FROM catalog.plans p LEFT JOIN catalog.seat_reservations r ON r.plan_id = p.id AND r.state IN ('RESERVED', 'CONFIRMED')
            GROUP BY p.id, p.used_quota HAVING p.used_quota <> count(r.id)
            """),
        new("seats-oversold", Holds.Always,
            "SELECT 'plan ' || id || ': ' || used_quota || ' of ' || total_quota FROM catalog.plans WHERE used_quota > total_quota"),
        .. OfRunning, .. OfCancelled, .. OfSettling,
    ];

    private static IReadOnlyList<Promise> OfRunning =>
    [
        // A free plan is captured too: its hold, its statement line and its charge say 0, and the ledger says nothing.
        new("running-but-not-paid-once", Holds.WhenQuiet, """
            SELECT 'subscription ' || s.id || ', charge ' || p.charge || ': ' || c.holds
                || ' captured holds, ' || c.lines || ' lines, ' || c.charges
                || ' charges, ' || c.postings || ' postings'
            FROM subscriptions.subscriptions s
            JOIN (SELECT subscription_id, price - coalesce((coupon ->> 'discount')::bigint, 0) AS charge
                FROM subscriptions.purchase_sagas) p ON p.subscription_id = s.id
            CROSS JOIN LATERAL (SELECT
                (SELECT count(*) FROM wallet.holds h WHERE h.state = 'CAPTURED' AND h.capture_key = 'period:' || s.id || ':1'
                    AND h.amount = p.charge AND h.user_id = s.user_id) AS holds,
                (SELECT count(*) FROM wallet.transactions t WHERE t.subscription_id = s.id AND t.type = 'SUBSCRIPTION'
                    AND t.status = 'COMPLETED' AND t.amount = p.charge AND t.user_id = s.user_id) AS lines,
                (SELECT count(*) FROM wallet.transactions t WHERE t.subscription_id = s.id AND t.type = 'SUBSCRIPTION') AS all_lines,
                (SELECT count(*) FROM subscriptions.charges c
                    WHERE c.business_key = 'period:' || s.id || ':1' AND c.amount = p.charge) AS charges,
                (SELECT count(*) FROM wallet.ledger_transactions l JOIN wallet.ledger_entries e ON e.transaction_id = l.id
                    AND e.account_id = 'revenue'
                    WHERE l.business_key = 'period:' || s.id || ':1' AND e.amount = p.charge AND l.owner = s.user_id) AS postings) c
            WHERE s.status = 'ACTIVE' AND s.phase = 'RUNNING' AND (c.holds, c.lines, c.all_lines, c.charges, c.postings)
                <> (1::bigint, 1::bigint, 1::bigint, 1::bigint, CASE WHEN p.charge = 0 THEN 0::bigint ELSE 1::bigint END)
            """),
        new("running-without-running-instance", Holds.WhenQuiet, """
            SELECT 'subscription ' || s.id || ': ' || coalesce(string_agg(i.id || ' ' || i.status, ', '), 'no instance')
            FROM subscriptions.subscriptions s
            LEFT JOIN provisioner.instances i ON i.subscription_id = s.id AND i.status <> 'TERMINATED'
            WHERE s.status = 'ACTIVE' AND s.phase = 'RUNNING'
            GROUP BY s.id HAVING count(i.id) <> 1 OR bool_or(i.status IS DISTINCT FROM 'RUNNING')
            """),
        new("instance-copy-differs", Holds.WhenQuiet, """
            SELECT 'instance ' || i.id || ': ' || i.status || ', the owner reads ' || coalesce(c.status, 'nothing')
            FROM provisioner.instances i LEFT JOIN subscriptions.instances c ON c.id = i.id
            WHERE i.workload IS NOT NULL AND c.status IS DISTINCT FROM i.status
            """),
    ];

    private static IReadOnlyList<Promise> OfCancelled =>
    [
        new("never-ran-but-paid", Holds.Always, """
            SELECT 'subscription ' || s.id || ': ' || paid.what FROM subscriptions.subscriptions s CROSS JOIN LATERAL (
                SELECT 'hold ' || h.id AS what FROM wallet.holds h WHERE h.state = 'CAPTURED' AND h.item ->> 'subscriptionId' = s.id::text
                UNION ALL SELECT 'line ' || t.id FROM wallet.transactions t WHERE t.subscription_id = s.id
                UNION ALL SELECT 'posting ' || l.id FROM wallet.ledger_transactions l WHERE l.business_key LIKE 'period:' || s.id || ':%'
                UNION ALL SELECT 'charge ' || c.business_key FROM subscriptions.charges c WHERE c.subscription_id = s.id) paid
            WHERE s.status IN ('CANCELLED', 'EXPIRED') AND s.last_billed_at IS NULL
            """),
        new("ended-with-open-hold", Holds.WhenQuiet, """
            SELECT 'subscription ' || s.id || ': hold ' || h.id || ' of ' || h.amount
            FROM subscriptions.subscriptions s JOIN wallet.holds h ON h.state = 'HELD' AND h.item ->> 'subscriptionId' = s.id::text
            WHERE s.status IN ('CANCELLED', 'EXPIRED')
            """),
        new("ended-with-seat", Holds.WhenQuiet, """
            SELECT 'subscription ' || s.id || ': reservation ' || r.id || ' ' || r.state
            FROM subscriptions.subscriptions s JOIN catalog.seat_reservations r ON r.id = s.reservation_id
                AND r.state IN ('RESERVED', 'CONFIRMED')
            WHERE s.status IN ('CANCELLED', 'EXPIRED')
            """),
        new("ended-with-instance", Holds.WhenQuiet, """
            SELECT 'subscription ' || s.id || ': instance ' || i.id || ' ' || i.status
            FROM subscriptions.subscriptions s JOIN provisioner.instances i ON i.subscription_id = s.id AND i.status <> 'TERMINATED'
            WHERE s.status IN ('CANCELLED', 'EXPIRED')
            """),
    ];

    private static IReadOnlyList<Promise> OfSettling =>
    [
        new("seat-without-subscription", Holds.WhenQuiet, """
            SELECT 'reservation ' || r.id || ' of user ' || coalesce(r.user_id::text, '?')
            FROM catalog.seat_reservations r LEFT JOIN subscriptions.subscriptions s
                ON s.reservation_id = r.id AND s.user_id = r.user_id AND s.plan_id = r.plan_id AND s.status NOT IN ('CANCELLED', 'EXPIRED')
            WHERE r.state IN ('RESERVED', 'CONFIRMED') AND s.id IS NULL
            """),
        new("saga-not-final", Holds.WhenQuiet, """
            SELECT 'purchase ' || subscription_id || ' ' || state
                FROM subscriptions.purchase_sagas WHERE state NOT IN ('Active', 'Refused', 'Undone')
            UNION ALL
            SELECT 'upgrade ' || upgrade_id || ' ' || state
                FROM subscriptions.upgrade_sagas WHERE state NOT IN ('Completed', 'Refused', 'Reverted')
            UNION ALL
            SELECT 'cancellation ' || cancellation_id || ' ' || state FROM subscriptions.cancellation_sagas WHERE state <> 'Ended'
            UNION ALL
            SELECT 'subscription ' || s.id || ' without a saga' FROM subscriptions.subscriptions s
            WHERE NOT EXISTS (SELECT 1 FROM subscriptions.purchase_sagas p WHERE p.subscription_id = s.id)
            """),
        new("outbox-not-empty", Holds.WhenQuiet, string.Join(" UNION ALL ",
            new[] { "identity", "catalog", "wallet", "subscriptions", "provisioner" }.Select(schema =>
                $"SELECT '{schema} ' || id || ' to ' || destination || coalesce(' due ' || due_at, '') || coalesce(': ' || error, '') "
                + $"FROM {schema}.outbox"))),
    ];
}
