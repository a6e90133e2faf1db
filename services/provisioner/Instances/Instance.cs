using Platform.Contracts;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Instances;

/// <summary>
/// One wished application and what is known of it. The wish is written by the commands, the knowledge by the reconciler;
/// nothing secret is in here.
/// </summary>
internal sealed partial class Instance
{
    private Instance()
    {
    }

    public Guid Id { get; private set; }
    public Guid SubscriptionId { get; private set; }
    public Guid UserId { get; private set; }

    /// <summary>The saga that asked for the current generation; its answers carry it back.</summary>
    public Guid CorrelationId { get; private set; }
    public long Generation { get; private set; }
    public Wish Wish { get; private set; }

    /// <summary>Null in a tombstone: the termination came before the deployment.</summary>
    public Workload? Workload { get; private set; }
    public int CpuMillis { get; private set; }
    public int MemoryMib { get; private set; }
    public int StorageGib { get; private set; }

    /// <summary>What the volume has; never less than it had.</summary>
    public int VolumeGib { get; private set; }
    public string? Name { get; private set; }
    public string? Host { get; private set; }
    public string? PublicUrl { get; private set; }

    public InstanceStatus Status { get; private set; }

    /// <summary>Exactly <c>Healthy</c>, or a short text; null before the first look.</summary>
    public string? HealthStatus { get; private set; }
    public string? PodName { get; private set; }

    /// <summary>The newest generation that has been seen running; 0 before.</summary>
    public long ObservedGeneration { get; private set; }

    /// <summary>The newest generation whose end was told, and that answer, for a repetition of the question.</summary>
    public long AnsweredGeneration { get; private set; }
    public Outcome? Outcome { get; private set; }
    public DateTimeOffset? AnsweredAt { get; private set; }
    public string? AnsweredPod { get; private set; }
    public string? FailureCode { get; private set; }
    public string? FailureDetail { get; private set; }

    /// <summary>Steps of the current generation that were told.</summary>
    public List<string> ToldSteps { get; private set; } = [];

    /// <summary>A reason that does not go away by itself, and since when it stands without interruption.</summary>
    public string? BrokenCode { get; private set; }
    public DateTimeOffset? BrokenSince { get; private set; }

    /// <summary>The generation whose manifests are in the cluster, and when to apply them again at the latest.</summary>
    public long AppliedGeneration { get; private set; }
    public DateTimeOffset? ApplyDueAt { get; private set; }

    /// <summary>The deployment's own generation after our last apply; another one means that somebody edited it.</summary>
    public long? DeploymentGeneration { get; private set; }

    /// <summary>The claim that holds the customer's data; another one under the same name would be an empty one.</summary>
    public string? VolumeUid { get; private set; }

    /// <summary>Counts the snapshots that were told.</summary>
    public long Version { get; private set; }
    public DateTimeOffset? DeadlineAt { get; private set; }

    /// <summary>When the reconciler looks next; null when there is nothing left to do.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>Failed passes in a row; the wait grows with them.</summary>
    public int Attempts { get; private set; }

    /// <summary>Counts the claims; a worker that lost its claim finds another number and drops what it has found.</summary>
    public long Lease { get; private set; }
    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>Everybody who asked for the end.</summary>
    public List<Guid> TerminationCorrelations { get; private set; } = [];
    public DateTimeOffset? TerminationAskedAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? ReadyAt { get; private set; }
    public DateTimeOffset? ObservedAt { get; private set; }
    public DateTimeOffset? TerminatedAt { get; private set; }

    public InstanceResources Resources => new(CpuMillis, MemoryMib, StorageGib);
    public string Namespace => InstanceNames.NamespaceOf(UserId);
    public bool IsAnswered => AnsweredGeneration == Generation;

    /// <summary>What the manifests are made of.</summary>
    public DesiredInstance Desired() => new(Id, SubscriptionId, UserId, Generation,
        Name ?? throw new InvalidOperationException("A tombstone has no manifests."),
        Host!, Workload!, Resources, Math.Max(VolumeGib, StorageGib));

    /// <summary>The whole state as others may see it.</summary>
    private InstanceChanged Snapshot(DateTimeOffset now)
    {
        Version++;
        UpdatedAt = now;
        return new(SubscriptionId, Id, Version, Wire(Status), HealthStatus, PodName, Namespace, Name ?? "", Host ?? "",
            PublicUrl ?? "", PublicUrl is null ? "" : $"{PublicUrl}/admin", Generation, now);
    }

    public static string Wire<T>(T state) where T : struct, Enum => state.ToString().ToUpperInvariant();
}
