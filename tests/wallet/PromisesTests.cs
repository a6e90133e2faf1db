using Npgsql;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>
/// A check that cannot fail is worse than none: each promise is broken on purpose beside healthy books, and has to be named. What is
/// planted is taken back with its transaction; nobody else ever sees it.
/// </summary>
public sealed class PromisesTests(HealthyBooks books) : IClassFixture<HealthyBooks>
{
    // The store's own guards would not let these in, so each case switches off the one that stands in its way.
    private static readonly (string Id, string Sql)[] Planted =
    [
        ("M1", "UPDATE ledger_entries SET amount = amount + 1 WHERE account_id = 'user:{user}'"),
        ("M1", "DELETE FROM ledger_entries WHERE account_id = 'revenue'"),
        ("M1", "DELETE FROM ledger_transactions WHERE business_key = 'topup:{order}'"),
        ("M2", "UPDATE accounts SET balance = balance + 1 WHERE id = 'user:{user}'"),
        ("M2", "INSERT INTO ledger_entries VALUES (gen_random_uuid(), 'user:nobody', 5)"),
        ("M3", "INSERT INTO ledger_entries VALUES (gen_random_uuid(), 'revenue', 5)"),
        ("M4", """
            ALTER TABLE accounts DROP CONSTRAINT accounts_balance_not_negative;
            UPDATE accounts SET balance = -1 WHERE id = 'user:{user}'
            """),
        ("M4", "UPDATE ledger_entries SET amount = -1000000 WHERE account_id = 'held:{user}'"),
        ("M4", """
            INSERT INTO ledger_entries SELECT id, 'debt:{user}', -5 FROM ledger_transactions WHERE business_key = 'topup:{order}'
            """),
        ("M4", "UPDATE accounts SET balance = -1 WHERE id = 'debt:{user}'"),
        ("M6", """
            DROP INDEX ledger_transactions_business_key;
            INSERT INTO ledger_transactions (id, kind, business_key, owner, cause, created_at)
            SELECT gen_random_uuid(), kind, business_key, owner, cause, created_at FROM ledger_transactions WHERE owner = '{user}'
            """),
        ("M6", "UPDATE ledger_transactions SET cause = '{charge}' WHERE owner = '{user}' AND kind = 'HOLD'"),
        ("M6", """
            DROP INDEX holds_capture_key;
            INSERT INTO holds SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid()))).*
            FROM holds h WHERE h.transaction_id = '{charge}'
            """),
        ("M7", "UPDATE transactions SET amount = 1, refunded = 1 WHERE id = '{charge}'"),
        ("M7", "UPDATE transactions SET refunded = refunded + 1 WHERE id = '{charge}'"),
        ("M7", "UPDATE transactions SET status = 'REFUNDED' WHERE id = '{charge}'"),
        ("M7", "UPDATE transactions SET user_id = gen_random_uuid() WHERE id = '{charge}'"),
        ("M7", "UPDATE ledger_transactions SET business_key = 'refund:else' WHERE kind = 'REFUND'"),
        ("M8", "UPDATE ledger_transactions SET kind = 'TOP_UP' WHERE kind = 'REFUND'"),
        ("M8", "UPDATE transactions SET amount = amount + 1 WHERE id = '{order}'"),
        ("M8", "DELETE FROM transactions WHERE id = '{charge}'"),
        ("M9", """
            ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_amount_not_zero;
            UPDATE ledger_entries SET amount = 0 WHERE account_id = 'revenue'
            """),
        ("M9", """
            ALTER TABLE top_ups DROP CONSTRAINT top_ups_amount_in_bounds; UPDATE top_ups SET amount = 9999 WHERE order_id = '{order}'
            """),
        ("M9", """
            ALTER TABLE transactions DROP CONSTRAINT transactions_refunded_within_amount;
            UPDATE transactions SET refunded = amount + 1 WHERE id = '{charge}'
            """),
        ("M9", "ALTER TABLE holds DROP CONSTRAINT holds_amount_not_negative; UPDATE holds SET amount = -1 WHERE user_id = '{user}'"),
        ("M9", "UPDATE refunds SET reason = reason; ALTER TABLE refunds ALTER COLUMN amount TYPE numeric"),
        ("M10", """
            UPDATE holds SET state = 'HELD', resolved_at = NULL, capture_key = NULL, transaction_id = NULL WHERE transaction_id = '{charge}'
            """),
        ("M10", "UPDATE holds SET state = 'EXPIRED', capture_key = NULL, transaction_id = NULL WHERE transaction_id = '{charge}'"),
        ("M10", "UPDATE holds SET resolved_at = expires_at WHERE transaction_id = '{charge}'"),
        ("M10", "UPDATE holds SET amount = amount + 1 WHERE transaction_id = '{charge}'"),
        ("M10", "DELETE FROM holds WHERE transaction_id = '{charge}'"),
        ("M10", "UPDATE accounts SET balance = balance + 7 WHERE id = 'held:{user}'"),
        ("M11", "UPDATE holds SET expires_at = timestamptz '{now}' - interval '61 seconds' WHERE user_id = '{user}' AND state = 'HELD'"),
        ("M12", """
            DROP INDEX transactions_number;
            UPDATE transactions SET number = (SELECT number FROM transactions WHERE id = '{order}') WHERE id = '{charge}'
            """),
        ("M12", "UPDATE transactions SET number = 100 WHERE id = '{charge}'"),
        ("M12", "UPDATE transactions SET number = 999999 WHERE id = '{charge}'"),
        ("M13", "UPDATE ledger_transactions SET created_at = created_at - interval '25 hours' WHERE business_key = 'topup:{late}'"),
        ("M14", """
            INSERT INTO reconciliation_differences
            SELECT gen_random_uuid(), '{order}', 'MISSED_REVERSAL', 1, 0, 2, 0, 'planted', timestamptz '{now}' - interval '25 hours', NULL
            """),
        ("M14", """
            DELETE FROM ledger_transactions WHERE cause = '{order}' AND kind = 'CLEARING';
            UPDATE ledger_transactions SET created_at = created_at - interval '1 minute' WHERE cause = '{order}'
            """),
        ("G1", "DELETE FROM ledger_transactions WHERE business_key = 'topup:{order}'"),
        ("G1", "UPDATE ledger_entries SET amount = amount + 1 WHERE account_id = 'clearing'"),
        ("G1", "UPDATE ledger_transactions SET business_key = 'topup:{order}:2' WHERE business_key = 'topup:{order}'"),
        ("G1", Unguarded + "UPDATE top_ups SET stage = 'CLOSED' WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET source = 'NOTIFICATION' WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET order_id = 'another' WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET status = 'pending' WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET gateway_transaction_id = 'another' WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET body = replace(body, 'IDR', 'EUR') WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET body = replace(body, '100000.00', '100001.00') WHERE order_id = '{order}'"),
        ("G2", "UPDATE gateway_events SET body = replace(body, 'G123456789', 'G1') WHERE order_id = '{order}'"),
        ("G2", "DELETE FROM gateway_events WHERE order_id = '{order}'"),
        ("G4", Unguarded + "UPDATE top_ups SET stage = 'OPEN' WHERE order_id = '{order}'"),
        ("G4", "UPDATE transactions SET status = 'CANCELLED', completed_at = NULL WHERE id = '{order}'"),
        ("G4", "DELETE FROM transactions WHERE id = '{order}'"),
        ("G5", "UPDATE ledger_transactions SET kind = 'REVERSAL' WHERE cause = '{order}' AND kind = 'CLEARING'"),
        ("G5", "UPDATE ledger_transactions SET kind = 'REVERSAL', cause = '{order}' WHERE kind = 'REFUND'"),
        ("G6", """
            UPDATE top_ups SET expires_at = timestamptz '{now}' - interval '61 minutes' WHERE order_id = '{open}'
            """),
        ("G6", """
            UPDATE top_ups SET expires_at = timestamptz '{now}' - interval '3 hours',
                last_checked_at = timestamptz '{now}' - interval '61 minutes' WHERE order_id = '{open}'
            """),
        ("G8", """
            INSERT INTO top_ups SELECT (jsonb_populate_record(t, jsonb_build_object('order_id', gen_random_uuid()))).*
            FROM top_ups t, generate_series(1, 5) WHERE t.order_id = '{open}'
            """),
        ("G8", "UPDATE top_ups SET snap_token = 'one for all'"),
    ];

