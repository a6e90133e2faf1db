using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Metrics;

internal sealed class GetInstanceMetricsConsumer(ProvisionerDbContext db, MetricSamples samples) : IConsumer<GetInstanceMetrics>
{
    public async Task Consume(ConsumeContext<GetInstanceMetrics> context)
    {
        var (id, ct) = (context.Message.InstanceId, context.CancellationToken);
        var instance = await db.Instances.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, ct);
        if (instance is null or { Wish: Wish.Terminate })
            await context.RespondAsync(new InstanceMetricsUnavailable(id, "NO_INSTANCE"));
        else if (instance.Status != InstanceStatus.Running)
            await context.RespondAsync(new InstanceMetricsUnavailable(id, "NOT_RUNNING"));
        else if (await samples.TakeAsync(instance, ct) is { } sample)
            await context.RespondAsync(sample);
        else
            await context.RespondAsync(new InstanceMetricsUnavailable(id, "METRICS_UNAVAILABLE"));
    }
}
