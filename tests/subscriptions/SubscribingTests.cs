using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using static Platform.Subscriptions.Tests.SubscriptionsHost;

namespace Platform.Subscriptions.Tests;

public sealed class SubscribingTests(SubscriptionsHost host) : IClassFixture<SubscriptionsHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_purchase_is_answered_when_seat_and_funds_are_decided_and_is_paid_when_the_application_runs()
    {
        var answer = await host.Subscribe(user, Basic);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        var data = JsonNode.Parse(body)!["data"]!;
        data["subscription"]!["status"]!.GetValue<string>().ShouldBe("ACTIVE");
        data["subscription"]!["instances"]!.AsArray().Count.ShouldBe(1);
        data["chargeAmount"]!.GetValue<long>().ShouldBe(50_000);
        var id = data["subscription"]!["id"]!.GetValue<Guid>();

        var running = await host.Reaches(user, id, "RUNNING");
        running["status"]!.GetValue<string>().ShouldBe("ACTIVE");
        running["startDate"]!.GetValue<string>().ShouldBe("2026-11-02T03:05:00.000Z", "the paid period starts at the capture");
        running["endDate"]!.GetValue<string>().ShouldBe("2026-12-02T03:05:00.000Z");
        running["transactions"]![0]!["invoiceNumber"]!.GetValue<string>().ShouldBe("TXMP-101");
        (await host.Timeline(user, id)).ShouldBe(
        [
            "REQUESTED", "SEAT_RESERVED", "FUNDS_HELD", "DEPLOYING", "READY", "SEAT_CONFIRMED", "FUNDS_CAPTURED", "ACTIVE",
        ]);
        host.Bus.All<CaptureHold>().Single(c => c.CorrelationId == id).BusinessKey.ShouldBe($"period:{id}:1");
    }

    [Fact]
    public async Task A_plan_without_a_seat_is_refused_at_once_and_nothing_is_held()
    {
        host.Peers.Seats[user] = m => new SeatRefused(m.CorrelationId, m.ReservationId, m.PlanId, "QUOTA_EXCEEDED");

        var answer = await host.Subscribe(user, Basic);

        await answer.ShouldBeRefused(HttpStatusCode.Conflict, "QUOTA_EXCEEDED");
        host.Bus.All<HoldFunds>().ShouldNotContain(m => m.UserId == user);
        (await host.Subscribe(user, Free)).StatusCode.ShouldBe(HttpStatusCode.Conflict, "the script still refuses seats");
    }

    [Fact]
    public async Task Too_little_credit_is_answered_with_what_lacks_and_the_seat_is_given_back()
    {
        host.Peers.Funds[user] = m => new FundsRefused(m.CorrelationId, m.HoldId, "INSUFFICIENT_CREDIT", Money.Idr(20_000), m.Amount);

        var answer = await host.Subscribe(user, Basic);

        var body = await answer.ShouldBeRefused(HttpStatusCode.PaymentRequired, "INSUFFICIENT_CREDIT");
        body["data"]!["shortfall"]!.GetValue<long>().ShouldBe(30_000);
        var cancelled = await host.Bus.HearsAsync<SubscriptionCancelled>(m => m.UserId == user);
        cancelled.Reason.ShouldBe("PAYMENT_REFUSED");
        host.Bus.All<ReleaseSeat>().ShouldContain(m => m.CorrelationId == cancelled.SubscriptionId);

        host.Peers.Funds.Remove(user);
        (await host.Subscribe(user, Basic)).StatusCode.ShouldBe(HttpStatusCode.Created, "after a top-up the same plan can be bought");
    }

    [Fact]
    public async Task An_application_that_fails_is_undone_completely_and_says_why()
    {
        host.Peers.Deployments[user] = m => new InstanceFailed(m.CorrelationId, m.InstanceId, m.Generation, "IMAGE_UNAVAILABLE",
            "The image cannot be pulled.", host.Clock.GetUtcNow());

        var id = await (await host.Subscribe(user, Basic)).SubscriptionId();

        var ended = await host.Reaches(user, id, "ENDED");
        ended["status"]!.GetValue<string>().ShouldBe("CANCELLED");
        ended["reason"]!.GetValue<string>().ShouldBe("PROVISIONING_FAILED");
        ended["transactions"]!.AsArray().ShouldBeEmpty();
        host.Bus.All<CaptureHold>().ShouldNotContain(m => m.CorrelationId == id);
        var timeline = await host.Timeline(user, id);
        timeline[..6].ShouldBe(["REQUESTED", "SEAT_RESERVED", "FUNDS_HELD", "DEPLOYING", "FAILED", "COMPENSATING"]);
        timeline[6..9].ShouldBe(["FUNDS_RELEASED", "SEAT_RELEASED", "INSTANCE_DELETED"], ignoreOrder: true);
        timeline[9..].ShouldBe(["CANCELLED"]);
    }

    [Fact]
    public async Task An_application_that_is_not_ready_in_time_is_undone_and_a_late_success_changes_nothing()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await host.Subscribe(user, Basic)).SubscriptionId();
        var wish = await host.Bus.HearsAsync<ProvisionInstance>(m => m.SubscriptionId == id);

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.Reaches(user, id, "ENDED");
        await host.Bus.SayAsync(Peers.Ready(id, wish.InstanceId, wish.Generation));

        (await host.Timeline(user, id)).ShouldContain("OVERDUE");
        await host.NothingIsParked();
        (await host.Read(user, id))["phase"]!.GetValue<string>().ShouldBe("ENDED");
        host.Bus.All<CaptureHold>().ShouldNotContain(m => m.CorrelationId == id);
    }

    [Fact]
    public async Task A_purchase_can_be_cancelled_while_the_application_is_deployed()
    {
        host.Peers.Deployments[user] = _ => null;
        var id = await (await host.Subscribe(user, Basic)).SubscriptionId();
        var wish = await host.Bus.HearsAsync<ProvisionInstance>(m => m.SubscriptionId == id);

        (await host.As(user).DeleteAsync($"/api/subscriptions/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Bus.SayAsync(Peers.Ready(id, wish.InstanceId, wish.Generation));

        (await host.Reaches(user, id, "ENDED"))["reason"]!.GetValue<string>().ShouldBe("USER");
        host.Bus.All<CaptureHold>().ShouldNotContain(m => m.CorrelationId == id);
        await (await host.As(user).DeleteAsync($"/api/subscriptions/{id}")).ShouldBeRefused(HttpStatusCode.Conflict, "ALREADY_CANCELLED");
    }

    [Fact]
    public async Task Many_requests_at_once_make_one_subscription()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => host.Subscribe(user, Basic)));

        answers.Count(a => a.StatusCode is HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode is HttpStatusCode.Conflict).ShouldBe(11);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_one_subscription_and_the_same_answer()
    {
        var key = Guid.CreateVersion7().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => host.Subscribe(user, Basic, key)));
        var later = await host.Subscribe(user, Basic, key);

        answers.ShouldContain(a => a.StatusCode == HttpStatusCode.Created);
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
        foreach (var early in answers.Where(a => a.StatusCode == HttpStatusCode.Conflict))
            await early.ShouldBeRefused(HttpStatusCode.Conflict, "IDEMPOTENCY_KEY_IN_PROGRESS");
        var ids = await Task.WhenAll(
            answers.Append(later).Where(a => a.StatusCode == HttpStatusCode.Created).Select(a => a.SubscriptionId()));
        ids.Distinct().Count().ShouldBe(1);
        await (await host.Subscribe(user, Pro, key)).ShouldBeRefused(HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task A_quote_binds_the_purchase_and_goes_stale()
    {
        var quote = await host.Quote(user, new { action = "create", planId = Basic });
        quote["total"]!.GetValue<long>().ShouldBe(50_000);
        quote["balanceAfter"]!.GetValue<long>().ShouldBe(250_000);
        var id = quote["quoteId"]!.GetValue<Guid>();

        await (await host.Subscribe(user, Pro, quote: id)).ShouldBeRefused(HttpStatusCode.Conflict, "QUOTE_STALE");
        await (await host.Subscribe(Guid.CreateVersion7(), Basic, quote: id)).ShouldBeRefused(HttpStatusCode.Conflict, "QUOTE_STALE");
        (await host.Subscribe(user, Basic, quote: id)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Unknown_members_and_unknown_plans_are_named()
    {
        var odd = await host.As(user).PostAsJsonAsync("/api/subscriptions", new { planId = Basic, price = 0 });
        var body = await odd.ShouldBeRefused(HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
        body["message"]!.GetValue<string>().ShouldContain("price");
        await (await host.Subscribe(user, Guid.CreateVersion7())).ShouldBeRefused(HttpStatusCode.NotFound, "PLAN_NOT_FOUND");
    }

    [Fact]
    public async Task Another_users_subscription_is_not_found_by_any_route()
    {
        var id = await host.SubscribedAndActive(user, Basic);
        var stranger = host.As(Guid.CreateVersion7());

        HttpResponseMessage[] answers =
        [
            await stranger.GetAsync($"/api/subscriptions/{id}"),
            await stranger.GetAsync($"/api/subscriptions/{id}/metrics"),
            await stranger.GetAsync($"/api/subscriptions/{id}/timeline"),
            await stranger.GetAsync($"/api/subscriptions/{id}/timeline/stream"),
            await stranger.PutAsJsonAsync($"/api/subscriptions/{id}/upgrade", new { newPlanId = Pro }),
            await stranger.DeleteAsync($"/api/subscriptions/{id}"),
        ];

        foreach (var answer in answers)
            await answer.ShouldBeRefused(HttpStatusCode.NotFound, "SUBSCRIPTION_NOT_FOUND");
        (await host.Anonymous().GetAsync($"/api/subscriptions/{id}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
