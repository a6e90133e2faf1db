using Npgsql;
using Platform.Scenarios.Books;
using Platform.Scenarios.Running;

namespace Platform.Scenarios;

/// <summary>
/// A check that cannot fail is worse than none: each kind of violation is planted beside a healthy purchase and has to be reported. What is
/// planted in the database is taken back with its transaction; nobody else ever sees it.
/// </summary>
public sealed class BooksTests(RunningPlatform platform)
{
    // The store's own guards would not let these in, so each case switches off the one that stands in its way.
    private static readonly (string Kind, string Sql)[] Planted =
    [
        ("ledger-transaction-unbalanced", "UPDATE wallet.ledger_entries SET amount = amount + 1 WHERE account_id = 'user:{user}'"),
        ("ledger-transaction-unbalanced", "DELETE FROM wallet.ledger_entries WHERE account_id = 'clearing'"),
        ("ledger-transaction-unbalanced", "DELETE FROM wallet.ledger_transactions WHERE owner = '{user}'"),
        ("balance-differs-from-entries", "UPDATE wallet.accounts SET balance = balance + 1 WHERE id = 'user:{user}'"),
        ("ledger-does-not-sum-to-zero", "INSERT INTO wallet.ledger_entries VALUES (gen_random_uuid(), 'revenue', 5)"),
        ("negative-balance", """
            ALTER TABLE wallet.accounts DROP CONSTRAINT accounts_balance_not_negative;
            UPDATE wallet.accounts SET balance = -1 WHERE id = 'user:{user}'
            """),
        ("business-key-used-twice", """
            DROP INDEX wallet.ledger_transactions_business_key;
            INSERT INTO wallet.ledger_transactions (id, kind, business_key, owner, cause, created_at)
            SELECT gen_random_uuid(), kind, business_key, owner, cause, created_at FROM wallet.ledger_transactions WHERE owner = '{user}'
            """),
        ("held-account-differs-from-open-holds", "UPDATE wallet.accounts SET balance = balance + 7 WHERE id = 'held:{user}'"),
        ("held-account-differs-from-open-holds", """
            UPDATE wallet.holds SET state = 'HELD', resolved_at = NULL, capture_key = NULL, transaction_id = NULL
            WHERE capture_key = 'period:{subscription}:1'
            """),
        ("seats-used-differ-from-reservations", "UPDATE catalog.plans SET used_quota = used_quota + 1 WHERE id = '{plan}'"),
        ("seats-oversold", """
            ALTER TABLE catalog.plans DROP CONSTRAINT plans_seats_in_quota;
            UPDATE catalog.plans SET total_quota = used_quota - 1 WHERE id = '{plan}'
            """),
        ("running-but-not-paid-once", "DELETE FROM wallet.holds WHERE capture_key = 'period:{subscription}:1'"),
        ("running-but-not-paid-once", "UPDATE wallet.transactions SET amount = amount - 1 WHERE subscription_id = '{subscription}'"),
        ("running-but-not-paid-once", "DELETE FROM subscriptions.charges WHERE subscription_id = '{subscription}'"),
        ("running-but-not-paid-once", """
            INSERT INTO wallet.transactions
            SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'number', 999999))).*
            FROM wallet.transactions t WHERE subscription_id = '{subscription}'
            """),
        ("running-without-running-instance",
            "UPDATE provisioner.instances SET status = 'ERROR' WHERE subscription_id = '{subscription}'"),
        ("running-without-running-instance", "DELETE FROM provisioner.instances WHERE subscription_id = '{subscription}'"),
        ("instance-copy-differs", "UPDATE subscriptions.instances SET status = 'ERROR' WHERE subscription_id = '{subscription}'"),
        ("never-ran-but-paid", Ended + ", last_billed_at = NULL WHERE id = '{subscription}'"),
        ("ended-with-open-hold", Ended + """
             WHERE id = '{subscription}';
            UPDATE wallet.holds SET state = 'HELD', resolved_at = NULL, capture_key = NULL, transaction_id = NULL
            WHERE capture_key = 'period:{subscription}:1'
            """),
        ("ended-with-seat", Ended + " WHERE id = '{subscription}'"),
        ("ended-with-instance", Ended + " WHERE id = '{subscription}'"),
        ("seat-without-subscription",
            "UPDATE subscriptions.subscriptions SET reservation_id = gen_random_uuid() WHERE id = '{subscription}'"),
        ("saga-not-final", "UPDATE subscriptions.purchase_sagas SET state = 'Capturing' WHERE subscription_id = '{subscription}'"),
        ("saga-not-final", "DELETE FROM subscriptions.purchase_sagas WHERE subscription_id = '{subscription}'"),
        ("outbox-not-empty", Unsent("identity")),
        ("outbox-not-empty", Unsent("catalog")),
        ("outbox-not-empty", Unsent("wallet")),
        ("outbox-not-empty", Unsent("subscriptions")),
        ("outbox-not-empty", Unsent("provisioner")),
        ("object-without-instance", """
            ALTER TABLE provisioner.instances DROP CONSTRAINT instances_terminated_is_wished;
            UPDATE provisioner.instances SET status = 'TERMINATED' WHERE subscription_id = '{subscription}'
            """),
        ("instance-not-in-cluster",
            "UPDATE provisioner.instances SET cpu_millis = cpu_millis + 1 WHERE subscription_id = '{subscription}'"),
        ("credit-differs-from-gateway", """
            UPDATE wallet.ledger_transactions SET cause = gen_random_uuid()
            WHERE owner = '{user}' AND business_key LIKE 'topup:%'
            """),
    ];

