using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Platform.Provisioner.Kubernetes;

internal sealed record Deployment : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("apps", "v1", "deployments", "Deployment");
    public override ResourceType ResourceType() => Type;
    public DeploymentSpec? Spec { get; init; }
    public DeploymentStatus? Status { get; init; }

    internal sealed record DeploymentSpec
    {
        public int? Replicas { get; init; }
        public int? RevisionHistoryLimit { get; init; }
        public int? ProgressDeadlineSeconds { get; init; }
        public DeploymentStrategy? Strategy { get; init; }
        public LabelSelector? Selector { get; init; }
        public PodTemplate? Template { get; init; }
    }

    internal sealed record DeploymentStrategy(string Type);

    internal sealed record DeploymentStatus
    {
        public long ObservedGeneration { get; init; }
        public int Replicas { get; init; }
        public int UpdatedReplicas { get; init; }
        public int AvailableReplicas { get; init; }
        public List<Condition>? Conditions { get; init; }
    }
}

internal sealed record ReplicaSet : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("apps", "v1", "replicasets", "ReplicaSet");
    public override ResourceType ResourceType() => Type;
    public ReplicaSetStatus? Status { get; init; }

    internal sealed record ReplicaSetStatus
    {
        public int Replicas { get; init; }
    }
}

internal sealed record PodTemplate(ObjectMeta Metadata, PodSpec Spec);

internal sealed record Pod : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("", "v1", "pods", "Pod");
    public override ResourceType ResourceType() => Type;
    public PodSpec? Spec { get; init; }
    public PodStatus? Status { get; init; }

    public bool IsReady => Metadata.DeletionTimestamp is null && Status is { Phase: "Running" }
        && Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    internal sealed record PodStatus
    {
        public string? Phase { get; init; }
        public string? PodIP { get; init; }
        public string? HostIP { get; init; }
        public List<Condition>? Conditions { get; init; }
        public List<ContainerStatus>? ContainerStatuses { get; init; }
    }

    internal sealed record ContainerStatus
    {
        public string Name { get; init; } = "";
        public bool Ready { get; init; }
        public int RestartCount { get; init; }
        public string? ImageID { get; init; }
        public ContainerState? State { get; init; }
        public ContainerState? LastState { get; init; }
    }

    internal sealed record ContainerState(Waiting? Waiting, Terminated? Terminated, Running? Running);

    internal sealed record Waiting(string? Reason);

    internal sealed record Terminated(string? Reason, int ExitCode);

    internal sealed record Running(DateTimeOffset? StartedAt);
}

internal sealed record PodSpec
{
    public string? NodeName { get; init; }
    public string? ServiceAccountName { get; init; }
    public bool? AutomountServiceAccountToken { get; init; }
    public bool? EnableServiceLinks { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
    public PodSecurityContext? SecurityContext { get; init; }
    public List<Container>? Containers { get; init; }
    public List<Volume>? Volumes { get; init; }
}

internal sealed record PodSecurityContext
{
    public bool? RunAsNonRoot { get; init; }
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public long? FsGroup { get; init; }
    public string? FsGroupChangePolicy { get; init; }
    public SeccompProfile? SeccompProfile { get; init; }
}

internal sealed record SeccompProfile(string Type);

internal sealed record Container
{
    public string Name { get; init; } = "";
    public string? Image { get; init; }
    public List<ContainerPort>? Ports { get; init; }
    public List<EnvironmentVariable>? Env { get; init; }
    public ResourceRequirements? Resources { get; init; }
    public SecurityContext? SecurityContext { get; init; }
    public List<VolumeMount>? VolumeMounts { get; init; }
    public Probe? StartupProbe { get; init; }
    public Probe? ReadinessProbe { get; init; }
    public Probe? LivenessProbe { get; init; }
}

internal sealed record ContainerPort
{
    [JsonPropertyName("containerPort")] public int Number { get; init; }
    public string? Name { get; init; }
    public string? Protocol { get; init; }
}

internal sealed record EnvironmentVariable(string Name, EnvironmentSource ValueFrom);

internal sealed record EnvironmentSource(SecretKey SecretKeyRef);

internal sealed record SecretKey(string Name, string Key);

internal sealed record SecurityContext
{
    public bool? AllowPrivilegeEscalation { get; init; }
    public bool? Privileged { get; init; }
    public bool? RunAsNonRoot { get; init; }
    public Capabilities? Capabilities { get; init; }
}

internal sealed record Capabilities(List<string> Drop);

internal sealed record VolumeMount(string Name, string MountPath, bool? ReadOnly = null);

internal sealed record Volume(string Name, ClaimSource? PersistentVolumeClaim);

internal sealed record ClaimSource(string ClaimName);

internal sealed record Probe
{
    public HttpGet? HttpGet { get; init; }
    public TcpSocket? TcpSocket { get; init; }
    public Exec? Exec { get; init; }
    public int? PeriodSeconds { get; init; }
    public int? TimeoutSeconds { get; init; }
    public int? FailureThreshold { get; init; }
}

/// <param name="Port">A number or the name of one of the container's ports.</param>
internal sealed record HttpGet(string Path, JsonNode Port);

/// <inheritdoc cref="HttpGet"/>
internal sealed record TcpSocket(JsonNode Port);

internal sealed record Exec(List<string> Command);
