using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets.Tests;

public sealed class CouponAdministrationTests(CouponHost wallet) : IClassFixture<CouponHost>
{
    [Fact]
    public async Task A_new_coupon_has_all_that_was_asked_for_and_what_follows_from_it()
    {
        var service = Guid.CreateVersion7();
        await wallet.KnowServiceAsync(service, "Old", 3);
        await wallet.KnowServiceAsync(service, "Ghost", 4);
        await wallet.Bus.SayAsync(Revision(service, "Stale", 2));
        var code = wallet.NewCode();

        var coupon = await wallet.MakeAsync(new()
        {
            ["code"] = $" {code.ToLowerInvariant()} ", ["name"] = " Less ", ["description"] = "", ["type"] = "SUBSCRIPTION_DISCOUNT",
            ["discountType"] = "FIXED_AMOUNT", ["creditAmount"] = 30_000, ["discountPercent"] = 5, ["serviceId"] = service.ToString(),
            ["planType"] = "PRO", ["validFrom"] = "", ["validUntil"] = "2026-12-31T23:59:59+07:00",
        });

        coupon.AsObject().Select(member => member.Key).ShouldBe([
            "id", "code", "name", "description", "type", "status", "creditAmount", "discountType", "discountPercent", "maxUses",
            "usedCount", "maxUsesPerUser", "serviceId", "planType", "validFrom", "validUntil", "createdBy", "createdAt", "updatedAt",
            "service"]);
        ((string?)coupon["code"], (string?)coupon["name"], coupon["description"], (string?)coupon["status"]).ShouldBe(
            (code, "Less", null, "ACTIVE"));
        ((long)coupon["creditAmount"]!, coupon["discountPercent"], (int)coupon["maxUses"]!, (int)coupon["usedCount"]!,
            (int)coupon["maxUsesPerUser"]!).ShouldBe((30_000, null, 1, 0, 1));
        ((string?)coupon["validFrom"], (string?)coupon["validUntil"]).ShouldBe(
            ((string?)coupon["createdAt"], "2026-12-31T16:59:59.000Z"));
        ((Guid)coupon["createdBy"]!).ShouldBe(wallet.Administrator);
        ((string?)coupon["service"]!["name"], (string?)coupon["service"]!["slug"]).ShouldBe(("Ghost", "ghost"));
        (await AuditedAsync(coupon)).ShouldBe(["COUPON_CREATED"]);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("999")]
    [InlineData("10000001")]
    [InlineData("2147483648")]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775808")]
    [InlineData("10000.5")]
    [InlineData("1e4")]
    [InlineData("\"10000\"")]
    [InlineData("\"１００００\"")]
    [InlineData("true")]
    public async Task An_amount_that_is_not_a_whole_number_within_bounds_is_400_with_its_field_and_nothing_is_stored(string amount)
    {
        var (code, known) = (wallet.NewCode(), await wallet.MakeCreditAsync());
        var answers = new[]
        {
            await wallet.AsAdministrator().PostAsync("/api/admin/coupons", Json(
                $$"""{"code":"{{code}}","name":"A gift","type":"CREDIT_TOPUP","creditAmount":{{amount}}}""")),
            await wallet.AsAdministrator().PutAsync(
                $"/api/admin/coupons/{(string?)known["id"]}", Json($$"""{"creditAmount":{{amount}}}""")),
        };

        foreach (var answer in answers)
        {
            var problem = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, problem);
            JsonNode.Parse(problem)!["errors"]!.AsObject().Select(field => field.Key).ShouldBe(["creditAmount"], problem);
        }

