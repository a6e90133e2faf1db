using System.Text.Json.Nodes;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Manifests;

/// <summary>The objects of one instance, each made from the wish alone. Pure.</summary>
internal static class InstanceManifests
{
    private const string PortName = "http";

    /// <param name="content">From <see cref="InstanceEnvironment.Content"/>.</param>
    public static Secret Secret(DesiredInstance instance, Dictionary<string, string> content) => new()
    {
        Metadata = Meta(instance, InstanceNames.EnvironmentOf(instance.Name)),
        Data = content,
    };

    /// <param name="storageClass">Of a claim that exists, because it can not be changed; else the configured one.</param>
    public static PersistentVolumeClaim Volume(DesiredInstance instance, string? storageClass) => new()
    {
        Metadata = Meta(instance, InstanceNames.VolumeOf(instance.Name)),
        Spec = new()
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = storageClass,
            Resources = new() { Requests = new() { ["storage"] = $"{instance.VolumeGib}Gi" } },
        },
    };

    /// <summary>One replica, and the old pod ends before the new one starts: they share a volume that only one may write.</summary>
    public static Deployment Deployment(DesiredInstance instance, ClusterSettings cluster) => new()
    {
        Metadata = Meta(instance, instance.Name),
        Spec = new()
        {
            Replicas = 1,
            RevisionHistoryLimit = 2,
            ProgressDeadlineSeconds = (int)cluster.ProgressDeadline.TotalSeconds,
            Strategy = new("Recreate"),
            Selector = new() { MatchLabels = Selector(instance) },
            Template = new(
                new()
                {
                    Labels = LabelsOf(instance),
                    Annotations = new() { [Labels.Generation] = $"{instance.Generation}" },
                },
                PodManifest.Of(instance, PortName)),
        },
    };

    public static Service Service(DesiredInstance instance) => new()
    {
        Metadata = Meta(instance, instance.Name),
        Spec = new()
        {
            Type = "ClusterIP",
            Selector = Selector(instance),
            Ports = [new(PortName, 80, JsonValue.Create(PortName), "TCP")],
        },
    };

    public static Ingress Ingress(DesiredInstance instance, ClusterSettings cluster) => new()
    {
        Metadata = Meta(instance, instance.Name) with
        {
            Annotations = cluster.ClusterIssuer is { } issuer ? new() { ["cert-manager.io/cluster-issuer"] = issuer } : null,
        },
        Spec = new()
        {
            IngressClassName = cluster.IngressClassName,
            Tls = cluster.ClusterIssuer is null ? null : [new([instance.Host], InstanceNames.CertificateOf(instance.Name))],
            Rules = [new(instance.Host, new([new("/", "Prefix", new(new(instance.Name, new(PortName))))]))],
        },
    };

    private static ObjectMeta Meta(DesiredInstance instance, string name) =>
        new() { Name = name, Namespace = instance.Namespace, Labels = LabelsOf(instance) };

    private static Dictionary<string, string> Selector(DesiredInstance instance) => new() { [Labels.Instance] = instance.Id.ToString() };

    private static Dictionary<string, string> LabelsOf(DesiredInstance instance) => new()
    {
        [Labels.ManagedBy] = Labels.Us,
        [Labels.Instance] = instance.Id.ToString(),
        [Labels.Subscription] = instance.SubscriptionId.ToString(),
        [Labels.User] = instance.UserId.ToString(),
    };
}
