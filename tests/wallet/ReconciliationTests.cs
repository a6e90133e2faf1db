using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class ReconciliationTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();
    private readonly Guid administrator = Guid.CreateVersion7();

    [Fact]
    public async Task A_settlement_whose_notification_was_lost_is_credited_by_a_run_and_told()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "settlement");

        var run = await ReconcileAsync();

        ((string?)run["state"]).ShouldBe("COMPLETE", run.ToJsonString());
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        await wallet.Bus.HearsAsync<PaymentSettled>(m => m.OrderId == order);
        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"], (long)difference["gatewaySettled"]!, (long)difference["ledgerCredited"]!)
            .ShouldBe(("MISSED_SETTLEMENT", "HEALED", 50_000, 0));
        difference["resolvedAt"].ShouldNotBeNull();
        (await ClearingAsync(order)).ShouldBe(0);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task What_was_credited_returns_to_zero_in_clearing_and_stands_on_the_gateways_account()
    {
        var order = await wallet.TopUpAsync(user, 70_000);
        (await ClearingAsync(order)).ShouldBe(-70_000);

        await ReconcileAsync();

        (await ClearingAsync(order)).ShouldBe(0);
        (await EntriesAsync(order, "gateway")).ShouldBe(-70_000);
        (await DifferencesAsync(order)).ShouldBeEmpty();
        (await wallet.BalanceOfAsync(user)).ShouldBe((70_000, 0));
    }

    [Fact]
    public async Task Another_amount_than_the_orders_is_listed_and_nothing_is_credited()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 60_000, "settlement");

        await ReconcileAsync();

        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"], (long)difference["gatewaySettled"]!)
            .ShouldBe(("AMOUNT_DIFFERS", "OPEN", 60_000));
        (await EventsAsync(order)).ShouldHaveSingleItem()["state"]!.GetValue<string>().ShouldBe("QUARANTINED");
        (await ClearingAsync(order)).ShouldBe(60_000, "what the gateway has and nobody was credited stands in clearing");
    }

    [Fact]
    public async Task An_order_that_was_paid_twice_is_credited_once_and_listed()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var extra = wallet.Midtrans.Is(order, 50_000, "settlement", $"tx2-{order:N}");
        (await wallet.NotifyAsync(wallet.Midtrans.Notification(extra))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ReconcileAsync();

        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
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
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, status, but: body => body["currency"] = currency);

        await ReconcileAsync();

        (await EntriesAsync(order, "gateway")).ShouldBe(0);
        ((string?)(await DifferencesAsync(order)).ShouldHaveSingleItem()["kind"]).ShouldBe(kind);
    }

    [Fact]
    public async Task A_credit_of_which_the_gateway_knows_nothing_is_listed_and_stays_in_clearing()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        wallet.Midtrans.Is(Guid.CreateVersion7(), 50_000, "settlement", $"tx-{order:N}");
        wallet.Midtrans.Is(order, 50_000, "pending", "elsewhere", but: body => body["order_id"] = Guid.CreateVersion7().ToString());

        await ReconcileAsync();

        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (string?)difference["state"]).ShouldBe(("NOT_AT_GATEWAY", "OPEN"));
        (await ClearingAsync(order)).ShouldBe(-50_000);
    }

    [Fact]
    public async Task While_the_gateway_is_away_a_run_is_incomplete_and_the_next_try_completes_it()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "settlement");
        wallet.Midtrans.CoreIsDown = true;
        JsonNode run;
        try
        {
            run = await ReconcileAsync();
        }
        finally
        {
            wallet.Midtrans.CoreIsDown = false;
        }

        ((string?)run["state"]).ShouldBe("INCOMPLETE");
        ((int)run["unanswered"]!).ShouldBeGreaterThan(0);
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));

        wallet.Clock.Advance(ReconciliationRuns.Pause);

        var key = (string)run["key"]!;
        var completed = await Eventually.SeesAsync(() => RunAsync(key), seen => (string?)seen["state"] == "COMPLETE");
        ((int)completed["tries"]!).ShouldBe(2);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task A_gateway_that_stays_silent_is_not_asked_about_every_order()
    {
        for (var opened = 0; opened < 40; opened++)
            await wallet.OpenTopUpAsync(Guid.CreateVersion7(), 10_000);
        wallet.Midtrans.CoreIsDown = true;
        try
        {
            var asked = wallet.Midtrans.Asked.Count;
            var run = await ReconcileAsync();
            ((int)run["unanswered"]!).ShouldBe((int)run["checked"]!);
            // Those that were under way when it became clear have asked, too.
            (wallet.Midtrans.Asked.Count - asked).ShouldBeInRange(20, 23);
        }
        finally
        {
            wallet.Midtrans.CoreIsDown = false;
        }

        ((string?)(await ReconcileAsync())["state"]).ShouldBe("COMPLETE");
    }

    [Fact]
    public async Task Money_that_the_gateway_gave_back_unheard_is_told_and_clearing_shows_what_is_still_open()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await ReconcileAsync();
        wallet.Midtrans.Is(order, 50_000, "refund", but: body => body["refund_amount"] = "50000.00");

        await ReconcileAsync();

        var difference = (await DifferencesAsync(order)).ShouldHaveSingleItem();
        ((string?)difference["kind"], (long)difference["gatewayReversed"]!).ShouldBe(("MISSED_REVERSAL", 50_000));
        (await EntriesAsync(order, "gateway")).ShouldBe(0, "the gateway has nothing of it any more");
        ((string?)difference["state"]).ShouldBe(await ClearingAsync(order) == 0 ? "HEALED" : "OPEN");
    }

    [Fact]
    public async Task The_days_run_comes_by_itself_once()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var now = wallet.Clock.GetUtcNow();
        var evening = new DateTimeOffset(now.UtcDateTime.Date.AddDays(now.Hour < 20 ? 0 : 1), TimeSpan.Zero).AddHours(20);

        for (var moved = 0; moved < 3; moved++)
            wallet.Clock.Advance(evening.AddMinutes(moved + 1) - wallet.Clock.GetUtcNow());

        var key = $"daily:{evening:yyyy-MM-dd}";
        await Eventually.SeesAsync(() => RunsAsync($"{key}' AND state = 'COMPLETE' AND tries = '1"), count => count == 1);
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task The_hours_light_run_clears_what_was_credited_and_leaves_the_rest_alone()
    {
        var (paid, lost) = (await wallet.TopUpAsync(user, 50_000), await wallet.OpenTopUpAsync(user, 20_000));
        var nextHour = new DateTimeOffset(wallet.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero)
            .AddHours(wallet.Clock.GetUtcNow().Hour + 1);

        wallet.Clock.Advance(nextHour.AddMinutes(20) - wallet.Clock.GetUtcNow());

        await Eventually.SeesAsync(() => ClearingAsync(paid), clearing => clearing == 0);
        (await wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.reconciled_orders WHERE order_id = '{lost}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Replicas_that_all_want_the_same_run_carry_it_out_once()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var runs = wallet.Services.GetRequiredService<ReconciliationRuns>();
        var run = ReconciliationRun.Daily(new DateOnly(2030, 1, 1), wallet.Clock.GetUtcNow());

        var worked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await runs.PlanAsync(run, CancellationToken.None);
            return await runs.WorkAsync(run.Key, CancellationToken.None);
        })));

        worked.Count(yes => yes).ShouldBe(1);
        (await wallet.Database.QueryAsync<int>($"SELECT tries FROM wallet.reconciliation_runs WHERE key = '{run.Key}'")).ShouldBe(1);
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task Two_runs_beside_each_other_clear_an_order_once()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ReconcileAsync()));
        (await ClearingAsync(order)).ShouldBe(0);
        (await EntriesAsync(order, "gateway")).ShouldBe(-50_000);
        (await DifferencesAsync(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_whose_replica_died_is_taken_over_when_its_lease_is_over()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var (key, now) = ($"daily:{Guid.CreateVersion7()}", wallet.Clock.GetUtcNow());
        await wallet.Database.ExecuteAsync($"""
            INSERT INTO wallet.reconciliation_runs
                (key, kind, date, state, holder, next_try_at, tries, created_at, started_at, checked, agreed, different, unanswered)
            VALUES ('{key}', 'DAILY', '{now:yyyy-MM-dd}', 'RUNNING', gen_random_uuid(), '{now + ReconciliationRuns.Lease:O}', 1, '{now:O}',
                '{now:O}', 0, 0, 0, 0)
            """);
        (await wallet.Services.GetRequiredService<ReconciliationRuns>().WorkAsync(key, CancellationToken.None)).ShouldBeFalse();

        wallet.Clock.Advance(ReconciliationRuns.Lease);

        await Eventually.SeesAsync(
            () => wallet.Database.QueryAsync<string>($"SELECT state FROM wallet.reconciliation_runs WHERE key = '{key}'"),
            state => state == "COMPLETE");
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task An_order_that_is_out_of_time_and_unpaid_is_closed_and_counts_as_agreed()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "pending");
        await wallet.Database.ExecuteAsync($"""
            UPDATE wallet.top_ups SET opened_at = opened_at - interval '2 hours', expires_at = expires_at - interval '2 hours',
                next_check_at = NULL WHERE order_id = '{order}'
            """);

        await ReconcileAsync();

        (await wallet.StatusOfAsync(user, order)).ShouldBe("FAILED");
        (await DifferencesAsync(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_day_adds_up_order_by_order()
    {
        await wallet.TopUpAsync(user, 50_000);
        await wallet.OpenTopUpAsync(user, 20_000);
        await ReconcileAsync();

        var reconciliation = await ReconciliationAsync();

        ((long)reconciliation["ledgerSum"]!).ShouldBe(0);
        var (orders, today) = (reconciliation["orders"]!, wallet.Clock.GetUtcNow().ToString("yyyy-MM-dd", null));
        ((string?)reconciliation["date"]).ShouldBe(today);
        ((int)orders["notYetChecked"]!).ShouldBe(0, orders.ToJsonString());
        ((int)orders["agreed"]! + (int)orders["different"]! + (int)orders["unanswered"]!).ShouldBe((int)orders["checked"]!);
        (await wallet.Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.reconciled_orders
            WHERE state = 'AGREED' AND gateway_settled - gateway_reversed <> ledger_credited - ledger_reversed
            """)).ShouldBe(0);
        reconciliation["promises"]!.AsArray().Select(promise => (string?)promise!["id"])
            .ShouldBe(Promises.All.Select(promise => promise.Id));
    }

    [Fact]
    public async Task A_request_with_a_key_runs_once_and_leaves_one_audit_entry()
    {
        var client = wallet.As(administrator, "ADMINISTRATOR");
        client.DefaultRequestHeaders.Add("Idempotency-Key", "again");

        var first = await (await PostAsync(client)).Content.ReadAsStringAsync();
        var second = await PostAsync(client);

        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await second.Content.ReadAsStringAsync()).ShouldBe(first);
        (await wallet.Database.QueryAsync<long>($"""
            SELECT count(*) FROM wallet.audit_entries
            WHERE actor = '{administrator}' AND action = 'WALLETS_RECONCILED' AND reason = 'a test wants it'
            """)).ShouldBe(1);
        (await wallet.Database.QueryAsync<long>(
            $"SELECT count(*) FROM wallet.reconciliation_runs WHERE requested_by = '{administrator}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"reason":"four"}""", "VALIDATION_FAILED")]
    [InlineData("""{"date":"2026-11-02"}""", "MALFORMED_REQUEST")]
    [InlineData("""{"reason":"a test wants it","date":"2999-01-01"}""", "DATE_AHEAD")]
    [InlineData("""{"reason":"a test wants it","date":"yesterday"}""", "MALFORMED_REQUEST")]
    public async Task A_request_that_makes_no_sense_is_400(string body, string code)
    {
        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await wallet.As(administrator, "ADMINISTRATOR").PostAsync("/api/admin/wallets/reconcile", content);
        await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Only_administrators_see_and_start_it()
    {
        (await wallet.As(user).GetAsync("/api/admin/wallets/reconciliation")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(wallet.As(user))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await wallet.Anonymous().GetAsync("/api/admin/wallets/reconciliation")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<JsonNode> ReconcileAsync() =>
        (await WalletHost.DataAsync(await PostAsync(wallet.As(administrator, "ADMINISTRATOR"))))["run"]!;

    private static Task<HttpResponseMessage> PostAsync(HttpClient client) =>
        client.PostAsJsonAsync("/api/admin/wallets/reconcile", new { reason = "a test wants it" });

    private async Task<JsonNode> ReconciliationAsync() => (await WalletHost.DataAsync(
        await wallet.As(administrator, "ADMINISTRATOR").GetAsync("/api/admin/wallets/reconciliation")))["reconciliation"]!;

    private async Task<JsonNode> RunAsync(string key) =>
        (await ReconciliationAsync())["runs"]!.AsArray().Single(run => (string?)run!["key"] == key)!;

    private Task<long> RunsAsync(string key) =>
        wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.reconciliation_runs WHERE key = '{key}'");

    private async Task<List<JsonNode>> DifferencesAsync(Guid order) =>
        [.. (await ReconciliationAsync())["differences"]!.AsArray().Where(seen => (Guid)seen!["orderId"]! == order).Select(seen => seen!)];

    private async Task<List<JsonNode>> EventsAsync(Guid order) =>
        [.. (await ReconciliationAsync())["eventsToLookAt"]!.AsArray().Where(seen => (string?)seen!["orderId"] == order.ToString())
            .Select(seen => seen!)];

    private Task<long> ClearingAsync(Guid order) => EntriesAsync(order, "clearing");

    private Task<long> EntriesAsync(Guid order, string account) => wallet.Database.QueryAsync<long>($"""
        SELECT coalesce(sum(e.amount), 0)::bigint FROM wallet.ledger_entries e JOIN wallet.ledger_transactions t ON t.id = e.transaction_id
        WHERE t.cause = '{order}' AND e.account_id = '{account}'
        """);
}
