using MassTransit;
using Platform.Contracts;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Instances;

internal sealed class TerminateInstanceConsumer(ProvisionerDbContext db, TimeProvider clock) : IConsumer<TerminateInstance>
{
    public async Task Consume(ConsumeContext<TerminateInstance> context)
    {
        var (wish, now) = (context.Message, clock.GetStoredNow());
        if (await db.LockAsync(wish.InstanceId, context.CancellationToken) is { } known)
            await context.SayAsync(known.Terminate(wish, now));
        else
            db.Add(Instance.Tombstone(wish, now));
    }
}