        (await wallet.InScopeAsync(db => db.Coupons.CountAsync(c => c.Code == code))).ShouldBe(0);
        ((long)(await wallet.FindAsync(known))["creditAmount"]!).ShouldBe(25_000);
        (await AuditedAsync(known)).ShouldBe(["COUPON_CREATED"]);
    }

    [Theory]
    [InlineData("creditAmount", """{"type":"CREDIT_TOPUP"}""")]
    [InlineData("creditAmount", """{"type":"WELCOME_BONUS","discountType":"PERCENTAGE","discountPercent":5}""")]
    [InlineData("discountType", """{"type":"SUBSCRIPTION_DISCOUNT","creditAmount":5000}""")]
    [InlineData("creditAmount", """{"type":"SUBSCRIPTION_DISCOUNT","discountType":"FIXED_AMOUNT","discountPercent":5}""")]
    [InlineData("discountPercent", """{"type":"SUBSCRIPTION_DISCOUNT","discountType":"PERCENTAGE","creditAmount":5000}""")]
    [InlineData("discountPercent", """{"type":"SUBSCRIPTION_DISCOUNT","discountType":"PERCENTAGE","discountPercent":101}""")]
    [InlineData("serviceId", """{"type":"FREE_SERVICE"}""")]
    [InlineData("type", """{"type":"GIFT"}""")]
    [InlineData("planType", """{"type":"CREDIT_TOPUP","creditAmount":5000,"planType":"GOLD"}""")]
    [InlineData("maxUses", """{"type":"CREDIT_TOPUP","creditAmount":5000,"maxUses":0}""")]
    [InlineData("maxUses", """{"type":"CREDIT_TOPUP","creditAmount":5000,"maxUses":1000001}""")]
    [InlineData("maxUsesPerUser", """{"type":"CREDIT_TOPUP","creditAmount":5000,"maxUsesPerUser":101}""")]
    [InlineData("validUntil", """{"type":"CREDIT_TOPUP","creditAmount":5000,"validUntil":"2024-12-31T00:00:00Z"}""")]
    [InlineData("validUntil",
        """{"type":"CREDIT_TOPUP","creditAmount":5000,"validFrom":"2027-02-01T00:00:00Z","validUntil":"2027-01-01T00:00:00Z"}""")]
    [InlineData("validFrom", """{"type":"CREDIT_TOPUP","creditAmount":5000,"validFrom":"soon"}""")]
    [InlineData("name", """{"type":"CREDIT_TOPUP","creditAmount":5000,"name":" "}""")]
    [InlineData("name", """{"type":"CREDIT_TOPUP","creditAmount":5000,"name":"a\u0000b"}""")]
    [InlineData("code", """{"type":"CREDIT_TOPUP","creditAmount":5000,"code":"ＣＯＤＥ"}""")]
    public async Task What_does_not_fit_together_is_400_with_the_field_named(string field, string fields)
    {
        var wish = JsonNode.Parse(fields)!.AsObject();
        wish.TryAdd("code", wallet.NewCode());
        wish.TryAdd("name", "Something");

        var answer = await wallet.AskForAsync(wish);

        var problem = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, problem);
        JsonNode.Parse(problem)!["errors"]!.AsObject().Select(error => error.Key).ShouldBe([field], problem);
    }

    [Fact]
    public async Task A_code_belongs_to_one_coupon()
    {
        var coupon = await wallet.MakeCreditAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => wallet.AskForAsync(new()
        {
            ["code"] = ((string)coupon["code"]!).ToLowerInvariant(), ["name"] = "Twin", ["type"] = "CREDIT_TOPUP", ["creditAmount"] = 5_000,
        })));

        foreach (var answer in answers)
            await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.Conflict, "COUPON_CODE_TAKEN");
    }

    [Fact]
    public async Task What_a_coupon_is_worth_can_be_changed_until_somebody_uses_it_and_repeated_ever_after()
    {
        var coupon = await wallet.MakeCreditAsync(25_000, maxUses: 2);
        object Form(long amount, string type = "CREDIT_TOPUP") => new
        {
            name = "Edited", description = "", type, creditAmount = amount, discountType = "PERCENTAGE", discountPercent = 10,
            validFrom = "", validUntil = "",
        };
        var edited = (await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, Form(30_000))))["coupon"]!;
        ((string?)edited["name"], (long)edited["creditAmount"]!, edited["discountType"], (string?)edited["validFrom"]).ShouldBe(
            ("Edited", 30_000, null, (string?)coupon["validFrom"]));

        await WalletHost.DataAsync(await wallet.RedeemAsync(Guid.CreateVersion7(), (string)coupon["code"]!));

        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, Form(30_000)));
        await WalletHost.ShouldRefuseAsync(await wallet.ChangeAsync(coupon, Form(31_000)), HttpStatusCode.Conflict, "COUPON_REDEEMED");
        await WalletHost.ShouldRefuseAsync(
            await wallet.ChangeAsync(coupon, Form(30_000, "SUBSCRIPTION_DISCOUNT")), HttpStatusCode.Conflict, "COUPON_REDEEMED");
        var gone = await wallet.AsAdministrator().DeleteAsync($"/api/admin/coupons/{(string?)coupon["id"]}");
        await WalletHost.ShouldRefuseAsync(gone, HttpStatusCode.Conflict, "COUPON_REDEEMED");
        (await AuditedAsync(coupon)).ShouldBe(["COUPON_CREATED", "COUPON_CHANGED", "COUPON_CHANGED"]);
    }

    [Fact]
    public async Task The_limit_of_uses_follows_what_an_administrator_says_but_never_below_the_uses_taken()
    {
        var coupon = await wallet.MakeCreditAsync(maxUses: 2);
        foreach (var _ in Enumerable.Range(0, 2))
            await WalletHost.DataAsync(await wallet.RedeemAsync(Guid.CreateVersion7(), (string)coupon["code"]!));
        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 2));

        await WalletHost.ShouldRefuseAsync(await wallet.ChangeAsync(coupon, new { maxUses = 1 }), HttpStatusCode.Conflict,
            "COUPON_MAX_USES_TOO_LOW");
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { status = "ACTIVE" }));
        (await wallet.UseOfAsync(coupon)).Status.ShouldBe("USED_UP", "no use is left, whatever an administrator says");
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupon, new { maxUses = 3 }));
        (await wallet.UseOfAsync(coupon)).Status.ShouldBe("ACTIVE");
        await WalletHost.DataAsync(await wallet.RedeemAsync(Guid.CreateVersion7(), (string)coupon["code"]!));
    }

    [Fact]
    public async Task A_coupon_that_nobody_used_can_be_deleted_even_when_one_reservation_came_to_nothing()
    {
        var coupon = await wallet.MakeShareAsync(10);
        var wish = wallet.Wish(Guid.CreateVersion7(), coupon);
        await wallet.ReserveAsync(wish);
        var path = $"/api/admin/coupons/{(string?)coupon["id"]}";
        await WalletHost.ShouldRefuseAsync(await wallet.AsAdministrator().DeleteAsync(path), HttpStatusCode.Conflict, "COUPON_REDEEMED");
        await wallet.ReleaseAsync(wish);

        (await wallet.AsAdministrator().DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await WalletHost.ShouldRefuseAsync(await wallet.AsAdministrator().GetAsync(path), HttpStatusCode.NotFound, "COUPON_NOT_FOUND");
        (await AuditedAsync(coupon)).ShouldBe(["COUPON_CREATED", "COUPON_DELETED"]);
        (await wallet.RefusedAsync(wallet.Wish(Guid.CreateVersion7(), coupon))).ShouldBe("COUPON_UNKNOWN");
    }

    [Fact]
    public async Task Many_coupons_are_switched_off_at_once_and_each_change_is_on_record()
    {
        var coupons = new[] { await wallet.MakeCreditAsync(), await wallet.MakeCreditAsync(), await wallet.MakeCreditAsync() };
        await WalletHost.DataAsync(await wallet.ChangeAsync(coupons[2], new { status = "DISABLED" }));
        var ids = coupons.Select(coupon => (string?)coupon["id"]).Append(Guid.CreateVersion7().ToString()).ToList();

        var answer = await wallet.AsAdministrator()
            .PutAsJsonAsync("/api/admin/coupons/bulk-status", new { couponIds = ids, status = "DISABLED" });

        ((int)(await WalletHost.DataAsync(answer))["updatedCount"]!).ShouldBe(2);
        (await AuditedAsync(coupons[0])).ShouldBe(["COUPON_CREATED", "COUPON_STATUS_SET"]);
        (await AuditedAsync(coupons[2])).ShouldBe(["COUPON_CREATED", "COUPON_CHANGED"]);
        (await wallet.AsAdministrator().PutAsJsonAsync("/api/admin/coupons/bulk-status", new { couponIds = ids, status = "USED_UP" }))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wallet.AsAdministrator()
            .PutAsJsonAsync("/api/admin/coupons/bulk-status", new { couponIds = Array.Empty<string>(), status = "ACTIVE" }))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_list_is_narrowed_by_what_one_looks_for_literally()
    {
        var word = $"W{Guid.CreateVersion7():N}"[..20];
        foreach (var name in new[] { $"{word} 50%_off", $"{word} 500 off", "Other" })
        {
            await wallet.MakeAsync(new()
            {
                ["code"] = wallet.NewCode(), ["name"] = name, ["type"] = "CREDIT_TOPUP", ["creditAmount"] = 5_000,
            });
            wallet.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        var page = await ListAsync($"?search={word.ToLowerInvariant()}&limit=1&type=CREDIT_TOPUP&status=ACTIVE");
        page["pagination"]!.ToJsonString().ShouldBe("""{"currentPage":1,"totalPages":2,"totalCount":2,"hasMore":true}""");
        var newest = page["coupons"]![0]!;
        ((string?)newest["name"], newest["_count"]!.ToJsonString()).ShouldBe(($"{word} 500 off", """{"redemptions":0}"""));
        ((int)(await ListAsync($"?search={Uri.EscapeDataString("50%_")}"))["pagination"]!["totalCount"]!).ShouldBe(1);
        ((int)(await ListAsync($"?search={word}&status=DISABLED"))["pagination"]!["totalCount"]!).ShouldBe(0);
        ((int)(await ListAsync($"?search={word}&serviceId={Guid.CreateVersion7()}"))["pagination"]!["totalCount"]!).ShouldBe(0);
        (await wallet.AsAdministrator().GetAsync("/api/admin/coupons?search=%00")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wallet.AsAdministrator().GetAsync("/api/admin/coupons?limit=101")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_coupon_is_shown_with_who_has_used_it_and_the_statistics_count_that()
    {
        var (coupon, user) = (await wallet.MakeCreditAsync(maxUses: 1_000), Guid.CreateVersion7());
        await wallet.Bus.SayAsync(new Contracts.UserRevised(user, 1, "Siti", "siti@example.id", "USER", true, wallet.Clock.GetUtcNow()));
        await Testing.Eventually.IsTrueAsync(() => wallet.InScopeAsync(db => db.Users.AnyAsync(u => u.Id == user)));
        await WalletHost.DataAsync(await wallet.RedeemAsync(user, (string)coupon["code"]!));

        var redemption = (await wallet.FindAsync(coupon))["redemptions"]!.AsArray().ShouldHaveSingleItem()!;

        redemption["user"]!.ToJsonString().ShouldBe($$"""{"id":"{{user}}","name":"Siti","email":"siti@example.id"}""");
        ((string?)redemption["transaction"]!["customId"])!.ShouldStartWith("TXMP-");
        var week = (await WalletHost.DataAsync(await wallet.AsAdministrator().GetAsync("/api/admin/coupons/statistics?period=week")))
            ["statistics"]!;
        ((int)week["overview"]!["totalCoupons"]!).ShouldBeGreaterThanOrEqualTo(1);
        ((int)week["overview"]!["periodRedemptions"]!).ShouldBe(
            await wallet.InScopeAsync(db => db.Redemptions.CountAsync(r => r.State == RedemptionState.Confirmed)));
        ((int)week["redemptionsByType"]!["CREDIT_TOPUP"]!).ShouldBeGreaterThanOrEqualTo(1);
        week["topCoupons"]!.AsArray().Count.ShouldBeInRange(1, 10);
        var month = (await WalletHost.DataAsync(await wallet.AsAdministrator().GetAsync("/api/admin/coupons/statistics")))["statistics"]!;
        ((string?)month["period"], (string?)month["startDate"]).ShouldBe(("month", "2026-10-31T17:00:00.000Z"));
    }

    [Fact]
    public async Task Who_is_no_administrator_does_not_get_in()
    {
        var coupon = await wallet.MakeCreditAsync();
        var (user, one) = (wallet.As(Guid.CreateVersion7()), $"/api/admin/coupons/{(string?)coupon["id"]}");
        foreach (var answer in new[]
        {
            await user.GetAsync("/api/admin/coupons"), await user.GetAsync(one), await user.GetAsync("/api/admin/coupons/statistics"),
            await user.PostAsJsonAsync("/api/admin/coupons", new { }), await user.PutAsJsonAsync(one, new { }), await user.DeleteAsync(one),
            await user.PutAsJsonAsync("/api/admin/coupons/bulk-status", new { }),
        })
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await wallet.Anonymous().GetAsync("/api/admin/coupons")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await wallet.Anonymous().PostAsJsonAsync("/api/wallet/redeem-coupon", new { couponCode = "ABC" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<JsonNode> ListAsync(string query) =>
        await WalletHost.DataAsync(await wallet.AsAdministrator().GetAsync("/api/admin/coupons" + query));

    private Task<List<string>> AuditedAsync(JsonNode coupon)
    {
        var (id, administrator) = ((string)coupon["id"]!, wallet.Administrator);
        return wallet.InScopeAsync(db => db.Audit.Where(a => a.Target == id && a.Actor == administrator).OrderBy(a => a.At)
            .ThenBy(a => a.Action == "COUPON_CREATED" ? 0 : 1).ThenBy(a => a.Id).Select(a => a.Action).ToListAsync());
    }

    private static Contracts.ServiceRevised Revision(Guid id, string name, long version) => new(
        id, version, name, "stale", "An old one", null, "1", null, true, true,
        new("stale", name, "example/app:1", 8080, "/data", 1000, new("HTTP", "/", null), []), []);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
