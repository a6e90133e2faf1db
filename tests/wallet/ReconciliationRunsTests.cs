using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class ReconciliationRunsTests(WalletHost wallet) : Reconciling(wallet), IClassFixture<WalletHost>
{
    [Fact]
    public async Task While_the_gateway_is_away_a_run_is_incomplete_and_the_next_try_completes_it()
    {
        var order = await Wallet.OpenTopUpAsync(User, 50_000);
        Wallet.Midtrans.Is(order, 50_000, "settlement");
        Wallet.Midtrans.CoreIsDown = true;
        JsonNode run;
        try
        {
            run = await ReconcileAsync();
        }
        finally
        {
            Wallet.Midtrans.CoreIsDown = false;
        }

        ((string?)run["state"]).ShouldBe("INCOMPLETE");
        ((int)run["unanswered"]!).ShouldBeGreaterThan(0);
        (await Wallet.BalanceOfAsync(User)).ShouldBe((0, 0));

        Wallet.Clock.Advance(ReconciliationRuns.Pause);

        var key = (string)run["key"]!;
        var completed = await Eventually.SeesAsync(() => RunAsync(key), seen => (string?)seen["state"] == "COMPLETE");
        ((int)completed["tries"]!).ShouldBe(2);
        (await Wallet.BalanceOfAsync(User)).ShouldBe((50_000, 0));
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task A_gateway_that_stays_silent_is_not_asked_about_every_order()
    {
        for (var opened = 0; opened < 40; opened++)
            await Wallet.OpenTopUpAsync(Guid.CreateVersion7(), 10_000);
        Wallet.Midtrans.CoreIsDown = true;
        try
        {
            var asked = Wallet.Midtrans.Asked.Count;
            var run = await ReconcileAsync();
            ((int)run["unanswered"]!).ShouldBe((int)run["checked"]!);
            // Those that were under way when it became clear have asked, too.
            (Wallet.Midtrans.Asked.Count - asked).ShouldBeInRange(20, 23);
        }
        finally
        {
            Wallet.Midtrans.CoreIsDown = false;
        }

        ((string?)(await ReconcileAsync())["state"]).ShouldBe("COMPLETE");
    }

    [Fact]
    public async Task The_days_run_comes_by_itself_once()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        var now = Wallet.Clock.GetUtcNow();
        var evening = new DateTimeOffset(now.UtcDateTime.Date.AddDays(now.Hour < 20 ? 0 : 1), TimeSpan.Zero).AddHours(20);

        for (var moved = 0; moved < 3; moved++)
            Wallet.Clock.Advance(evening.AddMinutes(moved + 1) - Wallet.Clock.GetUtcNow());

        var key = $"daily:{evening:yyyy-MM-dd}";
        await Eventually.SeesAsync(() => RunsAsync($"{key}' AND state = 'COMPLETE' AND tries = '1"), count => count == 1);
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task Replicas_that_all_want_the_same_run_carry_it_out_once()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        var runs = Wallet.Services.GetRequiredService<ReconciliationRuns>();
        var run = ReconciliationRun.Daily(new DateOnly(2030, 1, 1), Wallet.Clock.GetUtcNow());

        var worked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await runs.PlanAsync(run, CancellationToken.None);
            return await runs.WorkAsync(run.Key, CancellationToken.None);
        })));

        worked.Count(yes => yes).ShouldBe(1);
        (await Wallet.Database.QueryAsync<int>($"SELECT tries FROM wallet.reconciliation_runs WHERE key = '{run.Key}'")).ShouldBe(1);
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task Two_runs_beside_each_other_clear_an_order_once()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ReconcileAsync()));
        (await ClearingAsync(order)).ShouldBe(0);
        (await EntriesAsync(order, "gateway")).ShouldBe(-50_000);
        (await DifferencesAsync(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_whose_replica_died_is_taken_over_when_its_lease_is_over()
    {
        var order = await Wallet.TopUpAsync(User, 50_000);
        var (key, now) = ($"daily:{Guid.CreateVersion7()}", Wallet.Clock.GetUtcNow());
        await Wallet.Database.ExecuteAsync($"""
            INSERT INTO wallet.reconciliation_runs
                (key, kind, date, state, holder, next_try_at, tries, created_at, started_at, checked, agreed, different, unanswered)
            VALUES ('{key}', 'DAILY', '{now:yyyy-MM-dd}', 'RUNNING', gen_random_uuid(), '{now + ReconciliationRuns.Lease:O}', 1, '{now:O}',
                '{now:O}', 0, 0, 0, 0)
            """);
        (await Wallet.Services.GetRequiredService<ReconciliationRuns>().WorkAsync(key, CancellationToken.None)).ShouldBeFalse();

        Wallet.Clock.Advance(ReconciliationRuns.Lease);

        await Eventually.SeesAsync(
            () => Wallet.Database.QueryAsync<string>($"SELECT state FROM wallet.reconciliation_runs WHERE key = '{key}'"),
            state => state == "COMPLETE");
        (await ClearingAsync(order)).ShouldBe(0);
    }

    [Fact]
    public async Task A_request_with_a_key_runs_once_and_leaves_one_audit_entry()
    {
        var client = Wallet.As(Administrator, "ADMINISTRATOR");
        client.DefaultRequestHeaders.Add("Idempotency-Key", "again");

        var first = await (await PostAsync(client)).Content.ReadAsStringAsync();
        var second = await PostAsync(client);

        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await second.Content.ReadAsStringAsync()).ShouldBe(first);
        (await Wallet.Database.QueryAsync<long>($"""
            SELECT count(*) FROM wallet.audit_entries
            WHERE actor = '{Administrator}' AND action = 'WALLETS_RECONCILED' AND reason = 'a test wants it'
            """)).ShouldBe(1);
        (await Wallet.Database.QueryAsync<long>(
            $"SELECT count(*) FROM wallet.reconciliation_runs WHERE requested_by = '{Administrator}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"reason":"four"}""", "VALIDATION_FAILED")]
    [InlineData("""{"date":"2026-11-02"}""", "MALFORMED_REQUEST")]
    [InlineData("""{"reason":"a test wants it","date":"2999-01-01"}""", "DATE_AHEAD")]
    [InlineData("""{"reason":"a test wants it","date":"yesterday"}""", "MALFORMED_REQUEST")]
    public async Task A_request_that_makes_no_sense_is_400(string body, string code)
    {
        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await Wallet.As(Administrator, "ADMINISTRATOR").PostAsync("/api/admin/wallets/reconcile", content);
        await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Only_administrators_see_and_start_it()
    {
        (await Wallet.As(User).GetAsync("/api/admin/wallets/reconciliation")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(Wallet.As(User))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Wallet.Anonymous().GetAsync("/api/admin/wallets/reconciliation")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
