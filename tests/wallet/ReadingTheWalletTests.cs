using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class ReadingTheWalletTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_new_user_has_an_empty_wallet_without_a_name()
    {
        var info = await wallet.WalletOfAsync(user);

        info.AsObject().Select(member => member.Key).ShouldBe(["userId", "userName", "email", "creditBalance", "available", "held", "debt",
            "totalTopUp", "totalSpent", "monthlySpending", "netBalance", "memberSince", "recentTransactions"]);
        ((string?)info["userName"], (string?)info["email"], info["memberSince"]).ShouldBe(("", "", null));
        info["recentTransactions"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_wallet_adds_up()
    {
        await wallet.TopUpAsync(user, 100_000);
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 30_000));
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 5_000, kind: "UPGRADE"));
        await wallet.HoldAsync(user, 20_000);

        var info = await wallet.WalletOfAsync(user);

        new[] { "creditBalance", "available", "held", "totalTopUp", "totalSpent", "monthlySpending", "netBalance" }
            .Select(name => (long)info[name]!)
            .ShouldBe([65_000, 45_000, 20_000, 100_000, 35_000, 35_000, 65_000]);
        info["recentTransactions"]!.AsArray().Select(t => (string?)t!["type"]).ShouldBe(["UPGRADE", "SUBSCRIPTION", "TOP_UP"]);
    }

    [Fact]
    public async Task The_newest_revision_of_a_user_is_shown_in_whatever_order_they_come()
    {
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await wallet.Bus.SayAsync(new UserRevised(user, 2, "Siti Nurhaliza", "siti@example.id", "USER", true, since));
        await Eventually.SeesAsync(() => wallet.WalletOfAsync(user), info => (string?)info["userName"] == "Siti Nurhaliza");

        await wallet.Bus.SayAsync(new UserRevised(user, 1, "Siti", "old@example.id", "USER", true, since));
        var (later, name) = (Guid.CreateVersion7(), "Budi");
        await wallet.Bus.SayAsync(new UserRevised(later, 1, name, "budi@example.id", "USER", true, since));
        await Eventually.SeesAsync(() => wallet.WalletOfAsync(later), info => (string?)info["userName"] == name);

        var wallets = await wallet.WalletOfAsync(user);
        ((string?)wallets["email"], (string?)wallets["memberSince"]).ShouldBe(("siti@example.id", "2026-01-02T03:04:05.000Z"));
        await wallet.OpenTopUpAsync(user, 10_000);
        wallet.Midtrans.Opened.Select(body => (string?)body["customer_details"]?["first_name"]).ShouldContain("Siti Nurhaliza");
    }

    [Fact]
    public async Task Transactions_are_filtered_and_paged()
    {
        for (var i = 0; i < 3; i++)
            await wallet.TopUpAsync(user, 40_000 + i);
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 30_000));
        await wallet.OpenTopUpAsync(user, 90_000);

        (await CountAsync("")).ShouldBe(5);
        (await CountAsync("?type=TOP_UP")).ShouldBe(4);
        (await CountAsync("?type=TOP_UP&status=COMPLETED")).ShouldBe(3);
        (await CountAsync("?type=COUPON_REDEMPTION")).ShouldBe(0);
        (await CountAsync("?status=REFUNDED")).ShouldBe(0);
        var tomorrow = wallet.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", null);
        (await CountAsync($"?startDate={tomorrow}")).ShouldBe(0);
        (await CountAsync($"?startDate=2020-01-01T00:00:00%2B07:00&endDate={tomorrow}")).ShouldBe(5);

        var page = await GetAsync("/transactions?page=2&limit=2");
        page["transactions"]!.AsArray().Count.ShouldBe(2);
        page["pagination"]!.ToJsonString().ShouldBe("""{"currentPage":2,"totalPages":3,"totalCount":5,"hasMore":true}""");
        ((int)page["totalPages"]!).ShouldBe(3);
        (await GetAsync("/transactions?page=3&limit=2"))["pagination"]!["hasMore"]!.GetValue<bool>().ShouldBeFalse();

        async Task<int> CountAsync(string query) => (int)(await GetAsync("/transactions" + query))["pagination"]!["totalCount"]!;
    }

    [Theory]
    [InlineData("/transactions?page=0")]
    [InlineData("/transactions?limit=101")]
    [InlineData("/transactions?limit=x")]
    [InlineData("/transactions?type=top_up")]
    [InlineData("/transactions?type=0")]
    [InlineData("/transactions?status=DONE")]
    [InlineData("/transactions?startDate=yesterday")]
    [InlineData("/transactions?startDate=2026-02-02&endDate=2026-02-01")]
    [InlineData("/transactions?startDate=2026-02-02T00:00:00%2B99:99")]
    [InlineData("/ledger?cursor=x")]
    [InlineData("/ledger?cursor=..%2f..%2f")]
    [InlineData("/ledger?limit=1000")]
    [InlineData("/statistics?period=hour")]
    public async Task A_query_that_makes_no_sense_is_400(string query)
    {
        var answer = await wallet.As(user).GetAsync("/api/wallet" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")]
    [InlineData("1900-01-01", "2100-01-01")]
    public async Task The_ends_of_time_are_dates_like_any_other(string start, string end)
    {
        await wallet.OpenTopUpAsync(user, 10_000);
        ((int)(await GetAsync($"/transactions?startDate={start}&endDate={end}"))["pagination"]!["totalCount"]!).ShouldBe(1);
    }

    [Fact]
    public async Task The_ledger_shows_both_sides_of_every_movement_page_by_page()
    {
        await wallet.TopUpAsync(user, 100_000);
        var hold = await wallet.HoldAsync(user, 30_000);
        await wallet.CaptureAsync(hold);
        await wallet.TopUpAsync(Guid.CreateVersion7(), 70_000);

        var kinds = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/ledger?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (var line in page["ledger"]!.AsArray())
            {
                kinds.Add((string?)line!["kind"]);
                line["entries"]!.AsArray().Sum(entry => (long)entry!["amount"]!).ShouldBe(0);
            }

            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        // All within one instant of the test's clock, so their order among themselves is not fixed.
        kinds.Order().ShouldBe(["CAPTURE", "HOLD", "TOP_UP"]);
        (await GetAsync("/ledger"))["ledger"]!.ToJsonString().ShouldContain(hold.HoldId.ToString());
    }

    [Fact]
    public async Task Open_holds_are_listed_until_they_end()
    {
        await wallet.TopUpAsync(user, 100_000);
        var (open, done) = (await wallet.HoldAsync(user, 30_000), await wallet.HoldAsync(user, 10_000));
        await wallet.CaptureAsync(done);

        var hold = (await GetAsync("/holds"))["holds"]!.AsArray().ShouldHaveSingleItem()!;
        ((Guid)hold["id"]!, (long)hold["amount"]!, (string?)hold["serviceName"]).ShouldBe((open.HoldId, 30_000, "n8n"));
    }

    [Fact]
    public async Task Credit_that_is_held_does_not_count_as_credit()
    {
        await wallet.TopUpAsync(user, 100_000);
        await wallet.HoldAsync(user, 30_000);

        var enough = await CheckAsync(70_000);
        ((bool)enough["hasSufficientCredit"]!, (long)enough["currentBalance"]!, (long)enough["shortfall"]!).ShouldBe((true, 70_000, 0));
        var tooMuch = await CheckAsync(70_001);
        ((bool)tooMuch["hasSufficientCredit"]!, (long)tooMuch["requiredAmount"]!, (long)tooMuch["shortfall"]!).ShouldBe((false, 70_001, 1));
        (await wallet.As(user).PostAsJsonAsync("/api/wallet/check-credit", new { amount = 0 })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);

        async Task<JsonNode> CheckAsync(long amount) =>
            (await WalletHost.DataAsync(await wallet.As(user).PostAsJsonAsync("/api/wallet/check-credit", new { amount })))["creditCheck"]!;
    }

    [Fact]
    public async Task Statistics_count_completed_transactions_by_type_and_period()
    {
        await wallet.TopUpAsync(user, 100_000);
        await wallet.TopUpAsync(user, 50_000);
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 30_000));
        await wallet.OpenTopUpAsync(user, 99_000);

        var statistics = (await GetAsync("/statistics?period=month"))["statistics"]!;
        statistics["overview"]!.ToJsonString().ShouldBe("""{"totalAmount":180000,"totalTransactions":3,"averageAmount":60000}""");
        statistics["byType"]!["TOP_UP"]!.ToJsonString().ShouldBe("""{"totalAmount":150000,"count":2}""");
        var month = wallet.Clock.GetUtcNow().AddHours(7).ToString("yyyy-MM", null);
        statistics["periodStats"]![month]!["byType"]!["SUBSCRIPTION"]!.ToJsonString().ShouldBe("""{"amount":30000,"count":1}""");
        statistics["recentActivity"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Payment_methods_are_for_everybody_and_everything_else_needs_a_token()
    {
        var methods = (await WalletHost.DataAsync(await wallet.Anonymous().GetAsync("/api/wallet/payment-methods")))["paymentMethods"]!
            .AsArray();
        methods.Select(method => (string?)method!["type"]).ShouldBe(["BANK_TRANSFER", "E_WALLET", "CREDIT_CARD", "QRIS"]);
        methods.Select(method => (string?)method!["icon"]).ShouldBe(["bank", "wallet", "credit-card", "qr-code"]);

        foreach (var path in new[] { "info", "transactions", "ledger", "holds", "statistics", "transactions/TXMP-101/status" })
            (await wallet.Anonymous().GetAsync($"/api/wallet/{path}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        foreach (var path in new[] { "topup", "check-credit", "transactions/TXMP-101/cancel" })
            (await wallet.Anonymous().PostAsJsonAsync($"/api/wallet/{path}", new { })).StatusCode
                .ShouldBe(HttpStatusCode.Unauthorized, path);
    }

    private async Task<JsonNode> GetAsync(string path) => await WalletHost.DataAsync(await wallet.As(user).GetAsync("/api/wallet" + path));
}
