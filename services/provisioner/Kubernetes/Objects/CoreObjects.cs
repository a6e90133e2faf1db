using System.Text.Json.Nodes;

namespace Platform.Provisioner.Kubernetes;

internal sealed record Namespace : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "namespaces", "Namespace", Namespaced: false);
    public override ResourceType ResourceType() => Type;
}

internal sealed record ServiceAccount : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");
    public override ResourceType ResourceType() => Type;
    public bool? AutomountServiceAccountToken { get; init; }
}

internal sealed record ResourceQuota : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "resourcequotas", "ResourceQuota");
    public override ResourceType ResourceType() => Type;
    public QuotaSpec? Spec { get; init; }

    internal sealed record QuotaSpec(Dictionary<string, string> Hard);
}

internal sealed record LimitRange : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "limitranges", "LimitRange");
    public override ResourceType ResourceType() => Type;
    public LimitSpec? Spec { get; init; }

    internal sealed record LimitSpec(List<LimitItem> Limits);

    internal sealed record LimitItem(string Type, Dictionary<string, string>? Default, Dictionary<string, string>? DefaultRequest);
}

internal sealed record Secret : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "secrets", "Secret");
    public override ResourceType ResourceType() => Type;

    /// <summary>Base64 by key.</summary>
    public Dictionary<string, string>? Data { get; init; }

    // A record prints its members; this one's must not end up in a log.
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name}";
}

internal sealed record PersistentVolumeClaim : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
    public override ResourceType ResourceType() => Type;
    public ClaimSpec? Spec { get; init; }

    internal sealed record ClaimSpec
    {
        public List<string>? AccessModes { get; init; }
        public string? StorageClassName { get; init; }
        public ResourceRequirements? Resources { get; init; }
    }
}

internal sealed record ResourceRequirements
{
    public Dictionary<string, string>? Requests { get; init; }
    public Dictionary<string, string>? Limits { get; init; }
}

internal sealed record Service : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "services", "Service");
    public override ResourceType ResourceType() => Type;
    public ServiceSpec? Spec { get; init; }

    internal sealed record ServiceSpec
    {
        public string? Type { get; init; }
        public Dictionary<string, string>? Selector { get; init; }
        public List<ServicePort>? Ports { get; init; }
    }

    /// <param name="TargetPort">A number or the name of a container's port.</param>
    internal sealed record ServicePort(string? Name, int Port, JsonNode? TargetPort, string? Protocol);
}

/// <summary>What metrics-server measured last.</summary>
internal sealed record PodMetrics : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("metrics.k8s.io", "v1beta1", "pods", "PodMetrics");
    public override ResourceType ResourceType() => Type;
    public DateTimeOffset Timestamp { get; init; }
    public string? Window { get; init; }
    public List<ContainerMetrics> Containers { get; init; } = [];

    internal sealed record ContainerMetrics(string Name, Dictionary<string, string> Usage);
}
