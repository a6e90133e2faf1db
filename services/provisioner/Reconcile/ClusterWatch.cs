using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>
/// Turns what happens to our objects into wake-ups, one watch per kind for the whole cluster. Nothing is kept: a pass looks for itself,
/// so a lost, doubled or late event is harmless. Secrets are not watched, so that their values do not travel for nothing.
/// </summary>
internal sealed partial class ClusterWatch(KubernetesClient cluster, ReconcileQueue queue, Claims claims, ILogger<ClusterWatch> log)
    : BackgroundService
{
    /// <summary>What an event of a kind asks for.</summary>
    private enum Wake
    {
        /// <summary>Look at what runs; its status changes all the time.</summary>
        Look,

        /// <summary>Compare all manifests: only an edit, or we ourselves, change this kind.</summary>
        Compare,

        /// <summary>Compare all manifests when it is deleted; its status changes all the time.</summary>
        CompareWhenDeleted,
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        FollowAsync<Deployment>(Wake.Look, stoppingToken),
        FollowAsync<Pod>(Wake.Look, stoppingToken),
        FollowAsync<PersistentVolumeClaim>(Wake.CompareWhenDeleted, stoppingToken),
        FollowAsync<Service>(Wake.Compare, stoppingToken),
        FollowAsync<Ingress>(Wake.CompareWhenDeleted, stoppingToken),
        FollowAsync<NetworkPolicy>(Wake.Compare, stoppingToken),
        FollowAsync<ResourceQuota>(Wake.CompareWhenDeleted, stoppingToken),
        FollowAsync<LimitRange>(Wake.Compare, stoppingToken),
        FollowAsync<Namespace>(Wake.Compare, stoppingToken));

    private async Task FollowAsync<T>(Wake wake, CancellationToken ct) where T : KubernetesObject, IResource
    {
        var listed = false;
        while (true)
        {
            try
            {
                await foreach (var change in cluster.FollowAsync<T>(Labels.AllOurs, ct))
                {
                    // The first list comes with the start, when every row is looked at anyway; a later one means that events were missed.
                    if (change.Kind == WatchKind.Listed && listed)
                        await WakeUsersAsync(null, wake != Wake.Look, ct);
                    listed = true;
                    if (change.Kind != WatchKind.Listed)
                        await WakeAsync(change.Items[0], Compares(wake, change.Kind), ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                WatchFailed(log, T.Type.Plural, e);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static bool Compares(Wake wake, WatchKind kind) => wake switch
    {
        Wake.Look => false,
        Wake.Compare => kind is WatchKind.Modified or WatchKind.Deleted,
        Wake.CompareWhenDeleted => kind == WatchKind.Deleted,
        _ => throw new InvalidOperationException($"Wake {wake} is not known."),
    };

    private async Task WakeAsync(KubernetesObject changed, bool compare, CancellationToken ct)
    {
        if (Labels.InstanceOf(changed) is { } instance)
            queue.Add(instance, compare);
        else if (Guid.TryParse(changed.Label(Labels.User), out var user))
            await WakeUsersAsync(user, compare, ct);
    }

    private async Task WakeUsersAsync(Guid? user, bool compare, CancellationToken ct)
    {
        foreach (var instance in await claims.OpenAsync(user, ct))
            queue.Add(instance, compare);
    }

    [LoggerMessage(LogLevel.Error, "The watch of {Kind} stopped and is begun anew")]
    private static partial void WatchFailed(ILogger log, string kind, Exception e);
}
