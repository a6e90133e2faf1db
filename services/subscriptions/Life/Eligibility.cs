using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Life;

/// <summary>A plan with its service, or the reason why it cannot be had.</summary>
internal sealed record Offer(ServiceCopy Service, PlanCopy Plan);

/// <summary>The rules that a quote and the command share: what would be refused is refused in the quote already.</summary>
internal sealed class Eligibility(SubscriptionsDbContext db, TimeProvider clock)
{
    public async Task<(Offer? Offer, RefusalResult? No)> ToBuyAsync(Guid user, Guid planId, CancellationToken ct)
    {
        if (await FindOfferAsync(planId, ct) is not { } offer)
            return (null, SubscriptionsRefusals.PlanNotFound.ToProblem("Choose a planId of GET /api/catalog/services."));
        if (!offer.Plan.IsActive || !offer.Service.IsSold)
            return (null, SubscriptionsRefusals.PlanNotAvailable.ToProblem("Choose another plan."));
        var live = await db.Subscriptions.Where(s => s.UserId == user && s.ServiceId == offer.Service.Id
                && s.Status != SubscriptionStatus.Cancelled && s.Status != SubscriptionStatus.Expired)
            .Select(s => (Guid?)s.Id).FirstOrDefaultAsync(ct);
        return live is { } existing
            ? (null, SubscriptionsRefusals.DuplicateSubscription.ToProblem(
                "Upgrade the one you have, or cancel it first.", new { existingSubscriptionId = existing }))
            : (offer, null);
    }

    /// <param name="subscription">The owner's own.</param>
    public async Task<(Price? Price, Offer? Offer, RefusalResult? No)> ToUpgradeAsync(
        Subscription subscription, Guid planId, CancellationToken ct)
    {
        if (subscription.Status is not SubscriptionStatus.Active)
            return (null, null, SubscriptionsRefusals.NotActive.ToProblem("Only an active subscription can be upgraded."));
        if (subscription.Phase is not SubscriptionPhase.Running)
            return (null, null, Busy());
        if (await FindOfferAsync(planId, ct) is not { } offer)
            return (null, null, SubscriptionsRefusals.PlanNotFound.ToProblem("Choose a plan of the same service."));
        if (offer.Service.Id != subscription.ServiceId)
            return (null, null, SubscriptionsRefusals.DifferentService.ToProblem("Choose a plan of the same service."));
        if (!offer.Plan.IsActive)
            return (null, null, SubscriptionsRefusals.PlanNotAvailable.ToProblem("Choose another plan."));
        var current = await db.Plans.AsNoTracking().SingleAsync(p => p.Id == subscription.PlanId, ct);
        return offer.Plan.Tier > current.Tier
            ? (Prices.OfUpgrade(subscription, current, offer.Plan, clock.GetUtcNow()), offer, null)
            : (null, null, SubscriptionsRefusals.NotAnUpgrade.ToProblem("Choose a plan of a higher tier."));
    }

    /// <summary>
    /// The quote that the command names, if it still says what would be charged now. What its coupon takes off now is not known here: the
    /// purchase finds out when it reserves the coupon.
    /// </summary>
    /// <param name="list">The price without any coupon.</param>
    public async Task<(Quote? Quote, RefusalResult? No)> FindQuoteAsync(
        Guid? quoteId, Guid user, QuoteAction action, Guid planId, Guid? subscription, Price list, CancellationToken ct)
    {
        if (quoteId is not { } id)
            return (null, null);
        var now = clock.GetUtcNow();
        var quote = await db.Quotes.AsNoTracking().SingleOrDefaultAsync(q => q.Id == id && q.UserId == user && q.Action == action
            && q.PlanId == planId && q.SubscriptionId == subscription && q.ExpiresAt > now, ct);
        return quote is not null && quote.Total + (quote.Discount ?? Money.Zero) == list.Total
            ? (quote, null)
            : (null, SubscriptionsRefusals.QuoteStale.ToProblem(SubscriptionsRefusals.AskAgain));
    }

    public static RefusalResult Busy() =>
        SubscriptionsRefusals.Busy.ToProblem("Wait until it has ended; the timeline tells when.", retryAfter: TimeSpan.FromSeconds(2));

    private async Task<Offer?> FindOfferAsync(Guid planId, CancellationToken ct)
    {
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId, ct);
        return plan is null ? null : new(await db.Services.AsNoTracking().SingleAsync(s => s.Id == plan.ServiceId, ct), plan);
    }
}
