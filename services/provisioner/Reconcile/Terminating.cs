using Platform.Provisioner.Instances;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>
/// One pass for an instance that is to vanish: delete what is left of it, look again the next time, and only when a look finds
/// nothing, say so. Lists are read fresh, and each object is deleted by its uid, so that nothing newer of the same name is hit.
/// </summary>
internal sealed partial class Terminating(KubernetesClient cluster, Claims claims, MassDeleteGuard guard, TimeProvider clock,
    ILogger<Terminating> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public async Task RunAsync(Claim claim, Findings findings, CancellationToken ct)
    {
        var instance = claim.Instance;
        if (instance.TerminationCorrelations.Count == 0 && !guard.Allows(clock.GetUtcNow(), claim.LiveInstances))
        {
            GuardStopped(log, instance.Id);
            findings.Verdict = new Verdict.Waiting("Deletions are stopped");
            return;
        }

        if (await DeleteObjectsAsync(instance, ct) || await DeleteNamespaceAsync(instance, ct))
        {
            if (clock.GetUtcNow() - instance.TerminationAskedAt > Patience)
                TakesLong(log, instance.Id, instance.Namespace);
            findings.Verdict = new Verdict.Waiting("Terminating");
            return;
        }

        findings.Verdict = new Verdict.Gone();
    }

    /// <returns>True while something of the instance is there.</returns>
    private async Task<bool> DeleteObjectsAsync(Instance instance, CancellationToken ct)
    {
        // The way in first, then the application; its volume when the pods let go of it, which the cluster sees to.
        var left = await DeleteAllAsync<Ingress>(instance, ct);
        left |= await DeleteAllAsync<Service>(instance, ct);
        // In the foreground the deployment stays visible until its replica sets and pods are gone.
        left |= await DeleteAllAsync<Deployment>(instance, ct, foreground: true);
        left |= await DeleteAllAsync<ReplicaSet>(instance, ct, foreground: true, orphansOnly: true);
        left |= await DeleteAllAsync<Pod>(instance, ct, orphansOnly: true);
        left |= await DeleteAllAsync<Secret>(instance, ct);
        left |= await DeleteAllAsync<PersistentVolumeClaim>(instance, ct);
        return left;
    }

    private async Task<bool> DeleteAllAsync<T>(Instance instance, CancellationToken ct, bool foreground = false, bool orphansOnly = false)
        where T : KubernetesObject, IResource
    {
        var found = await cluster.ListAsync<T>(instance.Namespace, Labels.OfInstance(instance.Id), ct);
        var ours = found.Items.Where(item => item.AreOf(instance.Id)).ToList();
        foreach (var item in ours)
        {
            // What has an owner goes with it.
            var owned = orphansOnly && item.Metadata.OwnerReferences is [_, ..];
            if (item.Metadata.DeletionTimestamp is null && !owned)
                await cluster.DeleteAsync(item, foreground, ct);
        }

        return ours.Count > 0;
    }

    /// <summary>The namespace goes with the user's last instance.</summary>
    /// <returns>True while it is on its way out.</returns>
    private async Task<bool> DeleteNamespaceAsync(Instance instance, CancellationToken ct)
    {
        if (await claims.AnyWantedAsync(instance.UserId, ct))
            return false;
        var found = await cluster.FindAsync<Namespace>(null, instance.Namespace, ct);
        if (found is null || !found.AreOfUser(instance.UserId))
            return false;
        // Another instance of the user may be on its way out with a guard or a wait of its own; only an empty namespace goes.
        var volumes = await cluster.ListAsync<PersistentVolumeClaim>(instance.Namespace, null, ct);
        if (found.Metadata.DeletionTimestamp is null)
        {
            if (volumes.Items.Count > 0)
                return false;
            await cluster.DeleteAsync(found, foreground: false, ct);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Critical, "ALARM: too many deletions that nobody ordered; instance {Instance} is left alone")]
    private static partial void GuardStopped(ILogger log, Guid instance);

    [LoggerMessage(LogLevel.Error,
        "ALARM: instance {Instance} in {Namespace} has been ending for more than ten minutes; a finalizer may hold it")]
    private static partial void TakesLong(ILogger log, Guid instance, string @namespace);
}
