using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Wallets.Tests;

public sealed class CouponRedeemingTests(CouponHost wallet) : IClassFixture<CouponHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_coupon_of_credit_arrives_in_the_wallet_with_its_line_and_is_no_top_up()
    {
        await wallet.TopUpAsync(user, 40_000);
        var coupon = await wallet.MakeCreditAsync(25_000);
        var code = (string)coupon["code"]!;

        var answer = await wallet.RedeemAsync(user, $" {code.ToLowerInvariant()} ");

        var redemption = (await WalletHost.DataAsync(answer))["redemption"]!;
        ((bool)redemption["success"]!, (string?)redemption["couponCode"], (string?)redemption["couponName"],
            (long)redemption["creditAmount"]!, (long)redemption["newBalance"]!).ShouldBe((true, code, "A gift", 25_000, 65_000));
        var line = await wallet.LineAsync(user, (Guid)redemption["transactionId"]!);
        ((string?)line["type"], (string?)line["paymentMethod"], (string?)line["status"], (long)line["balanceBefore"]!,
            (long)line["balanceAfter"]!).ShouldBe(("COUPON_REDEMPTION", "COUPON_REDEMPTION", "COMPLETED", 40_000, 65_000));
        var info = await wallet.WalletOfAsync(user);
        ((long)info["totalTopUp"]!, (long)info["totalSpent"]!, (long)info["creditBalance"]!).ShouldBe((40_000, 0, 65_000));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task Of_fifty_people_at_once_who_redeem_a_coupon_with_ten_uses_exactly_ten_get_it()
    {
        var coupon = await wallet.MakeCreditAsync(10_000, maxUses: 10);
        var people = Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7()).ToList();

        var answers = await Task.WhenAll(people.Select(person => wallet.RedeemAsync(person, (string)coupon["code"]!)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(10);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await WalletHost.ShouldRefuseAsync(refused, HttpStatusCode.UnprocessableEntity, "COUPON_USED_UP");
        var balances = await Task.WhenAll(people.Select(wallet.BalanceOfAsync));
        balances.Sum(balance => balance.Available).ShouldBe(100_000);
        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 10));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_user_who_redeems_a_coupon_twenty_times_at_once_gets_it_as_often_as_one_user_may(int perUser)
    {
        var coupon = await wallet.MakeCreditAsync(10_000, perUser: perUser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => wallet.RedeemAsync(user, (string)coupon["code"]!)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(perUser);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await WalletHost.ShouldRefuseAsync(refused, HttpStatusCode.Conflict, "ALREADY_REDEEMED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((perUser * 10_000, 0));
        (await wallet.UseOfAsync(coupon)).ShouldBe(("ACTIVE", perUser));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task A_request_that_is_sent_again_with_its_key_is_answered_alike_and_credited_once()
    {
        var coupon = await wallet.MakeCreditAsync(10_000, perUser: 5);
        var first = await WalletHost.DataAsync(await wallet.RedeemAsync(user, (string)coupon["code"]!, "one-key"));
        var again = await WalletHost.DataAsync(await wallet.RedeemAsync(user, (string)coupon["code"]!, "one-key"));

        again.ToJsonString().ShouldBe(first.ToJsonString());
        (await wallet.BalanceOfAsync(user)).ShouldBe((10_000, 0));
    }

    [Fact]
    public async Task Each_reason_not_to_redeem_has_its_own_code()
    {
        await RefusedAsync("NOBODY-KNOWS", "COUPON_UNKNOWN");
        await RefusedAsync((string)(await wallet.MakeShareAsync(10))["code"]!, "COUPON_WRONG_TYPE");

        var coupon = await wallet.MakeCreditAsync();
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { status = "DISABLED" }));
        await RefusedAsync((string)coupon["code"]!, "COUPON_NOT_ACTIVE");
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { status = "EXPIRED" }));
        await RefusedAsync((string)coupon["code"]!, "COUPON_EXPIRED");
        var tomorrow = wallet.Clock.GetUtcNow().AddDays(1);
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { status = "ACTIVE", validFrom = tomorrow }));
        await RefusedAsync((string)coupon["code"]!, "COUPON_NOT_YET_VALID");
        var yesterday = wallet.Clock.GetUtcNow().AddDays(-1);
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { validFrom = yesterday.AddDays(-1), validUntil = yesterday }));
        await RefusedAsync((string)coupon["code"]!, "COUPON_EXPIRED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(0);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("WITH BLANK")]
    [InlineData("ＣＯＤＥ１")]
    [InlineData("'; DROP TABLE coupons")]
    public async Task What_is_no_code_at_all_is_400_with_the_field_named(string code)
    {
        var answer = await wallet.RedeemAsync(user, code);

        await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("couponCode");
    }

    [Fact]
    public async Task Checking_a_coupon_says_what_it_is_worth_and_what_it_is_limited_to()
    {
        var (n8n, ghost) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await wallet.KnowServiceAsync(n8n, "N8N");
        var coupon = await wallet.MakeShareAsync(33, maxUses: 7, service: n8n, plan: "PRO");
        var code = (string?)coupon["code"];

        var open = await wallet.ValidateAsync(user, new { couponCode = code, subscriptionAmount = 50_001 });

        ((bool)open["valid"]!, (string?)open["error"]).ShouldBe((true, null));
        var told = open["coupon"]!;
        ((long)told["potentialValue"]!, (string?)told["valueDescription"]).ShouldBe(
            (16_500, "33 % off the first month, only for the service N8N and plans of the type PRO"));
        ((string?)told["service"]!["slug"], told["validUntil"]).ShouldBe(("n8n", null));
        told["usageInfo"]!.ToJsonString().ShouldBe("""{"used":0,"maxUses":7,"userUsed":0,"maxPerUser":1}""");
        told.AsObject().Select(member => member.Key).ShouldBe([
            "id", "code", "name", "description", "type", "discountType", "potentialValue", "valueDescription", "service", "validUntil",
            "usageInfo"]);
        var elsewhere = await wallet.ValidateAsync(user, new { couponCode = code, serviceId = ghost });
        ((bool)elsewhere["valid"]!, elsewhere["coupon"]!["potentialValue"]).ShouldBe((false, null));
        ((string?)elsewhere["error"]).ShouldNotBeNull().ShouldContain("another service");
        ((bool)(await wallet.ValidateAsync(user, new { couponCode = code, serviceId = n8n }))["valid"]!).ShouldBeTrue();
        (await wallet.ValidateAsync(user, new { couponCode = "NOBODY-KNOWS" })).AsObject().Select(member => member.Key)
            .ShouldBe(["valid", "error"]);
    }

    [Fact]
    public async Task The_history_shows_what_one_has_redeemed_and_nobody_elses()
    {
        var (gift, bonus) = (await wallet.MakeCreditAsync(10_000), await wallet.MakeCreditAsync(5_000, type: "WELCOME_BONUS"));
        await WalletHost.DataAsync(await wallet.RedeemAsync(user, (string)gift["code"]!));
        wallet.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await WalletHost.DataAsync(await wallet.RedeemAsync(user, (string)bonus["code"]!));
        var refused = wallet.Wish(user, gift);
        (await wallet.RefusedAsync(refused)).ShouldBe("COUPON_WRONG_TYPE");

        var history = await wallet.HistoryOfAsync(user);

        history.Select(r => (string?)r!["coupon"]!["code"]).ShouldBe([(string?)bonus["code"], (string?)gift["code"]]);
        var last = history[1]!;
        ((string?)last["redemptionType"], (long)last["creditAmount"]!, last["discountAmount"], last["subscription"]).ShouldBe(
            ("CREDIT_TOPUP", 10_000, null, null));
        var line = last["transaction"]!;
        ((string?)line["id"], (string?)line["status"]).ShouldBe(((string?)last["transactionId"], "COMPLETED"));
        last.AsObject().Select(member => member.Key).ShouldBe([
            "id", "couponId", "userId", "redemptionType", "creditAmount", "discountAmount", "transactionId", "subscriptionId", "metadata",
            "redeemedAt", "coupon", "transaction", "subscription"]);
        (await wallet.HistoryOfAsync(user, "?type=WELCOME_BONUS")).Count.ShouldBe(1);
        var second = (await wallet.HistoryOfAsync(user, "?limit=1&page=2")).ShouldHaveSingleItem()!;
        ((string?)second["coupon"]!["code"]).ShouldBe((string?)gift["code"]);
        (await wallet.HistoryOfAsync(Guid.CreateVersion7())).ShouldBeEmpty();
        var page = await WalletHost.DataAsync(await wallet.As(user).GetAsync("/api/wallet/coupon-history?limit=1"));
        page["pagination"]!.ToJsonString().ShouldBe("""{"currentPage":1,"totalPages":2,"totalCount":2,"hasMore":true}""");
    }

    private async Task RefusedAsync(string code, string reason) =>
        await WalletHost.ShouldRefuseAsync(await wallet.RedeemAsync(user, code), HttpStatusCode.UnprocessableEntity, reason);
}

public sealed class CouponAttemptsTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    [Fact]
    public async Task Who_tries_an_eleventh_code_within_a_minute_has_to_wait_and_nobody_else()
    {
        var (guesser, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        for (var i = 0; i < 10; i++)
        {
            var path = i % 2 == 0 ? "validate-coupon" : "redeem-coupon";
            (await TryAsync(guesser, path, i)).StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
        }

        var eleventh = await TryAsync(guesser, "validate-coupon", 10);
        await WalletHost.ShouldRefuseAsync(eleventh, HttpStatusCode.TooManyRequests, "TOO_MANY_ATTEMPTS");
        eleventh.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await TryAsync(guesser, "redeem-coupon", 11)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await wallet.As(guesser).GetAsync("/api/wallet/info")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TryAsync(other, "validate-coupon", 0)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> TryAsync(Guid user, string path, int guess) =>
        wallet.As(user).PostAsJsonAsync($"/api/wallet/{path}", new JsonObject { ["couponCode"] = $"GUESS-{guess}" });
}
