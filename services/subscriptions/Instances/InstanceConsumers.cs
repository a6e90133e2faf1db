using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Instances;

/// <summary>Follows the provisioner's snapshots: the newest version wins, older and repeated ones are ignored.</summary>
internal sealed class InstanceChangedConsumer(SubscriptionsDbContext db) : IConsumer<InstanceChanged>
{
    public async Task Consume(ConsumeContext<InstanceChanged> context)
    {
        var (seen, ct) = (context.Message, context.CancellationToken);
        await db.Instances.Where(i => i.Id == seen.InstanceId && i.Version < seen.Version).ExecuteUpdateAsync(set => set
            .SetProperty(i => i.Version, seen.Version)
            .SetProperty(i => i.Name, seen.Name)
            .SetProperty(i => i.Namespace, seen.Namespace)
            .SetProperty(i => i.Subdomain, seen.Subdomain)
            .SetProperty(i => i.Status, seen.Status)
            .SetProperty(i => i.HealthStatus, i => seen.Generation < i.WishedGeneration ? i.HealthStatus : seen.HealthStatus)
            .SetProperty(i => i.PodName, seen.PodName)
            .SetProperty(i => i.PublicUrl, seen.PublicUrl)
            .SetProperty(i => i.AdminUrl, seen.AdminUrl)
            .SetProperty(i => i.Generation, seen.Generation)
            .SetProperty(i => i.LastStarted, i => seen.Status == "RUNNING" && i.Status != "RUNNING" ? seen.At : i.LastStarted)
            .SetProperty(i => i.UpdatedAt, seen.At), ct);
    }
}

/// <summary>The provisioner's steps become lines of the owner's timeline.</summary>
internal sealed class InstanceProgressedConsumer(Lifecycle life) : IConsumer<InstanceProgressed>
{
    public async Task Consume(ConsumeContext<InstanceProgressed> context)
    {
        var (progress, ct) = (context.Message, context.CancellationToken);
        await life.TellAsync(progress.SubscriptionId, progress.Step, progress.Detail, null, ct);
    }
}
