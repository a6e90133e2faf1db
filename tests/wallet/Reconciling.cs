using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Wallets.Tests;

/// <summary>What an administrator does with reconciliation, and what it leaves in the books.</summary>
public abstract class Reconciling(WalletHost wallet)
{
    protected WalletHost Wallet => wallet;

    protected Guid User { get; } = Guid.CreateVersion7();

    protected Guid Administrator { get; } = Guid.CreateVersion7();

    protected async Task<JsonNode> ReconcileAsync() =>
        (await WalletHost.DataAsync(await PostAsync(wallet.As(Administrator, "ADMINISTRATOR"))))["run"]!;

    protected static Task<HttpResponseMessage> PostAsync(HttpClient client) =>
        client.PostAsJsonAsync("/api/admin/wallets/reconcile", new { reason = "a test wants it" });

    protected async Task<JsonNode> ReconciliationAsync() => (await WalletHost.DataAsync(
        await wallet.As(Administrator, "ADMINISTRATOR").GetAsync("/api/admin/wallets/reconciliation")))["reconciliation"]!;

    protected async Task<JsonNode> RunAsync(string key) =>
        (await ReconciliationAsync())["runs"]!.AsArray().Single(run => (string?)run!["key"] == key)!;

    protected Task<long> RunsAsync(string key) =>
        wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.reconciliation_runs WHERE key = '{key}'");

    protected async Task<List<JsonNode>> DifferencesAsync(Guid order) =>
        [.. (await ReconciliationAsync())["differences"]!.AsArray().Where(seen => (Guid)seen!["orderId"]! == order).Select(seen => seen!)];

    protected async Task<List<JsonNode>> EventsAsync(Guid order) =>
        [.. (await ReconciliationAsync())["eventsToLookAt"]!.AsArray().Where(seen => (string?)seen!["orderId"] == order.ToString())
            .Select(seen => seen!)];

    protected Task<long> ClearingAsync(Guid order) => EntriesAsync(order, "clearing");

    protected Task<long> EntriesAsync(Guid order, string account) => wallet.Database.QueryAsync<long>($"""
        SELECT coalesce(sum(e.amount), 0)::bigint FROM wallet.ledger_entries e JOIN wallet.ledger_transactions t ON t.id = e.transaction_id
        WHERE t.cause = '{order}' AND e.account_id = '{account}'
        """);
}
