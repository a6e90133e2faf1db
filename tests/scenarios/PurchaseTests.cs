using Platform.Scenarios.Customers;
using Platform.Scenarios.Running;

namespace Platform.Scenarios;

/// <summary>The main job: pay only for what runs, grow it, end it.</summary>
public sealed class PurchaseTests(RunningPlatform platform)
{
    private static readonly string[] MoneySteps =
        ["REQUESTED", "SEAT_RESERVED", "FUNDS_HELD", "DEPLOYING", "READY", "SEAT_CONFIRMED", "FUNDS_CAPTURED", "ACTIVE"];

    private static readonly string[] MachineSteps =
    [
        "NAMESPACE", "SECRET", "VOLUME", "DEPLOYMENT_APPLIED", "SERVICE", "INGRESS", "POD_SCHEDULED", "IMAGE_PULLED", "POD_READY",
        "ROUTE_LIVE",
    ];

    [Fact]
    public async Task A_purchase_is_paid_when_it_runs_grows_for_the_quoted_difference_and_leaves_nothing_behind()
    {
        using var customer = await platform.Shoppers.NewAsync(300_000);
        var (basic, pro) = (platform.Offers["n8n-automation/BASIC"], platform.Offers["n8n-automation/PRO"]);

        var purchase = await customer.BuyAsync(basic);
        var running = await purchase.IsRunningAsync();
        running.Timeline.Where(MoneySteps.Contains).ShouldBe(MoneySteps);
        running.Timeline.Skip(running.Timeline.ToList().IndexOf("DEPLOYING")).ShouldBeSubsetOf([.. MoneySteps, .. MachineSteps]);
        (await customer.WalletAsync()).ShouldBe(new Wallet(300_000 - basic.Price, 300_000 - basic.Price, 0));
        await platform.Books.AreCleanAsync();
        (await purchase.TimelineAsync()).Order().ShouldBe(MoneySteps.Concat(MachineSteps).Order(), "each step is told once");

        var metrics = (await customer.GetAsync($"subscriptions/{purchase.Id}/metrics")).Data;
        metrics.Number("cpu.limit").ShouldBe(1000);
        metrics.Number("memory.limit").ShouldBe(1024);
        metrics.Number("cpu.usage").ShouldBeInRange(1, 1000);

        var charge = await UpgradeAsync(purchase, pro);
        (await customer.WalletAsync()).ShouldBe(new Wallet(300_000 - basic.Price - charge, 300_000 - basic.Price - charge, 0));
        await platform.Books.AreCleanAsync();

        await purchase.CancelAsync();
        var ended = await purchase.IsEndedAsync();
        ended.Reason.ShouldBe("USER");
        ended.Instance.ShouldBe("TERMINATED");
        ended.Timeline.TakeLast(4).ShouldBe(["CANCEL_REQUESTED", "INSTANCE_DELETED", "SEAT_RELEASED", "CANCELLED"]);
        (await platform.Cluster.ContentAsync(customer.Id)).ShouldBeEmpty();
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_free_plan_runs_without_money_and_still_has_its_line_of_zero()
    {
        using var customer = await Customer.RegisterAsync(platform);
        var purchase = await customer.BuyAsync(platform.Offers["ghost-blog/FREE"]);
        await purchase.IsRunningAsync();
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_purchase_that_the_wallet_cannot_pay_is_refused_and_leaves_its_seat()
    {
        using var customer = await platform.Shoppers.NewAsync(10_000);
        var answer = await customer.SubscribeAsync(platform.Offers["n8n-automation/PRO"]);
        answer.Status.ShouldBe(402, answer.Text);
        (await customer.WalletAsync()).ShouldBe(new Wallet(10_000, 10_000, 0));
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_coupon_lowers_the_first_month_by_what_was_quoted_and_is_used_once()
    {
        var code = await platform.Coupons.MakeAsync(percent: 40, uses: 1);
        using var customer = await platform.Shoppers.NewAsync(300_000);
        var offer = platform.Offers["n8n-automation/BASIC"];
        var quote = (await customer.SendAsync(HttpMethod.Post, "subscriptions/quote",
            new { action = "create", planId = offer.PlanId, coupon = code })).Data;
        var total = offer.Price - offer.Price * 40 / 100;
        quote.Number("total").ShouldBe(total);

        var answer = await customer.SendAsync(HttpMethod.Post, "subscriptions",
            new { planId = offer.PlanId, quoteId = quote.Text("quoteId"), couponCode = code });
        var purchase = new Purchase(platform, customer, offer, Guid.Parse(answer.Data.Text("subscription.id")));
        await purchase.IsRunningAsync();

        (await customer.WalletAsync()).ShouldBe(new Wallet(300_000 - total, 300_000 - total, 0));
        await Until.SeenAsync(() => platform.Coupons.LookAsync(code), coupon => coupon is { Used: 1, Status: "USED_UP" },
            () => platform.DescribeAsync("wallet", "subscriptions"));
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_coupon_of_a_purchase_that_does_not_come_up_can_be_used_again()
    {
        var code = await platform.Coupons.MakeAsync(percent: 100, uses: 1);
        using var customer = await platform.Shoppers.NewAsync(10_000);
        var rule = await platform.Cluster.MakePodsAsync(customer.Id, "image-missing");
        try
        {
            var offer = platform.Offers["n8n-automation/BASIC"];
            var answer = await customer.SendAsync(HttpMethod.Post, "subscriptions", new { planId = offer.PlanId, couponCode = code });
            await new Purchase(platform, customer, offer, Guid.Parse(answer.Data.Text("subscription.id"))).IsEndedAsync();

            (await customer.WalletAsync()).ShouldBe(new Wallet(10_000, 10_000, 0));
            await Until.SeenAsync(() => platform.Coupons.LookAsync(code), coupon => coupon is { Used: 0, Status: "ACTIVE" },
                () => platform.DescribeAsync("wallet", "subscriptions"));
            await platform.Books.AreCleanAsync();
        }
        finally
        {
            await platform.Cluster.HealPodsAsync(rule);
        }
    }

    /// <returns>What was charged.</returns>
    private static async Task<long> UpgradeAsync(Purchase purchase, Offer pro)
    {
        var customer = purchase.Customer;
        var answer = await customer.SendAsync(HttpMethod.Post, "subscriptions/quote",
            new { action = "upgrade", subscriptionId = purchase.Id, planId = pro.PlanId });
        var quote = answer.Data.Find("quote") ?? answer.Data;
        // Bought a moment ago: all days of the period are left, so the difference is whole.
        quote.Number("total").ShouldBe(pro.Price - purchase.Offer.Price);

        _ = (await customer.SendAsync(HttpMethod.Put, $"subscriptions/{purchase.Id}/upgrade",
            new { newPlanId = pro.PlanId, quoteId = quote.Text("quoteId") })).Data;
        var upgraded = await purchase.BecomesAsync(
            state => state.IsRunning && state.PlanId == pro.PlanId.ToString(), "the new plan, running and healthy");
        upgraded.Timeline.SkipWhile(step => step != "UPGRADE_REQUESTED").Where(step => !MachineSteps.Contains(step))
            .ShouldBe(["UPGRADE_REQUESTED", "SEAT_RESERVED", "FUNDS_HELD", "RESIZING", "READY", "FUNDS_CAPTURED", "UPGRADED"]);
        return quote.Number("total");
    }
}
