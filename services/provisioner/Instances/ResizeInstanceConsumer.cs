using MassTransit;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Instances;

internal sealed class ResizeInstanceConsumer(ProvisionerDbContext db, IOptions<ProvisionerOptions> options, TimeProvider clock)
    : IConsumer<ResizeInstance>
{
    public async Task Consume(ConsumeContext<ResizeInstance> context)
    {
        var (wish, now) = (context.Message, clock.GetStoredNow());
        var known = await db.LockAsync(wish.InstanceId, context.CancellationToken);
        if (known is null)
        {
            await context.SayAsync([new InstanceFailed(wish.CorrelationId, wish.InstanceId, wish.Generation, FailureCodes.NoInstance,
                "There is no such instance.", now)]);
            return;
        }

        var faults = known.Workload is { } workload ? WorkloadRules.Faults(workload, wish.Resources) : [];
        await context.SayAsync(known.Resize(wish, faults, now, options.Value.ReadyWithin));
    }
}
