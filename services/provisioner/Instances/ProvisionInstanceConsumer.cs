using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Instances;

/// <summary>Writes the wish; the reconciler, which the commit wakes, does the work.</summary>
internal sealed class ProvisionInstanceConsumer(ProvisionerDbContext db, IOptions<ProvisionerOptions> options,
    IOptions<KubernetesOptions> cluster, TimeProvider clock) : IConsumer<ProvisionInstance>
{
    // Eight characters meet another instance's once in 10^12; each is a valid answer, so the first free one is taken.
    private static readonly int[] HostLengths = [8, 16, 24];

    public async Task Consume(ConsumeContext<ProvisionInstance> context)
    {
        var (wish, ct, now) = (context.Message, context.CancellationToken, clock.GetStoredNow());
        var faults = WorkloadRules.Faults(wish.Workload, wish.Resources);
        if (await db.LockAsync(wish.InstanceId, ct) is { } known)
        {
            await context.SayAsync(known.DeployAgain(wish, faults, now, options.Value.ReadyWithin));
            return;
        }

        var host = await FreeHostAsync(wish, ct);
        var name = InstanceNames.NameOf(wish.Workload.ServiceSlug, wish.InstanceId);
        var (instance, say) =
            Instance.Deploy(wish, name, host, $"{cluster.Value.UrlScheme}://{host}", faults, now, options.Value.ReadyWithin);
        db.Add(instance);
        await context.SayAsync(say);
    }

    private async Task<string> FreeHostAsync(ProvisionInstance wish, CancellationToken ct)
    {
        foreach (var length in HostLengths)
        {
            var host = InstanceNames.HostOf(wish.Workload.ServiceSlug, wish.InstanceId, cluster.Value.BaseDomain, length);
            if (!await db.Instances.AnyAsync(instance => instance.Host == host, ct))
                return host;
        }

        throw new InvalidOperationException($"Every host of instance {wish.InstanceId} is taken.");
    }
}
