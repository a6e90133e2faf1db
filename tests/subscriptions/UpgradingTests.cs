using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

public sealed class UpgradingTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>, IDisposable
{
    private readonly Guid user = Guid.CreateVersion7();

    // The scripts of resizes are the host's; each test leaves them as it found them.
    public void Dispose()
    {
        host.Peers.Resizes = r => Peers.Ready(r.CorrelationId, r.InstanceId, r.Generation);
        host.Peers.Captures = Peers.Captured;
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_upgrade_charges_what_was_quoted_after_the_new_size_is_live_and_gives_the_old_seat_back()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        var quote = await host.Quote(user, new { action = "upgrade", subscriptionId = id, planId = Pro });

        var answer = await Upgrade(id, Pro, quote["quoteId"]!.GetValue<Guid>());

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var held = host.Bus.All<HoldFunds>().Single(h => h.UserId == user && h.Item.Kind == "UPGRADE");
        held.Amount.Rupiah.ShouldBe(quote["total"]!.GetValue<long>());
        var upgraded = await host.Bus.HearsAsync<SubscriptionUpgraded>(u => u.SubscriptionId == id);
        (upgraded.FromPlanId, upgraded.ToPlanId).ShouldBe((Basic, Pro));
        var subscription = await host.Reaches(user, id, "RUNNING");
        subscription["planId"]!.GetValue<Guid>().ShouldBe(Pro);
        subscription["previousPlanId"]!.GetValue<Guid>().ShouldBe(Basic);
        subscription["monthlyPrice"]!.GetValue<long>().ShouldBe(150_000);
        subscription["endDate"]!.GetValue<string>().ShouldBe("2026-12-02T03:05:00.000Z", "period dates do not change");
        await host.Bus.HearsAsync<ReleaseSeat>(r => r.PlanId == Basic && r.CorrelationId == held.CorrelationId);
        host.Bus.All<CaptureHold>().Single(c => c.CorrelationId == held.CorrelationId).BusinessKey.ShouldStartWith($"upgrade:{id}:");
    }

    [Fact]
    public async Task A_new_size_that_does_not_come_up_leaves_plan_size_and_money_as_they_were()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        var first = true;
        host.Peers.Resizes = r =>
        {
            if (r.Generation != 2 || !first)
                return Peers.Ready(r.CorrelationId, r.InstanceId, r.Generation);
            first = false;
            return new InstanceFailed(
                r.CorrelationId, r.InstanceId, r.Generation, "UNSCHEDULABLE", "No node has room.", host.Clock.GetUtcNow());
        };

        (await Upgrade(id, Pro)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await host.Bus.HearsAsync<ResizeInstance>(r => r.Generation == 3);
        var subscription = await host.Reaches(user, id, "RUNNING");
        subscription["planId"]!.GetValue<Guid>().ShouldBe(Basic);
        subscription["reason"]!.GetValue<string>().ShouldBe("UPGRADE_FAILED");
        subscription["transactions"]!.AsArray().Count.ShouldBe(1, "the purchase only");
        (await host.Timeline(user, id))[^1].ShouldBe("UPGRADE_REVERTED");
        host.Bus.All<SubscriptionUpgraded>().ShouldNotContain(u => u.SubscriptionId == id);
    }

    [Fact]
    public async Task A_new_size_that_is_late_is_taken_back()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        host.Peers.Resizes = r => r.Generation == 2 ? null : Peers.Ready(r.CorrelationId, r.InstanceId, r.Generation);
        (await Upgrade(id, Pro)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await host.Bus.HearsAsync<ResizeInstance>(r => r.Generation == 2);
        await (await Upgrade(id, Pro)).ShouldBeRefused(HttpStatusCode.Conflict, "CHANGE_IN_PROGRESS");
        await (await host.As(user).DeleteAsync($"/api/subscriptions/{id}")).ShouldBeRefused(HttpStatusCode.Conflict, "CHANGE_IN_PROGRESS");

        host.Clock.Advance(TimeSpan.FromMinutes(10));

        (await host.Reaches(user, id, "RUNNING"))["planId"]!.GetValue<Guid>().ShouldBe(Basic);
    }

    [Fact]
    public async Task Too_little_credit_for_an_upgrade_is_answered_with_what_lacks()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        host.Peers.Funds[user] = m => new FundsRefused(m.CorrelationId, m.HoldId, "INSUFFICIENT_CREDIT", Money.Idr(1), m.Amount);

        await (await Upgrade(id, Pro)).ShouldBeRefused(HttpStatusCode.PaymentRequired, "INSUFFICIENT_CREDIT");

        await host.Reaches(user, id, "RUNNING");
        host.Bus.All<ResizeInstance>().ShouldNotContain(r => r.InstanceId == InstanceOf(id));
    }

    [Fact]
    public async Task Only_a_higher_tier_of_the_same_service_is_an_upgrade()
    {
        var id = await host.SubscribedAndActive(user, Basic);

        await (await Upgrade(id, Free)).ShouldBeRefused(HttpStatusCode.Conflict, "NOT_AN_UPGRADE");
        await (await Upgrade(id, Basic)).ShouldBeRefused(HttpStatusCode.Conflict, "NOT_AN_UPGRADE");
        await (await Upgrade(id, OtherPlan)).ShouldBeRefused(HttpStatusCode.UnprocessableEntity, "DIFFERENT_SERVICE");
    }

    [Fact]
    public async Task Two_upgrades_at_once_are_one()
    {
        var id = await host.SubscribedAndActive(user, Basic);

        var answers = await Task.WhenAll(Upgrade(id, Pro), Upgrade(id, Pro), Upgrade(id, Pro));

        answers.Count(a => a.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        await host.Reaches(user, id, "RUNNING");
        host.Bus.All<HoldFunds>().Count(h => h.UserId == user && h.Item.Kind == "UPGRADE").ShouldBe(1);
    }

    [Fact]
    public async Task From_a_free_plan_the_full_price_starts_a_new_period()
    {
        var id = await host.SubscribedAndActive(user, Free);

        var quote = await host.Quote(user, new { action = "upgrade", subscriptionId = id, planId = Basic });
        quote["total"]!.GetValue<long>().ShouldBe(50_000);
    }

    private Guid InstanceOf(Guid subscription) =>
        host.Bus.All<ProvisionInstance>().Single(p => p.SubscriptionId == subscription).InstanceId;

    private Task<HttpResponseMessage> Upgrade(Guid id, Guid plan, Guid? quote = null) => host.As(user).PutAsJsonAsync(
        $"/api/subscriptions/{id}/upgrade",
        quote is null
            ? new JsonObject { ["newPlanId"] = plan }
            : new JsonObject { ["newPlanId"] = plan, ["quoteId"] = quote });
}
