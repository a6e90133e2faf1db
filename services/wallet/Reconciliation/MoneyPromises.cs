namespace Platform.Wallets;

/// <summary>What holds of the ledger, the statement and the holds in every committed state.</summary>
internal static class MoneyPromises
{
    public static IReadOnlyList<Promise> All { get; } = [.. OfTheLedger, .. OfTheStatement, .. OfHolds];

    private static IReadOnlyList<Promise> OfTheLedger =>
    [
        new("M1", "Every ledger transaction has at least two entries and they sum to zero", """
            SELECT 'transaction ' || coalesce(t.id, e.transaction_id) || ': ' || count(e.account_id) || ' entries, sum '
                || coalesce(sum(e.amount), 0)
            FROM wallet.ledger_transactions t FULL JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            GROUP BY t.id, e.transaction_id HAVING t.id IS NULL OR count(e.account_id) < 2 OR coalesce(sum(e.amount), 0) <> 0
            """),
        new("M2", "Every stored balance is the sum of its entries, and every entry has an account", """
            SELECT 'account ' || coalesce(a.id, e.account_id) || ': balance ' || coalesce(a.balance::text, 'none') || ', entries '
                || coalesce(e.total, 0)
            FROM wallet.accounts a
            FULL JOIN (SELECT account_id, sum(amount) AS total FROM wallet.ledger_entries GROUP BY account_id) e ON e.account_id = a.id
            WHERE a.id IS NULL OR (a.owner IS NOT NULL AND a.balance IS DISTINCT FROM coalesce(e.total, 0))
            """),
        new("M3", "The whole ledger sums to zero: money is moved, never made",
            "SELECT 'sum ' || sum(amount) FROM wallet.ledger_entries HAVING coalesce(sum(amount), 0) <> 0"),
        new("M4", "Nobody has less than nothing; only a reversal makes a debt, and who owes has nothing to spend", """
            SELECT 'account ' || id || ': ' || balance FROM wallet.accounts
            WHERE CASE kind WHEN 'DEBT' THEN balance > 0 ELSE balance < 0 END
            UNION ALL
            SELECT 'entries of ' || account_id || ': ' || sum(amount) FROM wallet.ledger_entries
            WHERE account_id LIKE 'user:%' OR account_id LIKE 'held:%' GROUP BY account_id HAVING sum(amount) < 0
            UNION ALL
            SELECT 'debt by ' || t.business_key FROM wallet.ledger_entries e JOIN wallet.ledger_transactions t ON t.id = e.transaction_id
            WHERE e.account_id LIKE 'debt:%' AND e.amount < 0 AND t.kind <> 'REVERSAL'
            UNION ALL
            SELECT 'user ' || d.owner || ' owes ' || -d.balance || ' and has ' || u.balance
            FROM wallet.accounts d JOIN wallet.accounts u ON u.owner = d.owner AND u.kind = 'USER'
            WHERE d.kind = 'DEBT' AND d.balance < 0 AND u.balance > 0
            """),
        new("M6", "Every business key names one movement, and every cause has the movement that is its own once", """
            SELECT 'ledger: ' || business_key FROM wallet.ledger_transactions GROUP BY business_key HAVING count(*) > 1
            UNION ALL
            SELECT kind || ' of ' || cause || ': ' || count(*) FROM wallet.ledger_transactions
            WHERE kind IN ('HOLD', 'CAPTURE', 'RELEASE', 'ADJUSTMENT', 'COUPON') GROUP BY kind, cause HAVING count(*) > 1
            UNION ALL
            SELECT 'captures: ' || capture_key FROM wallet.holds WHERE capture_key IS NOT NULL GROUP BY capture_key HAVING count(*) > 1
            """),
        new("M9", "Every amount is whole rupiah within its bounds, in 64 bits", """
            SELECT 'entry of ' || transaction_id || ': ' || amount FROM wallet.ledger_entries
            WHERE amount = 0 OR abs(amount) > 1000000000000
            UNION ALL
            SELECT 'top-up ' || order_id || ': ' || amount FROM wallet.top_ups WHERE amount NOT BETWEEN 10000 AND 10000000
            UNION ALL
            SELECT 'line ' || id || ': ' || amount || ', refunded ' || refunded FROM wallet.transactions
            WHERE amount < 0 OR refunded NOT BETWEEN 0 AND amount
            UNION ALL
            SELECT 'hold ' || id || ': ' || amount FROM wallet.holds WHERE amount < 0
            UNION ALL
            SELECT 'column ' || c.table_name || '.' || c.column_name || ' is ' || c.data_type FROM information_schema.columns c
            WHERE c.table_schema = 'wallet' AND c.column_name IN ('amount', 'balance', 'balance_before', 'balance_after', 'refunded')
                AND c.data_type <> 'bigint'
            """),
    ];

