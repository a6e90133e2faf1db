using System.Net;
using Platform.Contracts;

namespace Platform.Wallets.Tests;

public sealed class ReconciliationTests(WalletHost wallet) : Reconciling(wallet), IClassFixture<WalletHost>
{
    [Fact]
    public async Task A_settlement_whose_notification_was_lost_is_credited_by_a_run_and_told()
    {
        var order = await Wallet.OpenTopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(order, 50_000, "settlement");

        var run = await ReconcileAsync();

        ((string?)run["state"]).ShouldBe("COMPLETE", run.ToJsonString());
        (await Wallet.BalanceOfAsync(User)).ShouldBe((50_000, 0));
        await Wallet.Bus.HearsAsync<PaymentSettled>(m => m.OrderId == order);
        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"]).ShouldBe(("MISSED_SETTLEMENT", "HEALED"));
        ((long)difference["gatewaySettled"]!, (long)difference["ledgerCredited"]!).ShouldBe((50_000, 0));
        difference["resolvedAt"].ShouldNotBeNull();
        (await ClearingAsync(order)).ShouldBe(0);
        await Wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task What_was_credited_returns_to_zero_in_clearing_and_stands_on_the_gateways_account()
    {
        var order = await Wallet.TopUpAsync(User, 70_000);
        (await ClearingAsync(order)).ShouldBe(-70_000);

        await ReconcileAsync();

        (await ClearingAsync(order)).ShouldBe(0);
        (await EntriesAsync(order, "gateway")).ShouldBe(-70_000);
        (await DifferencesAsync(order)).ShouldBeEmpty();
        (await Wallet.BalanceOfAsync(User)).ShouldBe((70_000, 0));
    }

    [Fact]
    public async Task Another_amount_than_the_orders_is_listed_and_nothing_is_credited()
    {
        var order = await Wallet.OpenTopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(order, 60_000, "settlement");

        await ReconcileAsync();

        (await Wallet.BalanceOfAsync(User)).ShouldBe((0, 0));
        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"], (long)difference["gatewaySettled"]!)
            .ShouldBe(("AMOUNT_DIFFERS", "OPEN", 60_000));
        (await EventsAsync(order)).ShouldHaveSingleItem()["state"]!.GetValue<string>().ShouldBe("QUARANTINED");
        (await ClearingAsync(order)).ShouldBe(60_000, "what the gateway has and nobody was credited stands in clearing");
    }

    [Fact]
    public async Task An_order_that_was_paid_twice_is_credited_once_and_listed()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        var extra = Wallet.Midtrans.Is(order, 50_000, "settlement", $"tx2-{order:N}");
        (await Wallet.NotifyAsync(Wallet.Midtrans.Notification(extra))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ReconcileAsync();

        (await Wallet.BalanceOfAsync(User)).ShouldBe((50_000, 0));
        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (long)difference["gatewaySettled"]!, (long)difference["ledgerCredited"]!)
            .ShouldBe(("EXTRA_PAYMENT", 100_000, 50_000));
        ((string?)difference["detail"])!.ShouldContain(extra);
        (await EventsAsync(order)).ShouldContain(word => (string?)word["state"] == "EXTRA_PAYMENT");
    }

    [Theory]
    [InlineData("EUR", "settlement", "UNCLEAR")]
    [InlineData("IDR", "something_new", "UNCLEAR")]
    [InlineData("IDR", "partial_refund", "UNCLEAR")]
    public async Task What_cannot_be_read_moves_nothing_and_is_listed(string currency, string status, string kind)
    {
        var order = await Wallet.OpenTopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(order, 50_000, status, but: body => body["currency"] = currency);

        await ReconcileAsync();

        (await EntriesAsync(order, "gateway")).ShouldBe(0);
        ((string?)(await DifferencesAsync(order)).ShouldHaveSingleItem()["kind"]).ShouldBe(kind);
    }

    [Fact]
    public async Task A_credit_of_which_the_gateway_knows_nothing_is_listed_and_stays_in_clearing()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(Guid.CreateVersion7(), 50_000, "settlement", $"tx-{order:N}");
        Wallet.Midtrans.Is(order, 50_000, "pending", "elsewhere", but: body => body["order_id"] = Guid.CreateVersion7().ToString());

        await ReconcileAsync();

        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"]).ShouldBe(("NOT_AT_GATEWAY", "OPEN"));
        (await ClearingAsync(order)).ShouldBe(-50_000);
    }

    [Fact]
    public async Task Money_that_the_gateway_gave_back_unheard_is_told_and_clearing_shows_what_is_still_open()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        await ReconcileAsync();
        Wallet.Midtrans.Is(order, 50_000, "refund", but: body => body["refund_amount"] = "50000.00");

        await ReconcileAsync();

        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (long)difference["gatewayReversed"]!).ShouldBe(("MISSED_REVERSAL", 50_000));
        (await EntriesAsync(order, "gateway")).ShouldBe(0, "the gateway has nothing of it any more");
        ((string?)difference["state"]).ShouldBe(await ClearingAsync(order) == 0 ? "HEALED" : "OPEN");
    }

    [Fact]
    public async Task An_order_that_is_out_of_time_and_unpaid_is_closed_and_counts_as_agreed()
    {
        var order = await Wallet.OpenTopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(order, 50_000, "pending");
        await Wallet.Database.ExecuteAsync($"""
            UPDATE wallet.top_ups SET expires_at = expires_at - interval '2 hours', next_check_at = NULL
            WHERE order_id = '{order}'
            """);

        await ReconcileAsync();

        (await Wallet.StatusOfAsync(User, order)).ShouldBe("FAILED");
        (await DifferencesAsync(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_day_adds_up_order_by_order()
    {
        await Wallet.TopUpAsync(User, 50_000);
        await Wallet.OpenTopUpAsync(User, 20_000);
        await ReconcileAsync();

        var reconciliation = await ReconciliationAsync();

        ((long)reconciliation["ledgerSum"]!).ShouldBe(0);
        var (orders, today) = (reconciliation["orders"]!, Wallet.Clock.GetUtcNow().ToString("yyyy-MM-dd", null));
        ((string?)reconciliation["date"]).ShouldBe(today);
        ((int)orders["notYetChecked"]!).ShouldBe(0, orders.ToJsonString());
        ((int)orders["agreed"]! + (int)orders["different"]! + (int)orders["unanswered"]!).ShouldBe((int)orders["checked"]!);
        (await Wallet.Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.reconciled_orders
            WHERE state = 'AGREED' AND gateway_settled - gateway_reversed <> ledger_credited - ledger_reversed
            """)).ShouldBe(0);
        reconciliation["promises"]!.AsArray().Select(promise => (string?)promise!["id"])
            .ShouldBe(Promises.All.Select(promise => promise.Id));
    }
}
