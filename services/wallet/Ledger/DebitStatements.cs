namespace Platform.Wallets;

/// <summary>
/// The statements of a debit, or of any number of postings together: first <see cref="Look"/>, then a decision, then
/// <see cref="Write"/>. Kept in one place because the benchmark gives the same ones to PostgreSQL's own load generator.
/// </summary>
internal static class DebitStatements
{
    // The planner judges by statistics that lag behind a table which grows, and keeps its judgement: what it planned for a thousand rows
    // would read a hundred thousand for each debit until the next ANALYZE. For all that a posting looks up, an index is right.
    public const string ByIndex = "SET LOCAL enable_seqscan = off";

    // Locked in one order whoever they belong to, so that two postings never wait for each other in a circle.
    public const string LockAccounts =
        "SELECT owner, kind, balance FROM wallet.accounts WHERE owner = ANY (@owners) ORDER BY id FOR NO KEY UPDATE";

    // After the lock: another posting of the same user under the same key has committed by now, and is seen.
    public const string KnownKeys = "SELECT business_key FROM wallet.ledger_transactions WHERE business_key = ANY (@keys)";

    public const string Numbers = "SELECT nextval('wallet.transaction_id_seq') FROM generate_series(1, @count)";

    /// <summary>Whose wallets they are, and the totals that an answer shows; no adjustment changes them.</summary>
    public const string Owners = """
        SELECT u.id AS "Id", u.name AS "Name", u.email AS "Email", u.member_since AS "MemberSince",
            coalesce(sum(CASE t.kind WHEN 'TOP_UP' THEN e.amount WHEN 'REVERSAL' THEN -e.amount END), 0)::bigint AS "TopUp",
            coalesce(sum(CASE t.kind WHEN 'CAPTURE' THEN e.amount WHEN 'REFUND' THEN -e.amount END), 0)::bigint AS "Spent"
        FROM wallet.users u
        LEFT JOIN wallet.ledger_transactions t ON t.owner = u.id AND t.kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND')
        LEFT JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.amount > 0
        WHERE u.id = ANY (@owners) GROUP BY u.id
        """;

    public const string Transactions = """
        INSERT INTO wallet.ledger_transactions (id, kind, business_key, owner, cause, created_at)
        SELECT t.*, @now FROM unnest(@ids, @kinds, @keys, @owners, @causes) AS t
        """;

    public const string Entries =
        "INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount) SELECT * FROM unnest(@transactions, @accounts, @amounts)";

    public const string Balances = """
        UPDATE wallet.accounts SET balance = balance + moved.amount
        FROM unnest(@touched, @changes) AS moved (account_id, amount) WHERE accounts.id = moved.account_id
        """;

    public const string Lines = "INSERT INTO wallet.transactions SELECT * FROM jsonb_populate_recordset(NULL::wallet.transactions, @lines)";

    public const string Audit =
        "INSERT INTO wallet.audit_entries SELECT * FROM jsonb_populate_recordset(NULL::wallet.audit_entries, @audit)";

    /// <summary>Only for somebody whose accounts were never needed before.</summary>
    public const string MakeAccounts = """
        INSERT INTO wallet.accounts (id, kind, owner, balance)
        SELECT lower(k.kind) || ':' || o.owner::text, k.kind, o.owner, 0
        FROM unnest(@owners) AS o (owner), (VALUES ('DEBT'), ('HELD'), ('USER')) AS k (kind) ORDER BY 1
        ON CONFLICT (id) DO NOTHING
        """;

    public static IReadOnlyList<string> Look => [ByIndex, LockAccounts, KnownKeys, Numbers, Owners];

    public static IReadOnlyList<string> Write => [Transactions, Entries, Balances, Lines, Audit];
}