    private static IReadOnlyList<Promise> OfTheStatement =>
    [
        new("M7", "What is given back of a charge is what its line says, and never more than the charge", """
            SELECT 'charge ' || t.id || ': ' || t.amount || ', given back ' || coalesce(r.total, 0) || ', its line says ' || t.refunded
            FROM wallet.transactions t
            LEFT JOIN (SELECT lt.cause, sum(e.amount) AS total FROM wallet.ledger_transactions lt
                JOIN wallet.ledger_entries e ON e.transaction_id = lt.id AND e.amount > 0
                WHERE lt.kind = 'REFUND' GROUP BY lt.cause) r ON r.cause = t.id
            WHERE t.type IN ('SUBSCRIPTION', 'UPGRADE') AND (coalesce(r.total, 0) > t.amount OR coalesce(r.total, 0) <> t.refunded
                OR (t.status = 'REFUNDED') <> (t.amount > 0 AND t.refunded = t.amount))
            UNION ALL
            SELECT 'refund ' || lt.business_key || ' of no charge of this user' FROM wallet.ledger_transactions lt
            WHERE lt.kind = 'REFUND' AND NOT EXISTS (SELECT 1 FROM wallet.transactions t
                WHERE t.id = lt.cause AND t.user_id = lt.owner AND t.type IN ('SUBSCRIPTION', 'UPGRADE'))
            UNION ALL
            SELECT 'refund ' || r.id || ' is remembered as given and is not in the ledger' FROM wallet.refunds r
            WHERE r.state = 'REFUNDED' AND NOT EXISTS (SELECT 1 FROM wallet.ledger_transactions lt
                WHERE lt.kind = 'REFUND' AND lt.business_key = 'refund:' || r.charge_id || ':' || r.id)
            """),
        // The totals on the left are those of the API (by kind of movement); on the right the same from the lines that the owner sees.
        new("M8", "The totals that the API shows follow from the ledger and agree with the statement", """
            SELECT 'user ' || coalesce(l.owner, s.user_id) || ': topped up ' || coalesce(l.topped_up, 0) || ' by the ledger, '
                || coalesce(s.topped_up, 0) || ' by the statement; spent ' || coalesce(l.spent, 0) || ' and ' || coalesce(s.spent, 0)
            FROM (SELECT t.owner,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'TOP_UP'), 0)
                        - coalesce(sum(e.amount) FILTER (WHERE t.kind = 'REVERSAL'), 0) AS topped_up,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'CAPTURE'), 0)
                        - coalesce(sum(e.amount) FILTER (WHERE t.kind = 'REFUND'), 0) AS spent
                FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.amount > 0
                GROUP BY t.owner) l
            FULL JOIN (SELECT user_id,
                    coalesce(sum(amount - refunded) FILTER (WHERE type = 'TOP_UP'), 0) AS topped_up,
                    coalesce(sum(amount - refunded) FILTER (WHERE type IN ('SUBSCRIPTION', 'UPGRADE')), 0) AS spent
                FROM wallet.transactions WHERE status IN ('COMPLETED', 'REFUNDED') GROUP BY user_id) s ON s.user_id = l.owner
            WHERE coalesce(l.topped_up, 0) <> coalesce(s.topped_up, 0) OR coalesce(l.spent, 0) <> coalesce(s.spent, 0)
            """),
        new("M12", "Every transaction number is given once, from 101 upwards, and none that is given can be drawn again", """
            SELECT 'TXMP-' || number FROM wallet.transactions GROUP BY number HAVING count(*) > 1 OR number < 101
            UNION ALL
            SELECT 'TXMP-' || t.number || ' is above the last that was drawn, ' || s.last_value
            FROM wallet.transactions t, wallet.transaction_id_seq s WHERE t.number > s.last_value
            """),
    ];

    private static IReadOnlyList<Promise> OfHolds =>
    [
        new("M10", "Every hold ends once, its movements are those of its end, and what is held is the sum of the open holds", """
            SELECT 'hold ' || h.id || ' is ' || h.state || ': held ' || coalesce(m.held, 0) || ', captured ' || coalesce(m.captured, 0)
                || ', released ' || coalesce(m.released, 0) || ' of ' || h.amount
            FROM wallet.holds h
            LEFT JOIN (SELECT t.cause,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'HOLD'), 0) AS held,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'CAPTURE'), 0) AS captured,
                    coalesce(sum(e.amount) FILTER (WHERE t.kind = 'RELEASE'), 0) AS released
                FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.amount > 0
                WHERE t.kind IN ('HOLD', 'CAPTURE', 'RELEASE') GROUP BY t.cause) m ON m.cause = h.id
            WHERE coalesce(m.held, 0) <> CASE WHEN h.user_id IS NULL OR h.state = 'REFUSED' THEN 0 ELSE h.amount END
                OR coalesce(m.captured, 0) <> CASE h.state WHEN 'CAPTURED' THEN h.amount ELSE 0 END
                OR coalesce(m.released, 0)
                    <> CASE WHEN h.user_id IS NOT NULL AND h.state IN ('RELEASED', 'EXPIRED') THEN h.amount ELSE 0 END
            UNION ALL
            SELECT 'hold ' || id || ' was captured after it had run out' FROM wallet.holds
            WHERE state = 'CAPTURED' AND resolved_at >= expires_at
            UNION ALL
            SELECT 'movement ' || t.business_key || ' of no hold' FROM wallet.ledger_transactions t
            WHERE t.kind IN ('HOLD', 'CAPTURE', 'RELEASE') AND NOT EXISTS (SELECT 1 FROM wallet.holds h WHERE h.id = t.cause)
            UNION ALL
            SELECT 'user ' || coalesce(a.owner, h.user_id) || ': held ' || coalesce(a.balance, 0) || ', open holds '
                || coalesce(h.amount, 0)
            FROM (SELECT owner, balance FROM wallet.accounts WHERE kind = 'HELD') a
            FULL JOIN (SELECT user_id, sum(amount) AS amount FROM wallet.holds WHERE state = 'HELD' GROUP BY user_id) h
                ON h.user_id = a.owner
            WHERE coalesce(a.balance, 0) <> coalesce(h.amount, 0)
            """),
        new("M11", "No hold stays open longer than a minute after it has run out", """
            SELECT 'hold ' || id || ' ran out at ' || expires_at FROM wallet.holds
            WHERE state = 'HELD' AND expires_at < @now - interval '60 seconds'
            """),
    ];
}
