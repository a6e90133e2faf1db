using Microsoft.EntityFrameworkCore;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Life;

/// <summary>A subscription with what every answer about it shows. Filter by owner: this does not.</summary>
internal sealed class WholeSubscription
{
    public required Subscription Subscription { get; init; }
    public required ServiceCopy Service { get; init; }
    public required PlanCopy Plan { get; init; }
    public required InstanceCopy Instance { get; init; }
}

internal static class WholeSubscriptions
{
    public static IQueryable<WholeSubscription> Whole(this SubscriptionsDbContext db) =>
        from subscription in db.Subscriptions.AsNoTracking()
        join service in db.Services on subscription.ServiceId equals service.Id
        join plan in db.Plans on subscription.PlanId equals plan.Id
        join instance in db.Instances on subscription.InstanceId equals instance.Id
        select new WholeSubscription { Subscription = subscription, Service = service, Plan = plan, Instance = instance };
}
