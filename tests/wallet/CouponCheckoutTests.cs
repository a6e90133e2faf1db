using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class CouponCheckoutTests(CouponHost wallet) : IClassFixture<CouponHost>
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_reserved_coupon_that_is_confirmed_is_used_for_good_and_shows_its_subscription()
    {
        var coupon = await wallet.MakeShareAsync(33, maxUses: 1);
        var wish = wallet.Wish(user, coupon, price: 50_001);

        (await wallet.ReserveAsync(wish)).ShouldBe(
            new(wish.CorrelationId, wish.RedemptionId, (string)coupon["code"]!, Money.Idr(16_500)));
        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 1));
        (await wallet.HistoryOfAsync(user)).ShouldBeEmpty("a reservation is no redemption yet");
        var hold = await wallet.HoldAsync(user, 0);
        await wallet.CaptureAsync(hold);
        await wallet.ConfirmAsync(wish, hold.Item.SubscriptionId);

        var redemption = (await wallet.HistoryOfAsync(user)).ShouldHaveSingleItem()!;
        ((long)redemption["discountAmount"]!, redemption["creditAmount"], (string?)redemption["subscription"]!["service"]!["name"],
            (string?)redemption["subscription"]!["plan"]!["planType"]).ShouldBe((16_500, null, "n8n", "BASIC"));
        ((Guid)(await wallet.FindAsync(coupon))["redemptions"]![0]!["subscription"]!["id"]!).ShouldBe(hold.Item.SubscriptionId);
        (await wallet.RefusedAsync(wallet.Wish(user, coupon))).ShouldBe("ALREADY_REDEEMED");
        (await wallet.RefusedAsync(wallet.Wish(Guid.CreateVersion7(), coupon))).ShouldBe("COUPON_USED_UP");
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task Of_fifty_purchases_at_once_with_a_coupon_of_ten_uses_exactly_ten_get_the_discount()
    {
        var coupon = await wallet.MakeShareAsync(50, maxUses: 10);
        var wishes = Enumerable.Range(0, 50).Select(_ => wallet.Wish(Guid.CreateVersion7(), coupon)).ToList();

        await Task.WhenAll(wishes.Select(wish => wallet.Bus.SayAsync(wish)));

        var ids = wishes.Select(wish => wish.RedemptionId).ToHashSet();
        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponReserved>().Count(m => ids.Contains(m.RedemptionId))
            + wallet.Bus.All<CouponRefused>().Count(m => ids.Contains(m.RedemptionId))), answers => answers == 50);
        wallet.Bus.All<CouponReserved>().Where(m => ids.Contains(m.RedemptionId)).ShouldAllBe(m => m.Discount == Money.Idr(25_000));
        wallet.Bus.All<CouponRefused>().Where(m => ids.Contains(m.RedemptionId)).Select(m => m.Reason)
            .ShouldBe(Enumerable.Repeat("COUPON_USED_UP", 40));
        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 10));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task One_user_who_buys_twenty_times_at_once_uses_a_coupon_as_often_as_one_user_may()
    {
        var coupon = await wallet.MakeShareAsync(50, perUser: 2);
        var wishes = Enumerable.Range(0, 20).Select(_ => wallet.Wish(user, coupon)).ToList();

        await Task.WhenAll(wishes.Select(wish => wallet.Bus.SayAsync(wish)));

        var ids = wishes.Select(wish => wish.RedemptionId).ToHashSet();
        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponRefused>().Count(m => ids.Contains(m.RedemptionId) && m.Reason == "ALREADY_REDEEMED")), no => no == 18);
        wallet.Bus.All<CouponReserved>().Count(m => ids.Contains(m.RedemptionId)).ShouldBe(2);
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task A_reservation_that_is_asked_for_again_is_answered_alike_and_counted_once()
    {
        var coupon = await wallet.MakeShareAsync(10);
        var wish = wallet.Wish(user, coupon);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => wallet.Bus.SayAsync(wish)));

        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponReserved>().Count(m => m.RedemptionId == wish.RedemptionId)), count => count == 10);
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(1);
        await wallet.ConfirmAsync(wish);
        await wallet.Bus.SayAsync(wish);
        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponReserved>().Count(m => m.RedemptionId == wish.RedemptionId)), count => count == 11);
    }

    [Fact]
    public async Task A_refusal_stays_a_refusal_when_a_use_has_become_free_meanwhile()
    {
        var coupon = await wallet.MakeShareAsync(10, maxUses: 1);
        var first = wallet.Wish(Guid.CreateVersion7(), coupon);
        await wallet.ReserveAsync(first);
        var late = wallet.Wish(user, coupon);
        (await wallet.RefusedAsync(late)).ShouldBe("COUPON_USED_UP");

        await wallet.ReleaseAsync(first);
        await wallet.Bus.SayAsync(late);

        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponRefused>().Count(m => m.RedemptionId == late.RedemptionId)), count => count == 2);
        (await wallet.UseOfAsync(coupon)).ShouldBe(("ACTIVE", 0));
        await wallet.ReserveAsync(wallet.Wish(user, coupon));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task A_release_frees_the_use_once_however_often_it_comes()
    {
        var coupon = await wallet.MakeShareAsync(10, maxUses: 3);
        await wallet.ReserveAsync(wallet.Wish(Guid.CreateVersion7(), coupon));
        var wish = wallet.Wish(user, coupon);
        await wallet.ReserveAsync(wish);

        await Task.WhenAll(Enumerable.Range(0, 5)
            .Select(_ => wallet.Bus.SayAsync(new ReleaseCoupon(wish.CorrelationId, wish.RedemptionId))));

        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponReleased>().Count(m => m.RedemptionId == wish.RedemptionId)), count => count == 5);
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(1);
    }

    [Fact]
    public async Task A_reservation_that_was_released_before_it_came_is_refused_then_and_ever_after()
    {
        var coupon = await wallet.MakeShareAsync(10);
        var wish = wallet.Wish(user, coupon);
        await wallet.ReleaseAsync(wish);

        (await wallet.RefusedAsync(wish)).ShouldBe("REDEMPTION_ENDED");
        await wallet.Bus.SayAsync(wish);

        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponRefused>().Count(m => m.RedemptionId == wish.RedemptionId)), count => count == 2);
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(0);
        (await wallet.RefusedAsync(wallet.Wish(user, coupon, lasts: -Quarter))).ShouldBe("REDEMPTION_ENDED");
    }

    [Fact]
    public async Task A_use_that_nobody_confirmed_in_time_is_free_again()
    {
        var coupon = await wallet.MakeShareAsync(10, maxUses: 2);
        var (old, young) = (wallet.Wish(user, coupon), wallet.Wish(Guid.CreateVersion7(), coupon, lasts: Quarter + Quarter));
        await wallet.ReserveAsync(old);
        await wallet.ReserveAsync(young);

        wallet.Clock.Advance(Quarter);

        await Eventually.SeesAsync(() => wallet.UseOfAsync(coupon), use => use == ("ACTIVE", 1));
        await wallet.ReleaseAsync(old);
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(1, "a release after the end frees nothing more");
        await wallet.ReserveAsync(wallet.Wish(user, coupon));
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task A_confirmation_after_the_end_counts_the_use_again_as_long_as_one_is_left()
    {
        var coupon = await wallet.MakeShareAsync(10, maxUses: 1);
        var (late, later) = (wallet.Wish(user, coupon), wallet.Wish(Guid.CreateVersion7(), coupon));
        await wallet.ReserveAsync(late);
        wallet.Clock.Advance(Quarter);
        await Eventually.SeesAsync(() => wallet.UseOfAsync(coupon), use => use == ("ACTIVE", 0));
        later = later with { ExpiresAt = wallet.Clock.GetUtcNow() + Quarter };
        await wallet.ReserveAsync(later);
        await wallet.ReleaseAsync(later);

        await wallet.ConfirmAsync(late);
        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 1));
        await wallet.ConfirmAsync(later);

        (await wallet.UseOfAsync(coupon)).ShouldBe(("USED_UP", 1), "the limit of the store stands");
        (await wallet.FindAsync(coupon))["redemptions"]!.AsArray().Count.ShouldBe(2, "both discounts were given, and both are shown");
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task A_confirmed_use_is_not_released_and_one_that_nobody_knows_is_confirmed_and_never_comes_to_life()
    {
        var coupon = await wallet.MakeShareAsync(10);
        var used = wallet.Wish(user, coupon);
        await wallet.ReserveAsync(used);
        await wallet.ConfirmAsync(used);
        await wallet.Bus.SayAsync(new ReleaseCoupon(used.CorrelationId, used.RedemptionId));
        await Eventually.SeesAsync(() => Task.FromResult(
            wallet.Bus.All<CouponConfirmed>().Count(m => m.RedemptionId == used.RedemptionId)), count => count == 2);
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(1);

        var unknown = wallet.Wish(Guid.CreateVersion7(), coupon);
        await wallet.ConfirmAsync(unknown);
        (await wallet.RefusedAsync(unknown)).ShouldBe("REDEMPTION_ENDED");
        await wallet.CouponsShouldAddUpAsync();
    }

    [Fact]
    public async Task Service_type_of_plan_and_kind_of_coupon_are_enforced_when_one_buys()
    {
        var (n8n, ghost) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var coupon = await wallet.MakeShareAsync(10, service: n8n, plan: "PRO");
        (await wallet.RefusedAsync(wallet.Wish(user, coupon, service: ghost, plan: "PRO"))).ShouldBe("COUPON_WRONG_SERVICE");
        (await wallet.RefusedAsync(wallet.Wish(user, coupon, service: n8n, plan: "BASIC"))).ShouldBe("COUPON_WRONG_PLAN");
        (await wallet.RefusedAsync(wallet.Wish(user, await wallet.MakeCreditAsync()))).ShouldBe("COUPON_WRONG_TYPE");
        (await wallet.RefusedAsync(wallet.Wish(user, coupon) with { Code = "no code" })).ShouldBe("COUPON_UNKNOWN");
        await wallet.ReserveAsync(wallet.Wish(user, coupon, service: n8n, plan: "PRO"));
        (await wallet.UseOfAsync(coupon)).Used.ShouldBe(1);
    }

    [Theory]
    [InlineData("FIXED_AMOUNT", 30_000, 50_000, 30_000)]
    [InlineData("FIXED_AMOUNT", 30_000, 20_000, 20_000)]
    [InlineData("PERCENTAGE", 100, 49_999, 49_999)]
    [InlineData("PERCENTAGE", 1, 99, 0)]
    public async Task A_discount_is_what_was_promised_and_never_more_than_the_price(string kind, int worth, long price, long discount)
    {
        var coupon = await wallet.MakeAsync(new()
        {
            ["code"] = wallet.NewCode(), ["name"] = "Less", ["type"] = "SUBSCRIPTION_DISCOUNT", ["discountType"] = kind,
            [kind == "PERCENTAGE" ? "discountPercent" : "creditAmount"] = worth,
        });
        var wish = wallet.Wish(user, coupon, price);

        var answer = await wallet.Bus.AskAsync<GetCouponWorth, CouponWorth>(
            new(user, wish.Code.ToLowerInvariant(), wish.ServiceId, wish.PlanType, wish.Price));

        answer.ShouldBe(new(wish.Code, Money.Idr(discount), null));
        (await wallet.ReserveAsync(wish)).Discount.ShouldBe(Money.Idr(discount));
    }

    [Fact]
    public async Task A_free_service_costs_nothing_at_first_on_any_plan_of_that_service()
    {
        var ghost = Guid.CreateVersion7();
        var coupon = await wallet.MakeAsync(new()
        {
            ["code"] = wallet.NewCode(), ["name"] = "Free Ghost", ["type"] = "FREE_SERVICE", ["serviceId"] = ghost.ToString(),
        });

        (await wallet.RefusedAsync(wallet.Wish(user, coupon))).ShouldBe("COUPON_WRONG_SERVICE");
        (await wallet.ReserveAsync(wallet.Wish(user, coupon, 75_000, ghost, "ENTERPRISE"))).Discount.ShouldBe(Money.Idr(75_000));
        var worth = await wallet.Bus.AskAsync<GetCouponWorth, CouponWorth>(
            new(user, (string)coupon["code"]!, ghost, "BASIC", Money.Idr(1)));
        (worth.Discount, worth.Refusal).ShouldBe((Money.Zero, "ALREADY_REDEEMED"));
        (await wallet.Bus.AskAsync<GetCouponWorth, CouponWorth>(new(user, "NOBODY-KNOWS", ghost, "BASIC", Money.Idr(1)))).Refusal
            .ShouldBe("COUPON_UNKNOWN");
    }
}
