using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>One pass for an instance that is to run: bring the cluster to what is wished, then look at what runs.</summary>
internal sealed partial class Deploying(KubernetesClient cluster, IOptions<KubernetesOptions> kubernetes,
    IOptions<ProvisionerOptions> options,
    TimeProvider clock, ILogger<Deploying> log)
{
    private readonly ClusterSettings settings = new(
        kubernetes.Value.UrlScheme, kubernetes.Value.IngressClassName, kubernetes.Value.IngressNamespace,
        kubernetes.Value.ClusterIssuer, kubernetes.Value.StorageClassName, options.Value.ReadyWithin);

    /// <param name="full">Compare every object, and not only look at what runs.</param>
    public async Task RunAsync(Instance instance, IReadOnlyList<InstanceResources> tenancy, bool full, Findings findings,
        CancellationToken ct)
    {
        var desired = instance.Desired();
        try
        {
            var seen = await ObserveAsync(desired, ct);
            if (full || IsApplyDue(instance, seen))
            {
                if (await IsVolumeLostAsync(instance, ct))
                {
                    VolumeLost(log, instance.Id, instance.Namespace);
                    findings.Verdict = new Verdict.Broken(FailureCodes.DataLost, "The volume with the application's data is gone.",
                        AtOnce: true);
                    return;
                }

                await ApplyAsync(instance, desired, tenancy, findings, ct);
                seen = await ObserveAsync(desired, ct);
            }

            findings.Steps.AddRange(Readiness.StepsOf(seen, desired.Generation));
            findings.Verdict = Readiness.Judge(seen, desired.Generation, desired.Workload.Image);
            if (findings.Verdict is Verdict.Ready)
                findings.Done("ROUTE_LIVE", $"The application answers at {settings.UrlOf(desired.Host)}.");
        }
        catch (NameTakenException)
        {
            findings.Verdict = new Verdict.Broken(FailureCodes.NameTaken, "A name that the application needs is in use in the cluster.",
                AtOnce: true);
        }
        catch (StillEndingException e)
        {
            StillEnding(log, instance.Id, e.Message);
            findings.Verdict = new Verdict.Waiting("Something older is still ending");
        }
    }

    private bool IsApplyDue(Instance instance, Observation seen) =>
        instance.AppliedGeneration < instance.Generation || instance.ApplyDueAt <= clock.GetUtcNow()
        || seen.Deployment is null || seen.Deployment.Metadata.Generation != instance.DeploymentGeneration;

    /// <summary>True when an application that ran before has lost its volume. A new, empty one would look like health.</summary>
    private async Task<bool> IsVolumeLostAsync(Instance instance, CancellationToken ct)
    {
        if (instance.VolumeUid is null || instance.ObservedGeneration == 0)
            return false;
        var volume = await cluster.FindAsync<PersistentVolumeClaim>(instance.Namespace, InstanceNames.VolumeOf(instance.Name!), ct);
        return volume?.Metadata.Uid != instance.VolumeUid;
    }

    private async Task ApplyAsync(Instance instance, DesiredInstance desired, IReadOnlyList<InstanceResources> tenancy, Findings findings,
        CancellationToken ct)
    {
        await ApplyTenantAsync(desired, tenancy, ct);
        findings.Done("NAMESPACE", "The private namespace is prepared and closed to others.");

        await ApplySecretAsync(desired, ct);
        findings.Done("SECRET", "Passwords of its own were generated.");

        await ApplyVolumeAsync(instance, desired, findings, ct);
        var deployment = await cluster.ApplyOwnAsync(instance.Id, InstanceManifests.Deployment(desired, settings), ct);
        findings.DeploymentGeneration = deployment.Metadata.Generation;
        var (cpu, memory) = (desired.Resources.CpuMillis, desired.Resources.MemoryMib);
        findings.Done("DEPLOYMENT_APPLIED", $"{desired.Workload.ServiceName} with {cpu} millicores and {memory} MiB was ordered.");

        await cluster.ApplyOwnAsync(instance.Id, InstanceManifests.Service(desired), ct);
        findings.Done("SERVICE", "The application has an address inside the cluster.");

        await cluster.ApplyOwnAsync(instance.Id, InstanceManifests.Ingress(desired, settings), ct);
        findings.Done("INGRESS", $"The host {desired.Host} leads to the application.");
        findings.Applied = true;
    }

    private async Task ApplyTenantAsync(DesiredInstance desired, IReadOnlyList<InstanceResources> tenancy, CancellationToken ct)
    {
        var found = await cluster.FindAsync<Namespace>(null, desired.Namespace, ct);
        if (found is not null && !found.AreOfUser(desired.UserId))
            throw new NameTakenException(found);
        if (found?.Metadata.DeletionTimestamp is not null)
            throw new StillEndingException(found);
        var wanted = TenantManifests.Namespace(desired.UserId);
        await cluster.ApplyAsync(wanted with { Metadata = wanted.Metadata with { Uid = found?.Metadata.Uid } }, ct);

        // The instance's own size is in the tenancy with what it had; what counts is what its volume will have.
        foreach (var surrounding in TenantManifests.Surroundings(desired.UserId, settings, tenancy))
            await cluster.ApplyAsync(surrounding, ct);
    }

    /// <summary>
    /// The Secret is made, never applied, the first time: of two workers that both believe that it is missing, only one succeeds,
    /// and the generated values stay what they were. Afterwards only the very state that was read is replaced.
    /// </summary>
    private async Task ApplySecretAsync(DesiredInstance desired, CancellationToken ct)
    {
        var existing = await cluster.FindOwnAsync<Secret>(desired.Id, desired.Namespace, InstanceNames.EnvironmentOf(desired.Name), ct);
        var secrets = InstanceEnvironment.Complete(InstanceEnvironment.SecretNames(desired.Workload), existing);
        var wanted = InstanceManifests.Secret(desired, InstanceEnvironment.Content(desired, settings, secrets));
        if (existing is null)
        {
            await cluster.CreateAsync(wanted, ct);
            return;
        }

        await cluster.ApplyAsync(
            wanted with
            {
                Metadata = wanted.Metadata with { Uid = existing.Metadata.Uid, ResourceVersion = existing.Metadata.ResourceVersion },
            }, ct);
    }

    private async Task ApplyVolumeAsync(Instance instance, DesiredInstance desired, Findings findings, CancellationToken ct)
    {
        var existing = await cluster.FindOwnAsync<PersistentVolumeClaim>(instance.Id, desired.Namespace,
            InstanceNames.VolumeOf(desired.Name), ct);
        var wanted = InstanceManifests.Volume(desired, existing is null ? settings.StorageClassName : existing.Spec?.StorageClassName);
        PersistentVolumeClaim applied;
        try
        {
            applied = await cluster.ApplyAsync(wanted with { Metadata = wanted.Metadata with { Uid = existing?.Metadata.Uid } }, ct);
            findings.Done("VOLUME", $"A volume of {desired.VolumeGib} GiB holds the application's data.");
        }
        catch (KubernetesException e) when (e.IsRefusal && existing is not null && SizeOf(existing) is { } has && has < desired.VolumeGib)
        {
            // Not every storage class can grow a volume (local-path can not). The application runs on with the volume that it has.
            if (!instance.ToldSteps.Contains("VOLUME"))
                VolumeKept(log, instance.Id, has, desired.VolumeGib);
            applied = existing;
            findings.Done("VOLUME", $"The volume keeps its {has} GiB, because this cluster's storage can not grow.");
        }

        findings.VolumeUid = applied.Metadata.Uid;
        findings.VolumeGib = SizeOf(applied);
    }

    private static int? SizeOf(PersistentVolumeClaim claim) =>
        claim.Spec?.Resources?.Requests?.GetValueOrDefault("storage") is { } size && Quantity.TryParse(size, out var quantity)
            ? (int)(quantity.Units >> 30)
            : null;

    private async Task<Observation> ObserveAsync(DesiredInstance desired, CancellationToken ct)
    {
        var selector = Labels.OfInstance(desired.Id);
        var deployment = await cluster.FindAsync<Deployment>(desired.Namespace, desired.Name, ct);
        if (deployment is null)
            return new(null, [], []);
        if (!deployment.AreOf(desired.Id))
            throw new NameTakenException(deployment);
        var sets = await cluster.ListAsync<ReplicaSet>(desired.Namespace, selector, ct);
        var pods = await cluster.ListAsync<Pod>(desired.Namespace, selector, ct);
        return new(deployment, sets.Items, pods.Items);
    }

    [LoggerMessage(LogLevel.Critical, "ALARM: the volume of instance {Instance} in {Namespace} is gone; nothing is made anew")]
    private static partial void VolumeLost(ILogger log, Guid instance, string @namespace);

    [LoggerMessage(LogLevel.Warning,
        "The volume of instance {Instance} keeps {Has} GiB instead of {Wanted}: its storage class can not grow it")]
    private static partial void VolumeKept(ILogger log, Guid instance, int has, int wanted);

    [LoggerMessage(LogLevel.Information, "Instance {Instance} waits: {What}")]
    private static partial void StillEnding(ILogger log, Guid instance, string what);
}