    private const string Ended = "UPDATE subscriptions.subscriptions SET status = 'CANCELLED', phase = 'ENDED'";

    public static TheoryData<string, string> Violations => new(Planted);

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_violation_in_the_database_is_reported(string kind, string sql)
    {
        var purchase = await platform.Shoppers.SettledAsync();
        await platform.Books.AreCleanAsync();
        var (objects, truth) = (await platform.Cluster.OursAsync(), await platform.PaymentGateway.TruthAsync());
        await using var db = new NpgsqlConnection(platform.Database);
        await db.OpenAsync();
        await using var taken = await db.BeginTransactionAsync();
        await ExecuteAsync(db, "SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s'");

        var changed = await ExecuteAsync(db, sql
            .Replace("{user}", $"{purchase.Customer.Id}", StringComparison.Ordinal)
            .Replace("{plan}", $"{purchase.Offer.PlanId}", StringComparison.Ordinal)
            .Replace("{subscription}", $"{purchase.Id}", StringComparison.Ordinal));
        var found = await PlatformBooks.CheckAsync(db, objects, truth, []);

        changed.ShouldBeGreaterThan(0, "nothing was planted");
        found.Select(violation => violation.Kind).ShouldContain(kind, string.Join(Environment.NewLine, found));
        await taken.RollbackAsync();
        (await platform.Books.CheckAsync()).ShouldBeEmpty("what was planted must be gone");
    }

    [Fact]
    public async Task An_object_in_the_cluster_that_belongs_to_nobody_is_reported()
    {
        var labels = new Dictionary<string, string>
        {
            ["app.kubernetes.io/managed-by"] = "platform-provisioner", ["provisioner.platform/instance"] = $"{Guid.CreateVersion7()}",
        };
        await platform.Books.AreCleanAsync();
        await platform.Cluster.PostAsync("api/v1/namespaces/default/configmaps",
            new { apiVersion = "v1", kind = "ConfigMap", metadata = new { name = "planted", labels } });
        try
        {
            (await platform.Books.CheckAsync()).ShouldHaveSingleItem().Kind.ShouldBe("object-without-instance");
        }
        finally
        {
            await platform.Cluster.DeleteAsync("api/v1/namespaces/default/configmaps/planted");
        }
    }

    [Theory]
    [InlineData("planted_error")]
    [InlineData("planted_dead")]
    public async Task A_parked_message_is_reported(string queue)
    {
        var queues = new Queues(platform);
        await platform.Books.AreCleanAsync();
        await queues.PlantAsync(queue);
        try
        {
            var found = (await platform.Books.CheckAsync()).ShouldHaveSingleItem();
            found.ShouldBe(new Violation("message-parked", Holds.WhenQuiet, $"1 in {queue}"));
        }
        finally
        {
            await queues.DeleteAsync(queue);
        }
    }

    [Fact]
    public void Every_promise_over_the_databases_has_been_seen_broken() =>
        Promises.All.Select(promise => promise.Kind).Except(Planted.Select(planted => planted.Kind)).ShouldBeEmpty();

    private static string Unsent(string schema) => $"""
        INSERT INTO {schema}.outbox (message_id, order_key, destination, content_type, body, attempts, mandatory)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'planted', 'application/json', '', 0, false)
        """;

    private static async Task<int> ExecuteAsync(NpgsqlConnection db, string sql)
    {
        await using var command = new NpgsqlCommand(sql, db);
        return await command.ExecuteNonQueryAsync();
    }
}
