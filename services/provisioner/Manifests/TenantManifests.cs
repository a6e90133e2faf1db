using Platform.Contracts;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Manifests;

/// <summary>
/// What surrounds a user's instances: a namespace that only admits restricted pods, closed to the network but for what an application
/// needs, with a quota of what the user pays for. Pure.
/// </summary>
internal static class TenantManifests
{
    public const string WorkloadAccount = "workload";

    // The internet without the networks that could be ours: private, link-local (metadata services), carrier, loopback, multicast.
    private static readonly NetworkPolicy.IpBlock InternetV4 = new("0.0.0.0/0",
        ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15",
            "224.0.0.0/3"]);
    private static readonly NetworkPolicy.IpBlock InternetV6 = new("2000::/3", ["2001:db8::/32"]);

    public static Namespace Namespace(Guid user) => new()
    {
        Metadata = new()
        {
            Name = InstanceNames.NamespaceOf(user),
            Labels = new(Ours(user))
            {
                ["pod-security.kubernetes.io/enforce"] = "restricted",
                ["pod-security.kubernetes.io/enforce-version"] = "latest",
                ["pod-security.kubernetes.io/audit"] = "restricted",
                ["pod-security.kubernetes.io/warn"] = "restricted",
            },
        },
    };

    /// <summary>Everything in the namespace that is not of one instance. Closed first, opened afterwards.</summary>
    /// <param name="sizes">Each instance of the user that is or may be in the namespace.</param>
    public static IReadOnlyList<KubernetesObject> Surroundings(Guid user, ClusterSettings cluster,
        IReadOnlyList<InstanceResources> sizes) =>
        [DefaultDeny(user), Allowances(user, cluster), Account(user), Quota(user, sizes), Limits(user)];

    private static NetworkPolicy DefaultDeny(Guid user) => new()
    {
        Metadata = Meta(user, "default-deny"),
        Spec = new() { PodSelector = new(), PolicyTypes = ["Ingress", "Egress"] },
    };

    private static NetworkPolicy Allowances(Guid user, ClusterSettings cluster) => new()
    {
        Metadata = Meta(user, "application"),
        Spec = new()
        {
            PodSelector = new(),
            PolicyTypes = ["Ingress", "Egress"],
            Ingress = [new([InNamespace(cluster.IngressNamespace), OwnPods])],
            Egress =
            [
                new([InNamespace("kube-system")], [new("UDP", 53), new("TCP", 53)]),
                new([OwnPods]),
                new([new() { IpBlock = InternetV4 }, new() { IpBlock = InternetV6 }], [new("TCP", 80), new("TCP", 443)]),
            ],
        },
    };

    private static ServiceAccount Account(Guid user) =>
        new() { Metadata = Meta(user, WorkloadAccount), AutomountServiceAccountToken = false };

    // A roll-out may run the new pod of one instance beside the old one, so the largest is counted once more.
    private static ResourceQuota Quota(Guid user, IReadOnlyList<InstanceResources> sizes)
    {
        var cpu = sizes.Sum(size => (long)size.CpuMillis) + sizes.Max(size => size.CpuMillis);
        var memory = sizes.Sum(size => (long)size.MemoryMib) + sizes.Max(size => size.MemoryMib);
        return new()
        {
            Metadata = Meta(user, "plans"),
            Spec = new(new()
            {
                ["requests.cpu"] = $"{cpu}m",
                ["limits.cpu"] = $"{cpu}m",
                ["requests.memory"] = $"{memory}Mi",
                ["limits.memory"] = $"{memory}Mi",
                ["requests.storage"] = $"{sizes.Sum(size => (long)size.StorageGib)}Gi",
                ["persistentvolumeclaims"] = $"{sizes.Count}",
                ["pods"] = $"{sizes.Count + 1}",
                ["services.loadbalancers"] = "0",
                ["services.nodeports"] = "0",
            }),
        };
    }

    // Our containers say what they need; whatever else should get in here stays small, and nobody fills a node's disk.
    private static LimitRange Limits(Guid user) => new()
    {
        Metadata = Meta(user, "defaults"),
        Spec = new([new("Container",
            new() { ["cpu"] = "100m", ["memory"] = "128Mi", ["ephemeral-storage"] = "2Gi" },
            new() { ["cpu"] = "100m", ["memory"] = "128Mi", ["ephemeral-storage"] = "100Mi" })]),
    };

    private static NetworkPolicy.Peer OwnPods => new() { PodSelector = new() };

    private static NetworkPolicy.Peer InNamespace(string name) =>
        new() { NamespaceSelector = new() { MatchLabels = new() { ["kubernetes.io/metadata.name"] = name } } };

    private static ObjectMeta Meta(Guid user, string name) =>
        new() { Name = name, Namespace = InstanceNames.NamespaceOf(user), Labels = Ours(user) };

    private static Dictionary<string, string> Ours(Guid user) => new() { [Labels.ManagedBy] = Labels.Us, [Labels.User] = user.ToString() };
}
