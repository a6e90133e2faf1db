using Platform.Contracts;

namespace Platform.Provisioner.Manifests;

/// <summary>All that the manifests of one instance are made of. The same input gives the same manifests.</summary>
/// <param name="Host">Public host name, whole.</param>
/// <param name="VolumeGib">Size of the volume; it may be more than the plan's, because volumes never shrink.</param>
internal sealed record DesiredInstance(
    Guid Id, Guid SubscriptionId, Guid UserId, long Generation, string Name, string Host,
    Workload Workload, InstanceResources Resources, int VolumeGib)
{
    public string Namespace => InstanceNames.NamespaceOf(UserId);
}

/// <summary>What is the same for all instances on one cluster.</summary>
/// <param name="ProgressDeadline">After this long without progress the cluster itself calls a roll-out failed.</param>
internal sealed record ClusterSettings(
    string UrlScheme, string IngressClassName, string IngressNamespace,
    string? ClusterIssuer, string? StorageClassName, TimeSpan ProgressDeadline)
{
    public string UrlOf(string host) => $"{UrlScheme}://{host}";
}
