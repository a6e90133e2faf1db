using Npgsql;

namespace Platform.WalletSequences.Running;

/// <summary>Where an order stands by the wallet's own books.</summary>
/// <param name="Stage">Of the top-up; null for an order that is none.</param>
/// <param name="Line">The status that the owner sees.</param>
/// <param name="Credits">How often it was credited.</param>
/// <param name="Net">Whole rupiah: what it brought its owner, less what was taken back.</param>
/// <param name="Debt">Whole rupiah that the owner owes.</param>
/// <param name="NeedsLooking">What of the gateway's words waits for a person, each kind once.</param>
internal sealed record Standing(
    string? Stage, string? Line, long Credits, long Reversals, long Net, long Debt, string NeedsLooking);

/// <summary>The wallet's database, read as an auditor would.</summary>
internal sealed class Books(string connectionString) : IAsyncDisposable
{
    private const string StandingOfOrder = """
        SELECT
            (SELECT stage FROM wallet.top_ups WHERE order_id = @order),
            (SELECT status FROM wallet.transactions WHERE id = @order),
            (SELECT count(*) FROM wallet.ledger_transactions WHERE cause = @order AND kind = 'TOP_UP'),
            (SELECT count(*) FROM wallet.ledger_transactions WHERE cause = @order AND kind = 'REVERSAL'),
            (SELECT coalesce(sum(e.amount), 0)::bigint FROM wallet.ledger_transactions t
                JOIN wallet.ledger_entries e ON e.transaction_id = t.id
                JOIN wallet.accounts a ON a.id = e.account_id AND a.owner IS NOT NULL
                WHERE t.cause = @order AND t.kind IN ('TOP_UP', 'REVERSAL')),
            (SELECT coalesce(-sum(balance), 0)::bigint FROM wallet.accounts WHERE owner = @user AND kind = 'DEBT'),
            (SELECT coalesce(string_agg(DISTINCT state, ' ' ORDER BY state), '') FROM wallet.gateway_events
                WHERE order_id = @order::text AND state NOT IN ('RECEIVED', 'APPLIED', 'STALE', 'TEST'))
        """;

    /// <summary>Each is a promise, and a query for what breaks it.</summary>
    private static readonly (string Promise, string Offenders)[] Promises =
    [
        ("every ledger transaction has two sides and sums to zero", """
            SELECT t.id::text FROM wallet.ledger_transactions t LEFT JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            GROUP BY t.id HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.*) < 2
            """),
        ("the whole ledger sums to zero", "SELECT sum(amount)::text FROM wallet.ledger_entries HAVING sum(amount) <> 0"),
        ("each balance is the sum of its entries, and only debts are below zero", """
            SELECT a.id FROM wallet.accounts a
            LEFT JOIN (SELECT account_id, sum(amount) AS total FROM wallet.ledger_entries GROUP BY account_id) e ON e.account_id = a.id
            WHERE a.balance IS NOT NULL AND (a.balance <> coalesce(e.total, 0) OR (a.balance < 0) <> (a.kind = 'DEBT' AND a.balance <> 0))
            """),
        ("what is held is the sum of the open holds", """
            SELECT a.id FROM wallet.accounts a WHERE a.kind = 'HELD' AND a.balance <>
                (SELECT coalesce(sum(h.amount), 0) FROM wallet.holds h WHERE h.user_id = a.owner AND h.state = 'HELD')
            """),
        ("G1: a settled order was credited with exactly its amount", """
            SELECT t.order_id::text FROM wallet.top_ups t WHERE t.stage IN ('SETTLED', 'REVERSED') AND (
                SELECT count(*) FROM wallet.ledger_transactions x JOIN wallet.ledger_entries e ON e.transaction_id = x.id
                WHERE x.business_key = 'topup:' || t.order_id AND e.account_id = 'clearing' AND e.amount = -t.amount) <> 1
            """),
        ("an order is called reversed when nothing is left of what it brought, and only then", """
            SELECT t.order_id::text FROM wallet.top_ups t WHERE t.stage IN ('SETTLED', 'REVERSED') AND (t.stage = 'REVERSED') <> (0 = (
                SELECT sum(e.amount) FROM wallet.ledger_transactions x JOIN wallet.ledger_entries e ON e.transaction_id = x.id
                WHERE x.cause = t.order_id AND x.kind IN ('TOP_UP', 'REVERSAL') AND e.account_id = 'clearing'))
            """),
        ("G1: an order is not credited again while what it brought was not taken back", """
            SELECT t.order_id::text FROM wallet.top_ups t JOIN wallet.ledger_transactions x ON x.cause = t.order_id
                JOIN wallet.ledger_entries e ON e.transaction_id = x.id AND e.account_id = 'clearing'
            WHERE x.kind IN ('TOP_UP', 'REVERSAL') GROUP BY t.order_id, t.amount HAVING -sum(e.amount) NOT BETWEEN 0 AND t.amount
            """),
        ("G2: a credit rests on a status query of ours about the same order", """
            SELECT t.order_id::text FROM wallet.top_ups t LEFT JOIN wallet.gateway_events e ON e.id = t.settled_by_event
            WHERE t.stage IN ('SETTLED', 'REVERSED') AND (e.id IS NULL OR e.source <> 'STATUS_QUERY' OR e.order_id <> t.order_id::text
                OR e.gateway_transaction_id <> t.settled_by)
            """),
        ("a line that the owner sees as completed was credited, one that is not was not", """
            SELECT l.id::text FROM wallet.transactions l JOIN wallet.top_ups t ON t.order_id = l.id
            WHERE (l.status IN ('COMPLETED', 'REFUNDED')) <> EXISTS (
                SELECT 1 FROM wallet.ledger_transactions x WHERE x.cause = l.id AND x.kind = 'TOP_UP')
            """),
    ];

