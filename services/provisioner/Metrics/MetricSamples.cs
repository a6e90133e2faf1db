using System.Collections.Concurrent;
using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Reconcile;

namespace Platform.Provisioner.Metrics;

/// <summary>
/// What an instance uses now, and the last sample of each for the moments in which the metrics API is away. Never zeros for "unknown".
/// </summary>
internal sealed partial class MetricSamples(KubernetesClient cluster, TimeProvider clock, ILogger<MetricSamples> log)
{
    /// <summary>An older sample is no answer any more.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<Guid, InstanceMetrics> last = new();

    /// <returns>Null when there is no sample of the last 60 seconds.</returns>
    public async Task<InstanceMetrics?> TakeAsync(Instance instance, CancellationToken ct)
    {
        try
        {
            if (await MeasureAsync(instance, ct) is { } sample)
                Keep(sample);
        }
        catch (KubernetesException e)
        {
            NotMeasured(log, instance.Id, e.Message);
        }

        return Last(instance.Id);
    }

    /// <summary>The last sample, when it is fresh.</summary>
    public InstanceMetrics? Last(Guid instance) =>
        last.TryGetValue(instance, out var sample) && clock.GetUtcNow() - sample.SampledAt <= Fresh ? sample : null;

    // The pod is looked up each time: a stored name goes stale when Kubernetes replaces the pod.
    private async Task<InstanceMetrics?> MeasureAsync(Instance instance, CancellationToken ct)
    {
        var selector = Labels.OfInstance(instance.Id);
        var pods = cluster.ListAsync<Pod>(instance.Namespace, selector, ct);
        var metrics = await cluster.ListAsync<PodMetrics>(instance.Namespace, selector, ct);
        if (Observation.Newest((await pods).Items) is not { } pod
            || metrics.Items.FirstOrDefault(m => m.Metadata.Name == pod.Metadata.Name) is not { } measured)
            return null;
        return new(instance.Id, pod.Metadata.Name!, Sum(measured, "cpu").Milli, Sum(measured, "memory").Units,
            measured.Timestamp.ToUniversalTime());
    }

    public static Quantity Sum(PodMetrics measured, string resource) => measured.Containers
        .Select(container => Quantity.TryParse(container.Usage.GetValueOrDefault(resource), out var used) ? used : default)
        .Aggregate(default(Quantity), (sum, used) => sum + used);

    private void Keep(InstanceMetrics sample)
    {
        if (last.Count >= MostKept)
            last.Clear();
        last[sample.InstanceId] = sample;
    }

    [LoggerMessage(LogLevel.Warning, "Instance {Instance} could not be measured: {Reason}")]
    private static partial void NotMeasured(ILogger log, Guid instance, string reason);
}
