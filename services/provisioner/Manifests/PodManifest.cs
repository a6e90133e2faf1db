using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Manifests;

/// <summary>
/// The pod of an instance: one container that passes the restricted security level, its volume where the application keeps its data.
/// </summary>
internal static class PodManifest
{
    public const string ContainerName = "app";
    private const string VolumeName = "data";
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(5);

    public static PodSpec Of(DesiredInstance instance, string portName) => new()
    {
        ServiceAccountName = TenantManifests.WorkloadAccount,
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        TerminationGracePeriodSeconds = 30,
        SecurityContext = new()
        {
            RunAsNonRoot = true,
            RunAsUser = instance.Workload.RunAsUser,
            RunAsGroup = instance.Workload.RunAsUser,
            FsGroup = instance.Workload.RunAsUser,
            FsGroupChangePolicy = "OnRootMismatch",
            SeccompProfile = new("RuntimeDefault"),
        },
        Containers = [ContainerOf(instance, portName)],
        Volumes = [new(VolumeName, new(InstanceNames.VolumeOf(instance.Name)))],
    };

    private static Container ContainerOf(DesiredInstance instance, string portName)
    {
        var size = new Dictionary<string, string>
        {
            ["cpu"] = $"{instance.Resources.CpuMillis}m",
            ["memory"] = $"{instance.Resources.MemoryMib}Mi",
        };
        return new()
        {
            Name = ContainerName,
            Image = instance.Workload.Image,
            Ports = [new() { Number = instance.Workload.Port, Name = portName, Protocol = "TCP" }],
            Env = [.. InstanceEnvironment.Variables(instance.Workload).Select(variable => new EnvironmentVariable(
                variable.Name, new(new(InstanceNames.EnvironmentOf(instance.Name), InstanceEnvironment.KeyOf(variable.Name)))))],
            Resources = new() { Requests = size, Limits = size },
            SecurityContext = new()
            {
                AllowPrivilegeEscalation = false,
                Privileged = false,
                RunAsNonRoot = true,
                Capabilities = new(["ALL"]),
            },
            VolumeMounts = [new(VolumeName, instance.Workload.DataPath)],
            // A first start may migrate a database for minutes; killing it half way is worse than waiting. The provisioner has a deadline
            // anyway.
            StartupProbe = Probe(instance.Workload.Probe, portName, failures: 120),
            ReadinessProbe = Probe(instance.Workload.Probe, portName, failures: 3),
            LivenessProbe = Probe(instance.Workload.Probe, portName, failures: 12),
        };
    }

    private static Probe Probe(WorkloadProbe probe, string portName, int failures) => new()
    {
        HttpGet = probe.Kind == "HTTP" ? new(probe.Path!, JsonValue.Create(portName)) : null,
        TcpSocket = probe.Kind == "TCP" ? new(JsonValue.Create(portName)) : null,
        // The kubelet expands $(VAR) in a probe's command, and $$ is how a dollar sign is written.
        Exec = probe.Kind == "EXEC" ? new([.. probe.Command!.Select(part => part.Replace("$", "$$", StringComparison.Ordinal))]) : null,
        PeriodSeconds = (int)ProbePeriod.TotalSeconds,
        TimeoutSeconds = 5,
        FailureThreshold = failures,
    };
}