    private readonly NpgsqlDataSource db = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 8 }.ConnectionString);

    public async Task<Standing> StandingAsync(Guid order, Guid user)
    {
        await using var command = db.CreateCommand(StandingOfOrder);
        command.Parameters.AddWithValue("order", order);
        command.Parameters.AddWithValue("user", user);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new(
            row.IsDBNull(0) ? null : row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetInt64(3),
            row.GetInt64(4), row.GetInt64(5), row.GetString(6));
    }

    /// <summary>The hour that the customer has to pay, and the gateway's slack, are over: the order is two hours older.</summary>
    public async Task LetTimePassAsync(Guid order)
    {
        await using var connection = await db.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // The store lets nobody change the terms of a top-up, and the clock of another process cannot be moved.
        await using var command = new NpgsqlCommand($"""
            SET LOCAL session_replication_role = replica;
            UPDATE wallet.top_ups SET opened_at = opened_at - interval '2 hours', expires_at = expires_at - interval '2 hours'
            WHERE order_id = '{order}'
            """, connection, transaction);
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>The janitor's next look is due at once.</summary>
    public Task LookAgainAsync(Guid order) =>
        ExecuteAsync($"UPDATE wallet.top_ups SET next_check_at = now() WHERE order_id = '{order}' AND next_check_at IS NOT NULL");

    /// <summary>True while the janitor means to look at the order again.</summary>
    public async Task<bool> IsLookedAfterAsync(Guid order)
    {
        await using var command = db.CreateCommand("SELECT next_check_at IS NOT NULL FROM wallet.top_ups WHERE order_id = $1");
        command.Parameters.AddWithValue(order);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The promises that do not hold, with what breaks them.</summary>
    public async Task<IReadOnlyList<string>> BrokenPromisesAsync()
    {
        List<string> broken = [];
        foreach (var (promise, offenders) in Promises)
        {
            List<string> found = [];
            await using var command = db.CreateCommand(offenders + " LIMIT 5");
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                found.Add(rows.GetString(0));
            if (found.Count > 0)
                broken.Add($"{promise}: {string.Join(", ", found)}");
        }

        return broken;
    }

    public ValueTask DisposeAsync() => db.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = db.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
