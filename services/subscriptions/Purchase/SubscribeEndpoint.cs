using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Purchase;

/// <param name="QuoteId">Of POST /subscriptions/quote; the purchase then charges exactly the quoted total or is refused.</param>
public sealed record Subscribe(Guid PlanId, Guid? QuoteId = null);

/// <summary>
/// POST /subscriptions. The request is written down at once; then it waits for the saga to decide on seat and funds, and answers 201, the
/// refusal, or after ten seconds 202. Repeated under its Idempotency-Key it waits for the same decision.
/// </summary>
internal static class SubscribeEndpoint
{
    private static readonly string[] NextSteps =
        ["The application is being deployed; its timeline shows each step.", "The price is taken from your wallet only when it runs."];

    public static void MapSubscribe(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/subscriptions", Create).WithTags("Subscriptions").WithName("Subscribe").AcceptsIdempotencyKey();

    private static async Task<IResult> Create(Subscribe request, CurrentUser user, HttpContext http, SubscriptionsDbContext db,
        Eligibility eligibility, IPublishEndpoint publish, Lifecycle life, Changes changes,
        IOptions<LifecycleOptions> options, CancellationToken ct)
    {
        Guid id;
        if (http.EarlierEffect() is { } earlier)
        {
            id = Guid.Parse(earlier);
        }
        else
        {
            var (offer, no) = await eligibility.ToBuyAsync(user.Id, request.PlanId, ct);
            no ??= await eligibility.CheckQuoteAsync(request.QuoteId, user.Id, QuoteAction.Create, request.PlanId, null,
                offer is null ? null! : Prices.OfPurchase(offer.Plan), ct);
            if (no is not null)
                return no;
            var subscription = Subscription.Request(user.Id, offer!.Service.Id, offer.Plan.Id, offer.Plan.MonthlyPrice, life.Now);
            if (!await WriteDownAsync(subscription, offer, db, publish, life, ct))
                return SubscriptionsRefusals.DuplicateSubscription.ToProblem("Upgrade the one you have, or cancel it first.");
            id = subscription.Id;
            await http.CommitEffectAsync(id.ToString());
        }

        var decision = await changes.WaitForAsync(id, options.Value.DecideWithin,
            () => db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct), ct);
        return decision is null or { Outcome: Decision.Accepted } ? await TellAsync(id, decision, db, ct) : Refuse(decision);
    }

    private static async Task<bool> WriteDownAsync(Subscription subscription, Offer offer, SubscriptionsDbContext db,
        IPublishEndpoint publish, Lifecycle life, CancellationToken ct)
    {
        var now = life.Now;
        db.Add(subscription);
        db.Add(new InstanceCopy
        {
            Id = subscription.InstanceId, SubscriptionId = subscription.Id, Name = offer.Service.Slug, Namespace = "", Subdomain = "",
            Status = "PENDING", PublicUrl = "", AdminUrl = "", WishedGeneration = subscription.Generation, CreatedAt = now, UpdatedAt = now,
        });
        db.Add(new TimelineEntry
        {
            SubscriptionId = subscription.Id, Number = subscription.FirstTimelineNumber(), At = now, Step = Steps.Requested,
            Detail = $"{offer.Service.Name}, {offer.Plan.Name}.", Amount = offer.Plan.MonthlyPrice,
        });
        var item = new ChargedItem("SUBSCRIPTION", subscription.Id, offer.Service.Name, offer.Service.Slug, offer.Plan.Name,
            WireEnum.Text(offer.Plan.Tier), $"{offer.Service.Name} – {offer.Plan.Name}, first month");
        await publish.Publish(new PurchaseRequested(subscription.Id, subscription.UserId, subscription.PlanId, subscription.MonthlyPrice,
            subscription.ReservationId, subscription.HoldId, subscription.InstanceId, item), ct);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: "ux_subscriptions_live_per_service" })
        {
            // Another request of the same user was faster.
            return false;
        }
    }

    private static async Task<IResult> TellAsync(Guid id, Decision? decision, SubscriptionsDbContext db, CancellationToken ct)
    {
        var row = await db.Whole().SingleAsync(row => row.Subscription.Id == id, ct);
        var message = decision is null
            ? "Seat and funds are still being arranged; follow the timeline."
            : "Subscribed; the application is being deployed.";
        var data = new
        {
            subscription = new SubscriptionWithPlan(row.Subscription, row.Service, row.Plan, row.Instance),
            message,
            chargeAmount = row.Subscription.MonthlyPrice,
            originalAmount = row.Subscription.MonthlyPrice,
            discountAmount = Money.Zero,
            finalAmount = row.Subscription.MonthlyPrice,
            isBonusSubscription = false,
            isFreeService = false,
            couponApplied = false,
            holdId = row.Subscription.HoldId,
            timeline = $"/api/subscriptions/{id}/timeline",
            nextSteps = NextSteps,
        };
        return decision is null ? Answer.Accepted(data, message) : Answer.Created(data, message);
    }

    internal static RefusalResult Refuse(Decision decision)
    {
        var refusal = SubscriptionsRefusals.OfOutcome(decision.Outcome);
        if (decision is not { Available: { } available, Required: { } required })
            return refusal.ToProblem();
        var shortfall = required.Minus(available) ?? Money.Zero;
        return refusal.ToProblem($"{required} are needed and {available} are available; top up {shortfall} or more.",
            new { currentBalance = available, requiredAmount = required, shortfall });
    }
}
