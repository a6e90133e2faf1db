using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets.Tests;

public sealed class ToppingUpTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Opening_a_top_up_gives_a_payment_page_and_tells_the_gateway_what_it_must_know()
    {
        var opened =
            (await WalletHost.DataAsync(await wallet.AskTopUpAsync(user, 50_000, "E_WALLET"), HttpStatusCode.Created))["transaction"]!;

        var order = (Guid)opened["transactionId"]!;
        var request = wallet.Midtrans.Opened.Single(body => (string?)body["transaction_details"]!["order_id"] == order.ToString());
        ((long)request["transaction_details"]!["gross_amount"]!).ShouldBe(50_000);
        ((long)request["item_details"]![0]!["price"]!).ShouldBe(50_000);
        request["enabled_payments"]!.AsArray().Select(x => (string?)x).ShouldBe(["gopay", "shopeepay"]);
        var expiry = request["expiry"]!;
        ((int)expiry["duration"]!, (string?)expiry["unit"]).ShouldBe((60, "minute"));
        ((string?)expiry["start_time"]).ShouldBe(wallet.Clock.GetUtcNow().AddHours(7).ToString("yyyy-MM-dd HH:mm:ss '+0700'", null));
        ((string?)opened["paymentMethod"], (long)opened["amount"]!).ShouldBe(("E_WALLET", 50_000));
        opened["redirectUrl"]!.ToString().ShouldEndWith(opened["snapToken"]!.ToString());
        var line = await wallet.LineAsync(user, order);
        ((string?)line["status"], (string?)line["customId"]).ShouldBe(("PENDING", (string?)opened["customId"]));
        ((string?)line["metadata"]!["midtrans_token"]).ShouldBe((string?)opened["snapToken"]);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("9999")]
    [InlineData("10000001")]
    [InlineData("2147483648")]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775808")]
    [InlineData("10000.5")]
    [InlineData("1e4")]
    [InlineData("\"10000\"")]
    [InlineData("\"１００００\"")]
    [InlineData("１００００")]
    [InlineData("null")]
    [InlineData("[10000]")]
    [InlineData("true")]
    public async Task An_amount_that_is_not_a_whole_number_within_bounds_is_400_and_nothing_is_opened(string amount)
    {
        var opened = wallet.Midtrans.Opened.Count;
        var body = new StringContent($$"""{"amount":{{amount}},"paymentMethod":"QRIS"}""", Encoding.UTF8, "application/json");
        var answer = await wallet.As(user).PostAsync("/api/wallet/topup", body);

        var problem = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, problem);
        if (amount != "１００００")
            JsonNode.Parse(problem)!["errors"]!.AsObject().ShouldContain(field => field.Key == "amount");
        wallet.Midtrans.Opened.Count.ShouldBe(opened);
    }

    [Theory]
    [InlineData("""{"amount":10000}""")]
    [InlineData("""{"paymentMethod":"QRIS"}""")]
    [InlineData("""{"amount":10000,"paymentMethod":"CASH"}""")]
    [InlineData("""{"amount":10000,"paymentMethod":1}""")]
    [InlineData("""{"amount":10000,"paymentMethod":"QRIS","status":"COMPLETED"}""")]
    [InlineData("""{"amount":10000,"amount":20000,"paymentMethod":"QRIS"}""")]
    public async Task A_request_that_lacks_repeats_or_adds_fields_is_400(string body) =>
        (await wallet.As(user).PostAsync("/api/wallet/topup", new StringContent(body, Encoding.UTF8, "application/json")))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Ten_identical_requests_at_once_open_one_payment_and_get_the_same_token()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => wallet.AskTopUpAsync(user, 25_000)));

        var tokens = await Task.WhenAll(answers.Select(async answer =>
            (string?)(await WalletHost.DataAsync(answer, HttpStatusCode.Created))["transaction"]!["snapToken"]));
        tokens.Distinct().Count().ShouldBe(1);
        (await wallet.InScopeAsync(db => db.TopUps.CountAsync(t => t.UserId == user))).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_top_up_however_many_requests_run_at_once()
    {
        var key = Guid.CreateVersion7().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => wallet.AskTopUpAsync(user, 25_000, key: key)));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created || answer.StatusCode == HttpStatusCode.Conflict);

        wallet.Clock.Advance(TimeSpan.FromMinutes(2));
        var late = await WalletHost.DataAsync(await wallet.AskTopUpAsync(user, 25_000, key: key), HttpStatusCode.Created);
        var first = await WalletHost.DataAsync(answers.First(a => a.StatusCode == HttpStatusCode.Created), HttpStatusCode.Created);
        ((string?)late["transaction"]!["snapToken"]).ShouldBe((string?)first["transaction"]!["snapToken"]);
        (await wallet.InScopeAsync(db => db.TopUps.CountAsync(t => t.UserId == user))).ShouldBe(1);
        await WalletHost.ShouldRefuseAsync(await wallet.AskTopUpAsync(user, 26_000, key: key), HttpStatusCode.UnprocessableEntity,
            "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task Of_twenty_different_requests_at_once_five_open_and_the_rest_are_told_why_not()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => wallet.AskTopUpAsync(user, 20_000 + i)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await WalletHost.ShouldRefuseAsync(refused, HttpStatusCode.Conflict, "TOO_MANY_PENDING");
    }

    [Fact]
    public async Task Numbers_for_people_rise_and_find_the_transaction()
    {
        var orders = new List<Guid>();
        for (var i = 0; i < 4; i++)
            orders.Add(await wallet.OpenTopUpAsync(user, 30_000 + i));
        var numbers = new List<long>();
        foreach (var order in orders)
            numbers.Add(long.Parse(((string)(await wallet.LineAsync(user, order))["customId"]!)["TXMP-".Length..], null));

        numbers.ShouldBeInOrder(SortDirection.Ascending);
        numbers.Distinct().Count().ShouldBe(4);
        numbers[0].ShouldBeGreaterThanOrEqualTo(101);
        var found = await WalletHost.DataAsync(await wallet.As(user).GetAsync($"/api/wallet/transactions/TXMP-{numbers[2]}/status"));
        ((Guid)found["transaction"]!["id"]!).ShouldBe(orders[2]);
    }

    [Fact]
    public async Task Another_user_s_transaction_is_not_there()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var number = (string)(await wallet.LineAsync(user, order))["customId"]!;
        var stranger = wallet.As(Guid.CreateVersion7());

        foreach (var id in new[] { order.ToString(), number, "TXMP-0", "TXMP--1", "TXMP-９", "x", "%2e%2e", new string('9', 300) })
        {
            (await stranger.GetAsync($"/api/wallet/transactions/{id}/status")).StatusCode.ShouldBe(HttpStatusCode.NotFound, id);
            (await stranger.PostAsync($"/api/wallet/transactions/{id}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound, id);
        }

        (await wallet.StatusOfAsync(user, order)).ShouldBe("PENDING");
    }

    [Fact]
    public async Task The_owner_who_looks_finds_a_paid_top_up_credited_though_no_notification_came()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "settlement");

        var seen = (await WalletHost.DataAsync(await wallet.As(user).GetAsync($"/api/wallet/transactions/{order}/status")))["transaction"]!;

        ((string?)seen["status"], (string?)seen["midtransStatus"]!["status"]).ShouldBe(("COMPLETED", "settlement"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("pending")]
    public async Task A_pending_top_up_can_be_cancelled_whether_a_method_was_chosen_or_not(string? gatewayState)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        if (gatewayState is not null)
            wallet.Midtrans.Is(order, 50_000, gatewayState);

        var cancelled = await WalletHost.DataAsync(await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null));

        ((string?)cancelled["transaction"]!["status"]).ShouldBe("CANCELLED");
        await WalletHost.ShouldRefuseAsync(await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null),
            HttpStatusCode.Conflict, "NOT_PENDING");
    }

    [Fact]
    public async Task A_top_up_that_was_paid_in_the_moment_of_cancelling_is_credited_and_not_cancelled()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "settlement");

        await WalletHost.ShouldRefuseAsync(await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null),
            HttpStatusCode.Conflict, "NOT_PENDING");
        (await wallet.StatusOfAsync(user, order)).ShouldBe("COMPLETED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_cancellation_with_a_key_is_answered_alike_when_it_is_repeated()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var client = wallet.As(user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());

        for (var i = 0; i < 2; i++)
        {
            var cancelled = await WalletHost.DataAsync(await client.PostAsJsonAsync($"/api/wallet/transactions/{order}/cancel", new { }));
            ((string?)cancelled["transaction"]!["status"]).ShouldBe("CANCELLED");
        }
    }
}
