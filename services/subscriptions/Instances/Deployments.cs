using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Instances;

/// <summary>What the provisioner is asked to run, and how large.</summary>
internal sealed record Deployment(Workload Workload, InstanceResources Resources);

internal sealed class Deployments(SubscriptionsDbContext db)
{
    public async Task<Deployment> DescribeAsync(Subscription subscription, CancellationToken ct) => new(
        await db.Services.Where(s => s.Id == subscription.ServiceId).Select(s => s.Workload).SingleAsync(ct),
        await ResourcesOfAsync(subscription.PlanId, ct));

    public Task<InstanceResources> ResourcesOfAsync(Guid plan, CancellationToken ct) =>
        db.Plans.Where(p => p.Id == plan).Select(p => p.Resources).SingleAsync(ct);
}
