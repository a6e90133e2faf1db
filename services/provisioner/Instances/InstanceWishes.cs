using Platform.Contracts;

namespace Platform.Provisioner.Instances;

// What the commands do to a row. Each returns what there is to say; the reconciler says the rest later.
internal sealed partial class Instance
{
    public const string Resizing = "Resizing";
    public const string Terminating = "Terminating";

    public static (Instance Instance, IReadOnlyList<object> Say) Deploy(
        ProvisionInstance wish, string name, string host, string publicUrl,
        IReadOnlyList<string> faults, DateTimeOffset now, TimeSpan readyWithin)
    {
        var instance = new Instance
        {
            Id = wish.InstanceId,
            SubscriptionId = wish.SubscriptionId,
            UserId = wish.UserId,
            CorrelationId = wish.CorrelationId,
            Generation = wish.Generation,
            Wish = Wish.Run,
            Workload = wish.Workload,
            CpuMillis = wish.Resources.CpuMillis,
            MemoryMib = wish.Resources.MemoryMib,
            StorageGib = wish.Resources.StorageGib,
            Name = name,
            Host = host,
            PublicUrl = publicUrl,
            Status = InstanceStatus.Pending,
            DeadlineAt = now + readyWithin,
            NextAttemptAt = now,
            CreatedAt = now,
        };
        return (instance, faults.Count == 0
            ? [instance.Snapshot(now)]
            : [.. instance.Fail(FailureCodes.InvalidWorkload, string.Join(' ', faults), now), instance.Snapshot(now)]);
    }

    /// <summary>An end that came before the beginning; the beginning will find it.</summary>
    public static Instance Tombstone(TerminateInstance wish, DateTimeOffset now) => new()
    {
        Id = wish.InstanceId,
        SubscriptionId = wish.SubscriptionId,
        UserId = wish.UserId,
        CorrelationId = wish.CorrelationId,
        Wish = Wish.Terminate,
        Status = InstanceStatus.Stopping,
        HealthStatus = Terminating,
        TerminationCorrelations = [wish.CorrelationId],
        TerminationAskedAt = now,
        NextAttemptAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>A deployment for a row that exists: a repetition, a late one, one for something that is over, or a new try.</summary>
    public IReadOnlyList<object> DeployAgain(ProvisionInstance wish, IReadOnlyList<string> faults, DateTimeOffset now, TimeSpan readyWithin)
    {
        if (TerminatedAt is { } at)
            return [new InstanceTerminated(wish.CorrelationId, Id, at)];
        // On its way out: the answer to the termination says it.
        if (Wish == Wish.Terminate || wish.Generation < Generation)
            return [];
        if (wish.Generation == Generation)
            return AnswerAgain(wish.CorrelationId);
        Workload = faults.Count == 0 ? wish.Workload : Workload;
        return Change(wish.CorrelationId, wish.Generation, wish.Resources, faults, now, readyWithin);
    }

    public IReadOnlyList<object> Resize(ResizeInstance wish, IReadOnlyList<string> faults, DateTimeOffset now, TimeSpan readyWithin)
    {
        if (Wish == Wish.Terminate)
            return [new InstanceFailed(wish.CorrelationId, Id, wish.Generation, FailureCodes.Terminated, "The instance is deleted.", now)];
        if (wish.Generation <= Generation)
            return wish.Generation == Generation ? AnswerAgain(wish.CorrelationId) : [];

        return Change(wish.CorrelationId, wish.Generation, wish.Resources, faults, now, readyWithin);
    }

    private IReadOnlyList<object> Change(
        Guid correlation, long generation, InstanceResources resources,
        IReadOnlyList<string> faults, DateTimeOffset now, TimeSpan readyWithin)
    {
        (CorrelationId, Generation) = (correlation, generation);
        (DeadlineAt, NextAttemptAt, Attempts) = (now + readyWithin, now, 0);
        ToldSteps = [];
        (BrokenCode, BrokenSince) = (null, null);
        if (faults.Count > 0)
            return [.. Fail(FailureCodes.InvalidWorkload, string.Join(' ', faults), now), Snapshot(now)];
        (CpuMillis, MemoryMib, StorageGib) = (resources.CpuMillis, resources.MemoryMib, resources.StorageGib);
        (FailureCode, FailureDetail) = (null, null);
        // Another text than "Healthy" from the first answer on, or a reader would take the old size for the new one.
        (Status, HealthStatus) = (InstanceStatus.Provisioning, Resizing);
        return [Snapshot(now)];
    }

    public IReadOnlyList<object> Terminate(TerminateInstance wish, DateTimeOffset now)
    {
        if (TerminatedAt is { } at)
            return [new InstanceTerminated(wish.CorrelationId, Id, at)];
        if (!TerminationCorrelations.Contains(wish.CorrelationId))
            TerminationCorrelations = [.. TerminationCorrelations, wish.CorrelationId];
        if (Wish == Wish.Terminate)
            return [];
        (Wish, Status, HealthStatus) = (Wish.Terminate, InstanceStatus.Stopping, Terminating);
        (NextAttemptAt, Attempts, TerminationAskedAt) = (now, 0, now);
        return [Snapshot(now)];
    }

    private IReadOnlyList<object> AnswerAgain(Guid correlation) => !IsAnswered ? [] : Outcome switch
    {
        Instances.Outcome.Ready => [new InstanceReady(correlation, Id, Generation, AnsweredPod ?? "", AnsweredAt!.Value)],
        Instances.Outcome.Failed => [new InstanceFailed(correlation, Id, Generation, FailureCode!, FailureDetail!, AnsweredAt!.Value)],
        null => [],
        _ => throw new InvalidOperationException($"Outcome {Outcome} is not known."),
    };

    private IReadOnlyList<object> Fail(string code, string detail, DateTimeOffset now)
    {
        (Outcome, AnsweredGeneration, AnsweredAt, AnsweredPod) = (Instances.Outcome.Failed, Generation, now, null);
        (FailureCode, FailureDetail) = (code, detail);
        (Status, HealthStatus) = (InstanceStatus.Error, $"Provisioning failed: {detail}");
        (NextAttemptAt, Attempts) = (null, 0);
        return [new InstanceFailed(CorrelationId, Id, Generation, code, detail, now)];
    }
}
