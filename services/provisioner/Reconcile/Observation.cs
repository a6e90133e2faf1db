using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>What runs of an instance, as the cluster tells it.</summary>
internal sealed record Observation(Deployment? Deployment, IReadOnlyList<ReplicaSet> ReplicaSets, IReadOnlyList<Pod> Pods)
{
    private const string Revision = "deployment.kubernetes.io/revision";

    /// <summary>The newest pod of all: by creation, and of two of the same second the first by name.</summary>
    public static Pod? Newest(IEnumerable<Pod> pods) =>
        pods.OrderByDescending(pod => pod.Metadata.CreationTimestamp).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The newest pod that was made for this generation of the wish.</summary>
    public Pod? NewestOf(long generation) => Newest(Pods.Where(pod => GenerationOf(pod) == generation));

    /// <summary>A pod that is not over yet and was made for another generation, or by another roll-out.</summary>
    public bool HasOlder(long generation) =>
        Pods.Any(pod => GenerationOf(pod) != generation && pod.Status?.Phase is not ("Succeeded" or "Failed"))
        || ReplicaSets.Where(set => set != Current).Any(set => set.Status?.Replicas > 0);

    private ReplicaSet? Current =>
        ReplicaSets.OrderByDescending(RevisionOf).ThenByDescending(set => set.Metadata.CreationTimestamp).FirstOrDefault();

    private static long RevisionOf(ReplicaSet set) =>
        long.TryParse(set.Metadata.Annotations?.GetValueOrDefault(Revision), out var revision) ? revision : 0;

    private static long? GenerationOf(Pod pod) =>
        long.TryParse(pod.Metadata.Annotations?.GetValueOrDefault(Labels.Generation), out var generation) ? generation : null;
}