    private const string Unguarded = """
        ALTER TABLE top_ups DROP CONSTRAINT IF EXISTS top_ups_settled_by_a_status_query;
        ALTER TABLE top_ups DROP CONSTRAINT IF EXISTS top_ups_payments_are_counted;

        """;

    public static TheoryData<string, string> Violations => new(Planted);

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_broken_promise_is_named_with_what_breaks_it(string id, string sql)
    {
        await using var db = new NpgsqlConnection(books.Wallet.Database.ConnectionString);
        await db.OpenAsync();
        await using var taken = await db.BeginTransactionAsync();
        await ExecuteAsync(db, "SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s'");

        var changed = await ExecuteAsync(db, books.Fill(sql));
        var kept = await Promises.CheckAsync(taken, books.Wallet.Clock.GetUtcNow(), FakeMidtrans.MerchantId, CancellationToken.None);

        changed.ShouldBeGreaterThan(0, "nothing was planted");
        kept.Single(promise => promise.Id == id).Offending.ShouldNotBeEmpty(Broken(kept));
        await taken.RollbackAsync();
        (await CheckAsync()).ShouldAllBe(promise => promise.Holds, "what was planted must be gone");
    }

    [Fact]
    public async Task Healthy_books_keep_every_promise()
    {
        var kept = await CheckAsync();
        kept.ShouldAllBe(promise => promise.Holds, Broken(kept));
        kept.Select(promise => promise.Id).ShouldBe(Promises.All.Select(promise => promise.Id));
    }

