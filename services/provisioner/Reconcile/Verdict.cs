namespace Platform.Provisioner.Reconcile;

/// <summary>What the cluster's state says about the wished generation.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>It runs, answers its probe, and nothing older runs beside it.</summary>
    internal sealed record Ready(string PodName) : Verdict;

    /// <summary>On its way.</summary>
    /// <param name="Why">A short text for <c>healthStatus</c>.</param>
    internal sealed record Waiting(string Why, string? PodName = null) : Verdict;

    /// <summary>It will not get there by itself.</summary>
    /// <param name="Detail">A sentence for the owner.</param>
    /// <param name="AtOnce">True when waiting can not change it.</param>
    internal sealed record Broken(string Code, string Detail, string? PodName = null, bool AtOnce = false) : Verdict;

    /// <summary>Of a termination: nothing is left.</summary>
    internal sealed record Gone : Verdict;
}

/// <summary>One step that a pass has seen done.</summary>
/// <param name="Name">As in <c>InstanceProgressed.Step</c>.</param>
internal sealed record Step(string Name, string Detail);

/// <summary>What one pass over the cluster found out and did; kept also when it broke off half way.</summary>
internal sealed class Findings
{
    public List<Step> Steps { get; } = [];
    public Verdict? Verdict { get; set; }

    /// <summary>All manifests of the wished generation are in the cluster.</summary>
    public bool Applied { get; set; }
    public long? DeploymentGeneration { get; set; }
    public string? VolumeUid { get; set; }
    public int? VolumeGib { get; set; }

    /// <summary>Set when the cluster did not answer or refused for now.</summary>
    public Kubernetes.KubernetesException? Fault { get; set; }

    public void Done(string step, string detail) => Steps.Add(new(step, detail));
}
