using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>The wallet service for people who may try as many codes as they like, and what is done with coupons.</summary>
public sealed class CouponHost : WalletHost
{
    private int codes;

    public Guid Administrator { get; } = Guid.CreateVersion7();

    protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Coupons:AttemptsPerMinute", "10000")];

    public HttpClient AsAdministrator() => As(Administrator, "ADMINISTRATOR");

    public string NewCode() => $"CODE-{Interlocked.Increment(ref codes)}";

    public Task<HttpResponseMessage> AskForAsync(JsonObject coupon) =>
        AsAdministrator().PostAsync("/api/admin/coupons", new StringContent(coupon.ToJsonString(), Encoding.UTF8, "application/json"));

    public async Task<JsonNode> MakeAsync(JsonObject coupon) =>
        (await DataAsync(await AskForAsync(coupon), HttpStatusCode.Created))["coupon"]!;

    /// <summary>A coupon of credit.</summary>
    public Task<JsonNode> MakeCreditAsync(long amount = 25_000, int maxUses = 100, int perUser = 1, string type = "CREDIT_TOPUP") =>
        MakeAsync(new() { ["code"] = NewCode(), ["name"] = "A gift", ["type"] = type, ["creditAmount"] = amount, ["maxUses"] = maxUses,
            ["maxUsesPerUser"] = perUser });

    /// <summary>A coupon that takes a share off a price.</summary>
    public Task<JsonNode> MakeShareAsync(int percent, int maxUses = 100, int perUser = 1, Guid? service = null, string? plan = null) =>
        MakeAsync(new() { ["code"] = NewCode(), ["name"] = "Less", ["type"] = "SUBSCRIPTION_DISCOUNT", ["discountType"] = "PERCENTAGE",
            ["discountPercent"] = percent, ["maxUses"] = maxUses, ["maxUsesPerUser"] = perUser, ["serviceId"] = service?.ToString(),
            ["planType"] = plan });

    public Task<HttpResponseMessage> RedeemAsync(Guid user, string code, string? key = null)
    {
        var client = As(user);
        if (key is not null)
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
        return client.PostAsJsonAsync("/api/wallet/redeem-coupon", new { couponCode = code });
    }

    public async Task<JsonNode> ValidateAsync(Guid user, object question) =>
        (await DataAsync(await As(user).PostAsJsonAsync("/api/wallet/validate-coupon", question)))["validation"]!;

    public async Task<JsonArray> HistoryOfAsync(Guid user, string query = "") =>
        (await DataAsync(await As(user).GetAsync("/api/wallet/coupon-history" + query)))["redemptions"]!.AsArray();

    public async Task<JsonNode> FindAsync(JsonNode coupon) =>
        (await DataAsync(await AsAdministrator().GetAsync($"/api/admin/coupons/{(string?)coupon["id"]}")))["coupon"]!;

    public Task<HttpResponseMessage> ChangeAsync(JsonNode coupon, object change) =>
        AsAdministrator().PutAsJsonAsync($"/api/admin/coupons/{(string?)coupon["id"]}", change);

    public async Task<(string Status, int Used)> UseOfAsync(JsonNode coupon)
    {
        var now = await FindAsync(coupon);
        return ((string)now["status"]!, (int)now["usedCount"]!);
    }

    public ReserveCoupon Wish(Guid user, JsonNode coupon, long price = 50_000, Guid? service = null, string plan = "BASIC",
        TimeSpan? lasts = null) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), user, (string)coupon["code"]!, service ?? Guid.CreateVersion7(), plan,
        Money.Idr(price), Clock.GetUtcNow() + (lasts ?? TimeSpan.FromMinutes(15)));

    /// <summary>Reserves and expects a yes.</summary>
    public async Task<CouponReserved> ReserveAsync(ReserveCoupon wish)
    {
        await Bus.SayAsync(wish);
        return await Bus.HearsAsync<CouponReserved>(m => m.RedemptionId == wish.RedemptionId);
    }

    public async Task<string> RefusedAsync(ReserveCoupon wish)
    {
        await Bus.SayAsync(wish);
        return (await Bus.HearsAsync<CouponRefused>(m => m.RedemptionId == wish.RedemptionId)).Reason;
    }

    public async Task ReleaseAsync(ReserveCoupon wish)
    {
        await Bus.SayAsync(new ReleaseCoupon(wish.CorrelationId, wish.RedemptionId));
        await Bus.HearsAsync<CouponReleased>(m => m.RedemptionId == wish.RedemptionId);
    }

    public async Task<Guid> ConfirmAsync(ReserveCoupon wish, Guid? subscription = null)
    {
        var id = subscription ?? Guid.CreateVersion7();
        await Bus.SayAsync(new ConfirmCoupon(wish.CorrelationId, wish.RedemptionId, id));
        await Bus.HearsAsync<CouponConfirmed>(m => m.RedemptionId == wish.RedemptionId);
        return id;
    }

    public async Task KnowServiceAsync(Guid id, string name, long version = 1)
    {
        await Bus.SayAsync(new ServiceRevised(
            id, version, name, name.ToLowerInvariant(), $"{name} for everybody", null, "1", null, true, true,
            new(name.ToLowerInvariant(), name, "example/app:1", 8080, "/data", 1000, new("HTTP", "/", null), []), []));
        await Eventually.IsTrueAsync(async () =>
            await Database.QueryAsync<long>($"SELECT count(*) FROM wallet.services WHERE id = '{id}' AND version >= {version}") == 1);
    }

    /// <summary>Each coupon counts the uses that it has, and all that was credited is in the books.</summary>
    public async Task CouponsShouldAddUpAsync()
    {
        (await Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.coupons c WHERE c.used_count <> (SELECT count(*) FROM wallet.redemptions r
                WHERE r.coupon_id = c.id AND r.state IN ('RESERVED', 'CONFIRMED') AND NOT r.is_over_limit)
            """)).ShouldBe(0, "coupons that do not count their uses");
        (await Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.redemptions r WHERE r.credit_amount IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
                WHERE t.business_key = 'coupon:' || r.id AND e.account_id = 'bonus' AND e.amount = -r.credit_amount)
            """)).ShouldBe(0, "redemptions without their credit");
        await BooksShouldBalanceAsync();
    }
}
