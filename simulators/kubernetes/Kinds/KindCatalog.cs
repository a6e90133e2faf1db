namespace Platform.Simulators.Kubernetes.Kinds;

/// <summary>The closed list of kinds that the simulator serves.</summary>
internal static class KindCatalog
{
    public static readonly Kind Namespace = Core("Namespace", "namespaces") with
    {
        Namespaced = false, HasStatus = true, ShortNames = ["ns"],
    };

    public static readonly Kind Node = Core("Node", "nodes") with { Namespaced = false, HasStatus = true, ShortNames = ["no"] };
    public static readonly Kind Pod = Core("Pod", "pods") with { HasStatus = true, InAll = true, ShortNames = ["po"] };
    public static readonly Kind Service = Core("Service", "services") with { HasStatus = true, InAll = true, ShortNames = ["svc"] };
    public static readonly Kind Secret = Core("Secret", "secrets");
    public static readonly Kind ConfigMap = Core("ConfigMap", "configmaps") with { ShortNames = ["cm"] };
    public static readonly Kind ServiceAccount = Core("ServiceAccount", "serviceaccounts") with { ShortNames = ["sa"] };
    public static readonly Kind Event = Core("Event", "events") with { ShortNames = ["ev"] };
    public static readonly Kind ResourceQuota = Core("ResourceQuota", "resourcequotas") with { HasStatus = true, ShortNames = ["quota"] };
    public static readonly Kind LimitRange = Core("LimitRange", "limitranges") with { ShortNames = ["limits"] };

    public static readonly Kind PersistentVolumeClaim = Core("PersistentVolumeClaim", "persistentvolumeclaims") with
    {
        HasStatus = true, ShortNames = ["pvc"],
    };

    public static readonly Kind Deployment = Of("apps", "v1", "Deployment", "deployments") with
    {
        HasStatus = true, HasScale = true, HasGeneration = true, InAll = true, ShortNames = ["deploy"],
    };

    public static readonly Kind ReplicaSet = Of("apps", "v1", "ReplicaSet", "replicasets") with
    {
        HasStatus = true, HasScale = true, HasGeneration = true, InAll = true, ShortNames = ["rs"],
    };

    public static readonly Kind Ingress = Of("networking.k8s.io", "v1", "Ingress", "ingresses") with
    {
        HasStatus = true, HasGeneration = true, ShortNames = ["ing"],
    };

    public static readonly Kind NetworkPolicy = Of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies") with
    {
        HasGeneration = true, ShortNames = ["netpol"],
    };

    public static readonly Kind PodMetrics = Of("metrics.k8s.io", "v1beta1", "PodMetrics", "pods") with { Computed = true };

    public static readonly Kind NodeMetrics = Of("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes") with
    {
        Computed = true, Namespaced = false,
    };

    public static IReadOnlyList<Kind> All { get; } =
    [
        Namespace, Node, Pod, Service, Secret, ConfigMap, ServiceAccount, Event, ResourceQuota, LimitRange, PersistentVolumeClaim,
        Deployment, ReplicaSet, Ingress, NetworkPolicy, PodMetrics, NodeMetrics,
    ];

    public static IReadOnlyList<Kind> Stored { get; } = [.. All.Where(kind => !kind.Computed)];

    public static Kind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    public static Kind? FindByName(string? apiVersion, string? name) =>
        All.FirstOrDefault(kind => kind.ApiVersion == apiVersion && kind.Name == name);

    private static Kind Core(string name, string plural) => Of("", "v1", name, plural);

    private static Kind Of(string group, string version, string name, string plural) =>
        new(group, version, name, plural) { Shape = ShapeBook.ForKind(name) };
}
