using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Purchase;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Upgrade;

public sealed record UpgradeTo(Guid NewPlanId, Guid? QuoteId = null);

/// <summary>
/// PUT /subscriptions/{id}/upgrade: written down under the subscription's lock, decided by
/// the saga, answered 202 while the new size comes up.
/// </summary>
internal static class UpgradeEndpoint
{
    private static readonly string[] NextSteps = ["The difference is taken from your wallet only when the new size is live."];

    public static void MapUpgrade(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/api/subscriptions/{id:guid}/upgrade", Begin)
            .WithTags("Subscriptions").WithName("UpgradeSubscription").AcceptsIdempotencyKey();

    private static async Task<IResult> Begin(Guid id, UpgradeTo request, CurrentUser user, HttpContext http, SubscriptionsDbContext db,
        Eligibility eligibility, IPublishEndpoint publish, Lifecycle life, Changes changes,
        IOptions<LifecycleOptions> options, CancellationToken ct)
    {
        Guid upgradeId;
        if (http.EarlierEffect() is { } earlier)
        {
            upgradeId = Guid.Parse(earlier);
        }
        else
        {
            // The middleware's transaction when there is a key, our own otherwise: the lock must last until the phase is written.
            await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
            var (upgrade, no) = await WriteDownAsync(id, request, user, db, eligibility, publish, life, ct);
            if (no is not null)
                return no;
            upgradeId = upgrade;
            if (own is not null)
                await own.CommitAsync(ct);
            await http.CommitEffectAsync(upgradeId.ToString());
        }

        var decision = await changes.WaitForAsync(upgradeId, options.Value.DecideWithin,
            () => db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == upgradeId, ct), ct);
        return decision is null or { Outcome: Decision.Accepted }
            ? await TellAsync(id, upgradeId, db, life, ct)
            : SubscribeEndpoint.Refuse(decision);
    }

    private static async Task<(Guid Upgrade, RefusalResult? No)> WriteDownAsync(Guid id, UpgradeTo request, CurrentUser user,
        SubscriptionsDbContext db, Eligibility eligibility, IPublishEndpoint publish, Lifecycle life, CancellationToken ct)
    {
        var subscription = await life.FindAndLockAsync(id, ct);
        if (subscription is null || subscription.UserId != user.Id)
            return (default, SubscriptionsRefusals.SubscriptionNotFound.ToProblem());
        var (price, offer, no) = await eligibility.ToUpgradeAsync(subscription, request.NewPlanId, ct);
        if (no is null)
            (_, no) = await eligibility.FindQuoteAsync(request.QuoteId, user.Id, QuoteAction.Upgrade, request.NewPlanId, id, price!, ct);
        if (no is not null)
            return (default, no);

        subscription.BeginUpgrade(life.Now);
        var upgradeId = Guid.CreateVersion7(life.Now);
        var item = new ChargedItem("UPGRADE", id, offer!.Service.Name, offer.Service.Slug, offer.Plan.Name, WireEnum.Text(offer.Plan.Tier),
            $"{offer.Service.Name} – {price!.Lines[0].Text}");
        await publish.Publish(new UpgradeRequested(upgradeId, id, user.Id, subscription.InstanceId, subscription.PlanId, offer.Plan.Id,
            offer.Plan.MonthlyPrice, price.Total, subscription.ReservationId, item), ct);
        await life.TellAsync(id, Steps.UpgradeRequested, item.Description, price.Total, ct);
        await db.SaveChangesAsync(ct);
        return (upgradeId, null);
    }

    private static async Task<IResult> TellAsync(Guid id, Guid upgradeId, SubscriptionsDbContext db, Lifecycle life, CancellationToken ct)
    {
        var row = await db.Whole().SingleAsync(row => row.Subscription.Id == id, ct);
        var charge = await db.Set<UpgradeState>().AsNoTracking()
            .Where(u => u.CorrelationId == upgradeId)
            .Select(u => (Money?)u.Charge)
            .SingleOrDefaultAsync(ct);
        const string message = "The upgrade is under way.";
        return Answer.Accepted(new
        {
            subscription = new SubscriptionWithPlan(row.Subscription, row.Service, row.Plan, row.Instance),
            upgradeId,
            upgradeCost = charge ?? Money.Zero,
            actualCharge = charge ?? Money.Zero,
            proratedDays = row.Subscription.Period.DaysLeft(life.Now),
            isBonusUpgrade = false,
            instanceUpdateResult = (object?)null,
            timeline = $"/api/subscriptions/{id}/timeline",
            message,
            nextSteps = NextSteps,
        }, message);
    }
}
