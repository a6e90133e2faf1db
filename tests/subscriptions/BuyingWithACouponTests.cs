using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

public sealed class BuyingWithACouponTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_coupon_lowers_the_first_charge_and_nothing_else()
    {
        var key = Guid.CreateVersion7().ToString();
        var answer = await host.Subscribe(user, Basic, key, coupon: " save-10 ");

        var id = await answer.SubscriptionId();
        var data = await DataOf(answer);
        data["originalAmount"]!.GetValue<long>().ShouldBe(50_000);
        data["discountAmount"]!.GetValue<long>().ShouldBe(10_000);
        data["finalAmount"]!.GetValue<long>().ShouldBe(40_000);
        data["chargeAmount"]!.GetValue<long>().ShouldBe(40_000);
        data["couponApplied"]!.GetValue<bool>().ShouldBeTrue();
        data["isFreeService"]!.GetValue<bool>().ShouldBeFalse();
        data["discount"]!.ToJsonString().ShouldBe(
            """{"couponCode":"SAVE-10","originalAmount":50000,"discountAmount":10000,"finalAmount":40000}""");
        data.AsObject().ContainsKey("freeService").ShouldBeFalse();

        var reserved = host.Bus.All<ReserveCoupon>().Single(r => r.CorrelationId == id);
        (reserved.UserId, reserved.Code, reserved.ServiceId, reserved.PlanType, reserved.Price)
            .ShouldBe((user, "SAVE-10", Service, "BASIC", Money.Idr(50_000)));
        var held = host.Bus.All<HoldFunds>().Single(h => h.CorrelationId == id);
        held.Amount.ShouldBe(Money.Idr(40_000));
        held.Item.Description.ShouldBe("n8n Automation – Basic, first month, coupon SAVE-10");

        var running = await host.Reaches(user, id, "RUNNING");
        running["monthlyPrice"]!.GetValue<long>().ShouldBe(50_000, "renewals and upgrades go by the list price");
        running["lastChargeAmount"]!.GetValue<long>().ShouldBe(40_000);
        running["transactions"]![0]!["amount"]!.GetValue<long>().ShouldBe(40_000, "refunds are computed from what was captured");
        var confirmed = await host.Bus.HearsAsync<ConfirmCoupon>(c => c.CorrelationId == id);
        (confirmed.RedemptionId, confirmed.SubscriptionId).ShouldBe((reserved.RedemptionId, id));
        (await host.Bus.HearsAsync<SubscriptionActivated>(a => a.SubscriptionId == id)).Price.ShouldBe(Money.Idr(50_000));
        (await host.Timeline(user, id)).ShouldBe(
        [
            "REQUESTED", "SEAT_RESERVED", "COUPON_RESERVED", "FUNDS_HELD", "DEPLOYING", "READY", "SEAT_CONFIRMED", "FUNDS_CAPTURED",
            "ACTIVE",
        ]);

        (await (await host.Subscribe(user, Basic, key, coupon: " save-10 ")).SubscriptionId()).ShouldBe(id);
        host.Bus.All<ReserveCoupon>().Count(r => r.UserId == user).ShouldBe(1, "a repeated request is the same use of the coupon");
        await host.NothingIsParked();
        var upgrade = await host.Quote(user, new { action = "upgrade", subscriptionId = id, planId = Pro });
        upgrade["inputs"]!["oldPrice"]!.GetValue<long>().ShouldBe(50_000, "an upgrade cannot cash out the coupon");
    }

    [Fact]
    public async Task A_quote_shows_the_discount_and_the_purchase_charges_exactly_its_total()
    {
        host.Peers.CouponWorths[user] = w => new CouponWorth(w.Code, Money.Idr(12_500), null);
        host.Peers.Coupons[user] = r => new CouponReserved(r.CorrelationId, r.RedemptionId, r.Code, Money.Idr(12_500));

        var quote = await host.Quote(user, new { action = "create", planId = Basic, coupon = "save25" });

        quote["total"]!.GetValue<long>().ShouldBe(37_500);
        quote["balanceAfter"]!.GetValue<long>().ShouldBe(262_500);
        quote["lines"]!.ToJsonString().ShouldBe(
            """[{"text":"Basic, first month","amount":50000},{"text":"Coupon SAVE25","amount":-12500}]""");
        quote["inputs"]!.ToJsonString().ShouldBe("""{"monthlyPrice":50000,"discount":12500}""");
        host.Bus.All<ReserveCoupon>().ShouldNotContain(r => r.UserId == user, "a quote keeps nothing");

        var quoteId = quote["quoteId"]!.GetValue<Guid>();
        var id = await (await host.Subscribe(user, Basic, quote: quoteId)).SubscriptionId();
        host.Bus.All<ReserveCoupon>().Single(r => r.CorrelationId == id).Code.ShouldBe("SAVE25");
        host.Bus.All<HoldFunds>().Single(h => h.CorrelationId == id).Amount.ShouldBe(Money.Idr(37_500));
    }

    [Fact]
    public async Task Another_coupon_than_the_quotes_makes_the_quote_stale_and_the_same_one_does_not()
    {
        var plain = (await host.Quote(user, new { action = "create", planId = Basic }))["quoteId"]!.GetValue<Guid>();
        var lower = (await host.Quote(user, new { action = "create", planId = Basic, coupon = "SAVE10" }))["quoteId"]!.GetValue<Guid>();

        var other = await (await host.Subscribe(user, Basic, quote: lower, coupon: "SAVE99"))
            .ShouldBeRefused(HttpStatusCode.Conflict, "QUOTE_STALE");
        other["message"]!.GetValue<string>().ShouldContain("couponCode");
        await (await host.Subscribe(user, Basic, quote: plain, coupon: "SAVE10")).ShouldBeRefused(HttpStatusCode.Conflict, "QUOTE_STALE");
        (await host.Subscribe(user, Basic, quote: lower, coupon: "save10")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_discount_other_than_the_quoted_one_is_refused_as_stale_and_undone()
    {
        var quote = await host.Quote(user, new { action = "create", planId = Basic, coupon = "SAVE10" });
        host.Peers.Coupons[user] = r => new CouponReserved(r.CorrelationId, r.RedemptionId, r.Code, Money.Idr(9_999));

        var answer = await host.Subscribe(user, Basic, quote: quote["quoteId"]!.GetValue<Guid>());

        (await answer.ShouldBeRefused(HttpStatusCode.Conflict, "QUOTE_STALE"))["message"]!.GetValue<string>().ShouldContain("new quote");
        var reserved = host.Bus.All<ReserveCoupon>().Single(r => r.UserId == user);
        (await host.Bus.HearsAsync<ReleaseCoupon>(r => r.CorrelationId == reserved.CorrelationId))
            .RedemptionId.ShouldBe(reserved.RedemptionId);
        await host.Bus.HearsAsync<ReleaseSeat>(r => r.CorrelationId == reserved.CorrelationId);
        (await host.Reaches(user, reserved.CorrelationId, "ENDED"))["reason"]!.GetValue<string>().ShouldBe("QUOTE_STALE");
        host.Bus.All<HoldFunds>().ShouldNotContain(h => h.UserId == user);
        await host.NothingIsParked();
    }

    [Theory]
    [InlineData("COUPON_UNKNOWN")]
    [InlineData("COUPON_NOT_ACTIVE")]
    [InlineData("COUPON_NOT_YET_VALID")]
    [InlineData("COUPON_EXPIRED")]
    [InlineData("COUPON_USED_UP")]
    [InlineData("ALREADY_REDEEMED")]
    [InlineData("COUPON_WRONG_TYPE")]
    [InlineData("COUPON_WRONG_SERVICE")]
    [InlineData("COUPON_WRONG_PLAN")]
    [InlineData("COUPON_OF_A_LATER_RELEASE")]
    public async Task A_coupon_that_the_wallet_refuses_is_refused_with_its_code_and_nothing_stays(string code)
    {
        host.Peers.CouponWorths[user] = w => new CouponWorth(w.Code, Money.Zero, code);
        host.Peers.Coupons[user] = r => new CouponRefused(r.CorrelationId, r.RedemptionId, code);

        var quote = await host.As(user).PostAsJsonAsync(
            "/api/subscriptions/quote", new { action = "create", planId = Basic, coupon = "SAVE10" });
        (await quote.ShouldBeRefused(HttpStatusCode.UnprocessableEntity, code))["message"]!.GetValue<string>().ShouldNotBeNullOrEmpty();

        var answer = await host.Subscribe(user, Basic, coupon: "SAVE10");
        var body = await answer.ShouldBeRefused(HttpStatusCode.UnprocessableEntity, code);
        body["title"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        body["message"]!.GetValue<string>().ShouldNotBe(body["title"]!.GetValue<string>(), "the remedy is said too");
        var cancelled = await host.Bus.HearsAsync<SubscriptionCancelled>(c => c.UserId == user);
        cancelled.Reason.ShouldBe("COUPON_REFUSED");
        host.Bus.All<ReleaseSeat>().ShouldContain(r => r.CorrelationId == cancelled.SubscriptionId);
        host.Bus.All<HoldFunds>().ShouldNotContain(h => h.UserId == user);
        host.Bus.All<ReleaseCoupon>().ShouldNotContain(r => r.CorrelationId == cancelled.SubscriptionId, "there is nothing to give back");
        (await host.Timeline(user, cancelled.SubscriptionId))
            .ShouldBe(["REQUESTED", "SEAT_RESERVED", "COUPON_REFUSED", "SEAT_RELEASED", "CANCELLED"]);

        (await host.Subscribe(user, Basic)).StatusCode.ShouldBe(HttpStatusCode.Created, "without the coupon the plan can be bought");
    }

    [Fact]
    public async Task No_quote_with_a_coupon_is_given_while_the_wallet_does_not_answer()
    {
        host.Peers.CouponWorths[user] = _ => null;

        var answer = await host.As(user).PostAsJsonAsync(
            "/api/subscriptions/quote", new { action = "create", planId = Basic, coupon = "SAVE10" });

        var body = await answer.ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE");
        body["message"]!.GetValue<string>().ShouldContain("coupon");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        (await host.Quote(user, new { action = "create", planId = Basic }))["total"]!.GetValue<long>().ShouldBe(50_000);
    }

    [Fact]
    public async Task A_coupon_may_take_off_the_whole_price_and_nothing_is_charged()
    {
        host.Peers.CouponWorths[user] = w => new CouponWorth(w.Code, w.Price, null);
        host.Peers.Coupons[user] = r => new CouponReserved(r.CorrelationId, r.RedemptionId, r.Code, r.Price);
        var quote = await host.Quote(user, new { action = "create", planId = Basic, coupon = "FREEN8N" });
        quote["total"]!.GetValue<long>().ShouldBe(0);

        var answer = await host.Subscribe(user, Basic, quote: quote["quoteId"]!.GetValue<Guid>());

        var id = await answer.SubscriptionId();
        var data = await DataOf(answer);
        data["chargeAmount"]!.GetValue<long>().ShouldBe(0);
        data["isFreeService"]!.GetValue<bool>().ShouldBeTrue();
        data["freeService"]!["freeServiceValue"]!.GetValue<long>().ShouldBe(50_000);
        var running = await host.Reaches(user, id, "RUNNING");
        running["lastChargeAmount"]!.GetValue<long>().ShouldBe(0);
        running["monthlyPrice"]!.GetValue<long>().ShouldBe(50_000);
        host.Bus.All<HoldFunds>().Single(h => h.CorrelationId == id).Amount.ShouldBe(Money.Zero);
        await host.Bus.HearsAsync<ConfirmCoupon>(c => c.CorrelationId == id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AB")]
    [InlineData("SAVE 10")]
    [InlineData("SAVE10'--")]
    [InlineData("ＳＡＶＥ１０")]
    [InlineData("ſave10")]
    [InlineData("SAVEıO")]
    [InlineData("A23456789012345678901234567890123456789012345678901")]
    public async Task A_code_that_no_coupon_can_have_is_malformed_and_its_field_is_named(string code)
    {
        var purchase = await host.Subscribe(user, Basic, coupon: code);
        var quote = await host.As(user).PostAsJsonAsync(
            "/api/subscriptions/quote", new { action = "create", planId = Basic, coupon = code });

        var bought = await purchase.ShouldBeRefused(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        bought["errors"]!["couponCode"]![0]!.GetValue<string>().ShouldStartWith("couponCode must have 3 to 50 characters");
        var quoted = await quote.ShouldBeRefused(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        quoted["errors"]!["coupon"]![0]!.GetValue<string>().ShouldStartWith("coupon must have 3 to 50 characters");
    }

    [Fact]
    public async Task A_coupon_goes_with_a_purchase_only()
    {
        var id = await host.SubscribedAndActive(user, Basic);

        var answer = await host.As(user).PostAsJsonAsync(
            "/api/subscriptions/quote", new { action = "upgrade", subscriptionId = id, planId = Pro, coupon = "SAVE10" });

        (await answer.ShouldBeRefused(HttpStatusCode.BadRequest, "VALIDATION_FAILED"))["message"]!.GetValue<string>()
            .ShouldContain("coupon");
    }

    [Fact]
    public async Task A_purchase_without_a_coupon_says_nothing_about_coupons()
    {
        var answer = await host.Subscribe(user, Basic);
        var id = await answer.SubscriptionId();
        var data = await DataOf(answer);
        data["couponApplied"]!.GetValue<bool>().ShouldBeFalse();
        data.AsObject().ContainsKey("discount").ShouldBeFalse();
        await host.Reaches(user, id, "RUNNING");
        host.Peers.Deployments[user] = m => new InstanceFailed(m.CorrelationId, m.InstanceId, m.Generation, "IMAGE_UNAVAILABLE",
            "The image cannot be pulled.", host.Clock.GetUtcNow());
        var undone = await (await host.Subscribe(user, OtherPlan)).SubscriptionId();
        await host.Reaches(user, undone, "ENDED");
        await host.NothingIsParked();

        foreach (var one in new[] { id, undone })
        {
            host.Bus.All<ReserveCoupon>().ShouldNotContain(m => m.CorrelationId == one);
            host.Bus.All<ConfirmCoupon>().ShouldNotContain(m => m.CorrelationId == one);
            host.Bus.All<ReleaseCoupon>().ShouldNotContain(m => m.CorrelationId == one);
        }
    }

    private static async Task<JsonNode> DataOf(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!;
}
