using Microsoft.Extensions.Options;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>
/// Looks for objects with our mark whose instance is over or unknown, and reports them. It deletes nothing: that is a person's decision.
/// </summary>
internal sealed partial class OrphanPatrol(KubernetesClient cluster, Claims claims, IOptions<ProvisionerOptions> settings,
    TimeProvider clock,
    ILogger<OrphanPatrol> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.Resync, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await ReportAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    PatrolFailed(log, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    /// <returns>Kind, namespace and name of each orphan.</returns>
    internal async Task<IReadOnlyList<string>> ReportAsync(CancellationToken ct)
    {
        // The cluster first: what is ordered in between is then known to the table.
        var found = new List<KubernetesObject>();
        found.AddRange((await cluster.ListAsync<Deployment>(null, Labels.AllOurs, ct)).Items);
        found.AddRange((await cluster.ListAsync<PersistentVolumeClaim>(null, Labels.AllOurs, ct)).Items);
        found.AddRange((await cluster.ListAsync<Service>(null, Labels.AllOurs, ct)).Items);
        found.AddRange((await cluster.ListAsync<Ingress>(null, Labels.AllOurs, ct)).Items);
        var open = (await claims.OpenAsync(null, ct)).ToHashSet();
        var orphans = found.Where(item => Labels.InstanceOf(item) is not { } instance || !open.Contains(instance))
            .Select(item => $"{item.Kind} {item.Metadata.Namespace}/{item.Metadata.Name}").ToList();
        if (orphans.Count > 0)
            OrphansFound(log, orphans.Count, string.Join(", ", orphans.Take(20)));
        return orphans;
    }

    [LoggerMessage(LogLevel.Error, "ALARM: {Count} objects in the cluster belong to no instance: {Orphans}")]
    private static partial void OrphansFound(ILogger log, int count, string orphans);

    [LoggerMessage(LogLevel.Warning, "The search for orphans failed: {Reason}")]
    private static partial void PatrolFailed(ILogger log, string reason);
}
