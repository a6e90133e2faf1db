using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class CouponWelcomeTests(CouponHost wallet) : IClassFixture<CouponHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Who_registers_gets_each_welcome_bonus_once_oldest_first_however_often_it_is_told()
    {
        var coupons = new List<JsonNode>();
        foreach (var amount in new[] { 20_000, 5_000 })
        {
            coupons.Add(await wallet.MakeCreditAsync(amount, type: "WELCOME_BONUS"));
            wallet.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        await RegisterAsync(Enumerable.Repeat(user, 10));

        await wallet.CouponsShouldAddUpAsync();
        foreach (var coupon in coupons)
            (await OwnUsesAsync(coupon, user)).ShouldBe(1);
        var lines = (await WalletHost.DataAsync(await wallet.As(user).GetAsync("/api/wallet/transactions?type=COUPON_REDEMPTION")))
            ["transactions"]!.AsArray();
        lines.Where(line => (string?)line!["description"] == $"Welcome bonus {(string?)coupons[0]["code"]}: A gift").Count().ShouldBe(1);
        var (first, second) = (Line(lines, coupons[0]), Line(lines, coupons[1]));
        ((long)first["amount"]!, (long)second["amount"]!).ShouldBe((20_000, 5_000));
        ((long)first["balanceAfter"]!).ShouldBeLessThanOrEqualTo((long)second["balanceBefore"]!);
        ((long)(await wallet.WalletOfAsync(user))["totalTopUp"]!).ShouldBe(0);
    }

    [Fact]
    public async Task A_bonus_that_is_used_up_or_over_or_switched_off_or_not_yet_there_is_left_out()
    {
        var now = wallet.Clock.GetUtcNow();
        var last = await wallet.MakeCreditAsync(3_000, maxUses: 1, type: "WELCOME_BONUS");
        var off = await wallet.MakeCreditAsync(4_000, type: "WELCOME_BONUS");
        await WalletHost.DataAsync(await wallet.ChangeAsync(off, new { status = "DISABLED" }));
        var over = await wallet.MakeCreditAsync(6_000, type: "WELCOME_BONUS");
        await WalletHost.DataAsync(await wallet.ChangeAsync(over, new { validFrom = now.AddDays(-2), validUntil = now.AddDays(-1) }));
        var coming = await wallet.MakeCreditAsync(7_000, type: "WELCOME_BONUS");
        await WalletHost.DataAsync(await wallet.ChangeAsync(coming, new { validFrom = now.AddDays(300) }));
        var good = await wallet.MakeCreditAsync(8_000, type: "WELCOME_BONUS");
        var people = Enumerable.Range(0, 8).Select(_ => Guid.CreateVersion7()).ToList();

        await RegisterAsync(people);

        (await wallet.UseOfAsync(last)).ShouldBe(("USED_UP", 1));
        (await wallet.UseOfAsync(off)).Used.ShouldBe(0);
        (await wallet.UseOfAsync(over)).Used.ShouldBe(0);
        (await wallet.UseOfAsync(coming)).Used.ShouldBe(0);
        foreach (var person in people)
            (await OwnUsesAsync(good, person)).ShouldBe(1);
        await wallet.CouponsShouldAddUpAsync();
    }

    /// <summary>Tells wallet of registrations at the same moment, and waits until it has dealt with each.</summary>
    private async Task RegisterAsync(params IEnumerable<Guid> people)
    {
        var all = people.ToList();
        var before = await HandledAsync();
        await Task.WhenAll(all.Select(person => wallet.Bus.SayAsync(new UserRegistered(person, wallet.Clock.GetUtcNow()))));
        await Eventually.SeesAsync(HandledAsync, handled => handled == before + all.Count);
    }

    private Task<long> HandledAsync() => wallet.Database.QueryAsync<long>("SELECT count(*) FROM wallet.inbox");

    private static JsonNode Line(JsonArray lines, JsonNode coupon) =>
        lines.Single(line => ((string)line!["description"]!).Contains((string)coupon["code"]! + ":", StringComparison.Ordinal))!;

    private async Task<int> OwnUsesAsync(JsonNode coupon, Guid person) =>
        (await wallet.HistoryOfAsync(person, "?limit=100")).Count(r => (string?)r!["couponId"] == (string?)coupon["id"]);
}
