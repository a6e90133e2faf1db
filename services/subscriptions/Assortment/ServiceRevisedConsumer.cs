using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Assortment;

/// <summary>Keeps the copies of services and plans. Revisions are whole: the newest wins, older and repeated ones are ignored.</summary>
internal sealed class ServiceRevisedConsumer(SubscriptionsDbContext db) : IConsumer<ServiceRevised>
{
    public async Task Consume(ConsumeContext<ServiceRevised> context)
    {
        var revision = context.Message;
        var service = await db.Services.Include(s => s.Plans)
            .SingleOrDefaultAsync(s => s.Id == revision.CorrelationId, context.CancellationToken);
        if (service is { Version: var known } && known >= revision.Version)
            return;

        if (service is null)
        {
            service = new()
            {
                Id = revision.CorrelationId, Name = revision.Name, Slug = revision.Slug, Description = revision.Description,
                VersionLabel = revision.VersionLabel, Workload = revision.Workload,
            };
            db.Add(service);
        }

        service.Version = revision.Version;
        service.Name = revision.Name;
        service.Slug = revision.Slug;
        service.Description = revision.Description;
        service.Icon = revision.Icon;
        service.VersionLabel = revision.VersionLabel;
        service.Documentation = revision.Documentation;
        service.IsSold = revision.IsActive && revision.IsPublic;
        service.Workload = revision.Workload;
        foreach (var plan in revision.Plans)
            Revise(service, plan);
    }

    private static void Revise(ServiceCopy service, PlanRevision revision)
    {
        var plan = service.Plans.SingleOrDefault(p => p.Id == revision.PlanId);
        if (plan is null)
        {
            plan = new()
            {
                Id = revision.PlanId, ServiceId = service.Id, Name = revision.Name,
                Resources = revision.Resources, Features = [.. revision.Features],
            };
            service.Plans.Add(plan);
        }

        plan.Name = revision.Name;
        plan.Tier = Enum.Parse<PlanTier>(revision.PlanType, ignoreCase: true);
        plan.Description = revision.Description;
        plan.MonthlyPrice = revision.MonthlyPrice;
        plan.Resources = revision.Resources;
        plan.BandwidthGb = revision.BandwidthGb;
        plan.Features = [.. revision.Features];
        plan.MaxInstancesPerUser = revision.MaxInstancesPerUser;
        plan.MaxDomains = revision.MaxDomains;
        plan.IsActive = revision.IsActive;
    }
}
