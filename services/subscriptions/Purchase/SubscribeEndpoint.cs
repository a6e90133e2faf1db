using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Purchase;

/// <param name="QuoteId">
/// Of POST /subscriptions/quote; the purchase then charges exactly the quoted total, with the quote's coupon, or is refused.
/// </param>
/// <param name="CouponCode">May be left out beside a quote that has a coupon.</param>
public sealed record Subscribe(Guid PlanId, Guid? QuoteId = null, [property: CouponCode] string? CouponCode = null);

/// <summary>
/// POST /subscriptions. The request is written down at once; then it waits for the saga to decide on seat, coupon and funds, and answers
/// 201, the refusal, or after ten seconds 202. Repeated under its Idempotency-Key it waits for the same decision.
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
            var (offer, coupon, no) = await AgreeAsync(request, user.Id, eligibility, life.Now, ct);
            if (no is not null)
                return no;
            var subscription = Subscription.Request(user.Id, offer!.Service.Id, offer.Plan.Id, offer.Plan.MonthlyPrice, life.Now);
            if (!await WriteDownAsync(subscription, offer, coupon, db, publish, life, ct))
                return SubscriptionsRefusals.DuplicateSubscription.ToProblem("Upgrade the one you have, or cancel it first.");
            id = subscription.Id;
            await http.CommitEffectAsync(id.ToString());
        }

        var decision = await changes.WaitForAsync(id, options.Value.DecideWithin,
            () => db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct), ct);
        return decision is null or { Outcome: Decision.Accepted } ? await TellAsync(id, decision, db, ct) : Refuse(decision);
    }

    /// <summary>What is bought and with which coupon: the quote's if there is a quote, otherwise the request's.</summary>
    private static async Task<(Offer? Offer, CouponUse? Coupon, RefusalResult? No)> AgreeAsync(
        Subscribe request, Guid user, Eligibility eligibility, DateTimeOffset now, CancellationToken ct)
    {
        var (offer, no) = await eligibility.ToBuyAsync(user, request.PlanId, ct);
        if (no is not null)
            return (null, null, no);
        (var quote, no) = await eligibility.FindQuoteAsync(
            request.QuoteId, user, QuoteAction.Create, request.PlanId, null, Prices.OfPurchase(offer!.Plan), ct);
        if (no is not null)
            return (null, null, no);
        var wanted = CouponCode.Read(request.CouponCode);
        if (quote is not null && wanted is not null && wanted != quote.CouponCode)
            return (null, null, SubscriptionsRefusals.QuoteStale.ToProblem(
                "couponCode is not the coupon of the quote; leave it out, or ask for a quote with this coupon."));
        return (wanted ?? quote?.CouponCode) is { } code
            ? (offer, new(Guid.CreateVersion7(now), code, offer.Service.Id, quote?.Discount), null)
            : (offer, null, null);
    }

    private static async Task<bool> WriteDownAsync(Subscription subscription, Offer offer, CouponUse? coupon, SubscriptionsDbContext db,
        IPublishEndpoint publish, Lifecycle life, CancellationToken ct)
    {
        var now = life.Now;
        var withCoupon = coupon is null ? "" : $", coupon {coupon.Code}";
        db.Add(subscription);
        db.Add(new InstanceCopy
        {
            Id = subscription.InstanceId, SubscriptionId = subscription.Id, Name = offer.Service.Slug, Namespace = "", Subdomain = "",
            Status = "PENDING", PublicUrl = "", AdminUrl = "", WishedGeneration = subscription.Generation, CreatedAt = now, UpdatedAt = now,
        });
        db.Add(new TimelineEntry
        {
            SubscriptionId = subscription.Id, Number = subscription.FirstTimelineNumber(), At = now, Step = Steps.Requested,
            Detail = $"{offer.Service.Name}, {offer.Plan.Name}{withCoupon}.", Amount = offer.Plan.MonthlyPrice,
        });
        var item = new ChargedItem("SUBSCRIPTION", subscription.Id, offer.Service.Name, offer.Service.Slug, offer.Plan.Name,
            WireEnum.Text(offer.Plan.Tier), $"{offer.Service.Name} – {offer.Plan.Name}, first month{withCoupon}");
        await publish.Publish(new PurchaseRequested(subscription.Id, subscription.UserId, subscription.PlanId, subscription.MonthlyPrice,
            subscription.ReservationId, subscription.HoldId, subscription.InstanceId, item, coupon), ct);
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
        var coupon = await db.Set<PurchaseState>().AsNoTracking()
            .Where(p => p.CorrelationId == id).Select(p => p.Coupon).SingleOrDefaultAsync(ct);
        var message = decision is null
            ? "Seat and funds are still being arranged; follow the timeline."
            : "Subscribed; the application is being deployed.";
        var data = new PurchaseView(row, coupon, message, NextSteps);
        return decision is null ? Answer.Accepted(data, message) : Answer.Created(data, message);
    }

    internal static RefusalResult Refuse(Decision decision)
    {
        var refusal = SubscriptionsRefusals.OfOutcome(decision.Outcome);
        if (decision is not { Available: { } available, Required: { } required })
            return refusal.ToProblem(RemedyFor(decision.Outcome));
        var shortfall = required.Minus(available) ?? Money.Zero;
        // What is owed is the wallet's to tell; a top-up pays it before anything can be bought.
        var remedy = refusal == SubscriptionsRefusals.WalletInDebt
            ? $"Top up your wallet; the top-up pays the debt first, and {required} must be available after that."
            : $"{required} are needed and {available} are available; top up {shortfall} or more.";
        return refusal.ToProblem(remedy, new { currentBalance = available, requiredAmount = required, shortfall });
    }

    private static string? RemedyFor(string outcome) =>
        CouponRefusals.Covers(outcome) ? CouponRefusals.Remedy(outcome, "couponCode")
        : outcome == SubscriptionsRefusals.QuoteStale.Code ? $"The coupon takes off another amount now. {SubscriptionsRefusals.AskAgain}"
        : null;
}
