using System.Net.Http.Json;

namespace Platform.Wallets.Tests;

/// <summary>Reconciliation is a fixed point: in books of their own, so that nothing else moves meanwhile.</summary>
public sealed class ReconcilingAgainTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Running_again_at_once_changes_nothing()
    {
        var (paid, twice) = (await wallet.TopUpAsync(user, 50_000), await wallet.TopUpAsync(user, 60_000));
        wallet.Midtrans.Is(twice, 60_000, "settlement", $"tx2-{twice:N}");
        wallet.Midtrans.Is(await wallet.OpenTopUpAsync(user, 30_000), 31_000, "settlement");
        wallet.Midtrans.Is(await wallet.OpenTopUpAsync(user, 20_000), 20_000, "pending");
        wallet.Midtrans.Is(await OutOfTimeAsync(11_000), 11_000, "something_new");
        wallet.Midtrans.Is(await OutOfTimeAsync(12_000), 12_000, "pending", but: body => body["currency"] = "EUR");
        wallet.Midtrans.Is(await OutOfTimeAsync(13_000), 13_000, "pending");
        await OutOfTimeAsync(14_000);
        for (var run = 0; run < 2; run++)
        {
            wallet.Clock.Advance(TimeSpan.FromSeconds(1));
            await ReconcileAsync();
        }

        var before = await DumpAsync();
        wallet.Clock.Advance(TimeSpan.FromSeconds(1));
        await ReconcileAsync();

        (await DumpAsync()).ShouldBe(before);
        (await wallet.StatusOfAsync(user, paid)).ShouldBe("COMPLETED");
    }

    // Of another user, because at most five may be pending; and out of the janitor's sight.
    private async Task<Guid> OutOfTimeAsync(long amount)
    {
        var order = await wallet.OpenTopUpAsync(Guid.CreateVersion7(), amount);
        await wallet.Database.ExecuteAsync($"""
            UPDATE wallet.top_ups SET expires_at = expires_at - interval '2 hours', next_check_at = NULL
            WHERE order_id = '{order}'
            """);
        return order;
    }

    private async Task ReconcileAsync() => await WalletHost.DataAsync(await wallet.As(user, "ADMINISTRATOR")
        .PostAsJsonAsync("/api/admin/wallets/reconcile", new { reason = "a test wants it" }));

    // Everything but the runs themselves and the time of the last look.
    private Task<string> DumpAsync() => wallet.Database.QueryAsync<string>("""
        SELECT concat_ws('; ',
            (SELECT string_agg(t::text, ', ' ORDER BY t.id) FROM wallet.ledger_transactions t),
            (SELECT string_agg(e::text, ', ' ORDER BY e.transaction_id, e.account_id) FROM wallet.ledger_entries e),
            (SELECT string_agg((o.order_id, o.stage, o.settled_by, o.note)::text, ', ' ORDER BY o.order_id) FROM wallet.top_ups o),
            (SELECT string_agg(l::text, ', ' ORDER BY l.id) FROM wallet.transactions l),
            (SELECT string_agg(g::text, ', ' ORDER BY g.id) FROM wallet.gateway_events g),
            (SELECT string_agg(d::text, ', ' ORDER BY d.id) FROM wallet.reconciliation_differences d),
            (SELECT string_agg((o.order_id, o.state, o.gateway_settled, o.ledger_credited)::text, ', ' ORDER BY o.order_id)
                FROM wallet.reconciled_orders o))
        """);
}