    [Fact]
    public void Every_promise_has_been_seen_broken_and_is_promised_once()
    {
        Promises.All.Select(promise => promise.Id).Except(Planted.Select(planted => planted.Id)).ShouldBeEmpty();
        Promises.All.Select(promise => promise.Id).ShouldBeUnique();
    }

    private Task<IReadOnlyList<PromiseKept>> CheckAsync() => books.CheckAsync();

    private static string Broken(IEnumerable<PromiseKept> kept) => string.Join(Environment.NewLine,
        kept.Where(promise => !promise.Holds).Select(promise => $"{promise.Id}: {string.Join(", ", promise.Offending)}"));

    private static async Task<int> ExecuteAsync(NpgsqlConnection db, string sql)
    {
        await using var command = new NpgsqlCommand(sql, db);
        return await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A wallet in which everything has happened once: paid, reconciled, held, charged, given back, and still under way.</summary>
public sealed class HealthyBooks : IAsyncLifetime
{
    private readonly Guid user = Guid.CreateVersion7();
    private Guid order;
    private Guid late;
    private Guid open;
    private Guid charge;

    public WalletHost Wallet { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Wallet.InitializeAsync();
        order = await Wallet.TopUpAsync(user, 100_000);
        charge = (await Wallet.CaptureAsync(await Wallet.HoldAsync(user, 30_000))).TransactionId;
        await Wallet.HoldAsync(user, 20_000);
        await Wallet.Bus.SayAsync(
            new RefundCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), charge, user, Money.Idr(12_000), "a test wants it"));
        await Eventually.SeesAsync(() => Wallet.BalanceOfAsync(user), balance => balance == (62_000, 20_000));
        (await Wallet.InScopeAsync(async db =>
        {
            var run = ReconciliationRun.Manual(Guid.CreateVersion7(), new DateOnly(2026, 11, 2), user, "a test", Wallet.Clock.GetUtcNow());
            db.ReconciliationRuns.Add(run);
            await db.SaveChangesAsync();
            var runs = (ReconciliationRuns)Wallet.Services.GetService(typeof(ReconciliationRuns))!;
            return await runs.WorkAsync(run.Key, CancellationToken.None);
        })).ShouldBeTrue();
        late = await Wallet.TopUpAsync(user, 40_000);
        open = await Wallet.OpenTopUpAsync(user, 15_000);
    }

    public string Fill(string sql) => sql
        .Replace("{user}", $"{user}", StringComparison.Ordinal).Replace("{order}", $"{order}", StringComparison.Ordinal)
        .Replace("{late}", $"{late}", StringComparison.Ordinal).Replace("{open}", $"{open}", StringComparison.Ordinal)
        .Replace("{charge}", $"{charge}", StringComparison.Ordinal)
        .Replace("{now}", $"{Wallet.Clock.GetUtcNow():O}", StringComparison.Ordinal);

    internal async Task<IReadOnlyList<PromiseKept>> CheckAsync()
    {
        await using var db = new NpgsqlConnection(Wallet.Database.ConnectionString);
        await db.OpenAsync();
        await using var transaction = await db.BeginTransactionAsync();
        return await Promises.CheckAsync(transaction, Wallet.Clock.GetUtcNow(), FakeMidtrans.MerchantId, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Wallet.DisposeAsync();
}
