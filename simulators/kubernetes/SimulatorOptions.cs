using System.ComponentModel.DataAnnotations;

namespace Platform.Simulators.Kubernetes;

/// <summary>The section "Simulator" of the configuration.</summary>
internal sealed class SimulatorOptions
{
    public const string Section = "Simulator";

    /// <summary>The version that the simulator says it speaks; kubectl compares it with its own.</summary>
    public const string KubernetesVersion = "v1.32.4+simulator";

    /// <summary>Asked for in each request as a bearer token; without one, every request is let in.</summary>
    public string? Token { get; init; }

    /// <summary>How fast the cluster is: instant, quick or lifelike.</summary>
    public string Pace { get; init; } = "quick";

    /// <summary>Names, uids, log lines and metrics follow from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the cluster is kept across restarts; without it, it is in memory only.</summary>
    public string? StateFile { get; init; }

    /// <summary>Written at start, for kubectl and the provisioner: address, token, certificate.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>
    /// The certificate and key (PEM) for https addresses; made when it is missing. Without a path a new one is made at each start.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>How many past changes watches can resume from.</summary>
    [Range(1, 1_000_000)] public int HistoryLength { get; init; } = 5_000;

    /// <summary>How often a watch that asks for bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Range(1, 100)] public int Nodes { get; init; } = 2;

    public string NodeCpu { get; init; } = "64";

    public string NodeMemory { get; init; } = "256Gi";

    [Range(1, 100_000)] public int NodePods { get; init; } = 1_000;
}
