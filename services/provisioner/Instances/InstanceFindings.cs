using Platform.Contracts;
using Platform.Provisioner.Reconcile;

namespace Platform.Provisioner.Instances;

// What the reconciler's findings do to a row, and when it looks again. Pure: time comes in, messages go out.
internal sealed partial class Instance
{
    public const string Healthy = "Healthy";

    /// <summary>Takes in what a pass has found.</summary>
    /// <returns>What there is to say, in order.</returns>
    public IReadOnlyList<object> Settle(Findings found, DateTimeOffset now, ProvisionerOptions options)
    {
        var say = new List<object>();
        var before = (Status, HealthStatus, PodName);
        LeaseUntil = null;
        Note(found, now, options);
        say.AddRange(Progress(found, now));
        if (Status == InstanceStatus.Pending)
            Status = InstanceStatus.Provisioning;

        if (found.Fault is { } fault)
            say.AddRange(AfterFault(fault, now, options));
        else if (found.Verdict is { } verdict)
            say.AddRange(Judge(verdict, now, options));
        else
            NextAttemptAt = now + options.Recheck;

        if (before != (Status, HealthStatus, PodName))
            say.Add(Snapshot(now));
        return say;
    }

    /// <summary>The wish changed while the pass was under way: what it found is about something else.</summary>
    public void Drop(DateTimeOffset now) => (LeaseUntil, NextAttemptAt) = (null, NextAttemptAt is null ? null : now);

    private void Note(Findings found, DateTimeOffset now, ProvisionerOptions options)
    {
        VolumeUid = found.VolumeUid ?? VolumeUid;
        VolumeGib = found.VolumeGib ?? VolumeGib;
        DeploymentGeneration = found.DeploymentGeneration ?? DeploymentGeneration;
        if (found.Applied)
            (AppliedGeneration, ApplyDueAt) = (Generation, now + options.Resync);
        if (found.Fault is null)
            (Attempts, ObservedAt) = (0, now);
    }

    private IEnumerable<object> Progress(Findings found, DateTimeOffset now)
    {
        if (Wish != Wish.Run)
            yield break;
        foreach (var step in found.Steps.Where(step => !ToldSteps.Contains(step.Name)))
        {
            ToldSteps = [.. ToldSteps, step.Name];
            yield return new InstanceProgressed(CorrelationId, Id, SubscriptionId, Generation, step.Name, step.Detail, now);
        }
    }

    private IEnumerable<object> AfterFault(Kubernetes.KubernetesException fault, DateTimeOffset now, ProvisionerOptions options)
    {
        Attempts++;
        NextAttemptAt = now + Backoff.After(Id, Attempts, fault.RetryAfter, options.MaxBackoff);
        if (Wish != Wish.Run)
            return [];
        // A cluster that is away is no failure; one that says no is one, when it goes on saying so.
        if (fault.IsRefusal)
            return Broke(new(FailureCodes.RefusedByCluster, "The cluster refuses a part of the application's configuration."),
                now, options);
        return IsAnswered ? [] : Overdue(now);
    }

    private IEnumerable<object> Judge(Verdict verdict, DateTimeOffset now, ProvisionerOptions options)
    {
        switch (verdict)
        {
            case Verdict.Ready ready:
                return Run(ready.PodName, now, options);
            case Verdict.Waiting waiting:
                (BrokenCode, BrokenSince) = (null, null);
                PodName = waiting.PodName ?? PodName;
                if (Wish == Wish.Terminate)
                {
                    NextAttemptAt = now + options.Recheck;
                    return [];
                }

                HealthStatus = IsAnswered ? $"Unhealthy: {waiting.Why}" : HealthStatus == Resizing ? Resizing : waiting.Why;
                NextAttemptAt = Soonest(now + options.Recheck, IsAnswered ? null : DeadlineAt);
                return IsAnswered ? [] : Overdue(now);
            case Verdict.Broken broken:
                PodName = broken.PodName ?? PodName;
                NextAttemptAt = now + options.Recheck;
                return Broke(broken, now, options);
            case Verdict.Gone:
                return End(now);
            default:
                throw new InvalidOperationException($"The verdict {verdict.GetType().Name} is not known.");
        }
    }

    private IEnumerable<object> Run(string pod, DateTimeOffset now, ProvisionerOptions options)
    {
        (Status, HealthStatus, PodName, ObservedGeneration) = (InstanceStatus.Running, Healthy, pod, Generation);
        (BrokenCode, BrokenSince) = (null, null);
        NextAttemptAt = now + options.Resync;
        if (IsAnswered)
            return [];
        (Outcome, AnsweredGeneration, AnsweredAt, AnsweredPod, ReadyAt) = (Instances.Outcome.Ready, Generation, now, pod, now);
        return [new InstanceReady(CorrelationId, Id, Generation, pod, now)];
    }

    private IEnumerable<object> Broke(Verdict.Broken broken, DateTimeOffset now, ProvisionerOptions options)
    {
        if (BrokenCode != broken.Code)
            (BrokenCode, BrokenSince) = (broken.Code, now);
        var limit = broken.AtOnce ? now : BrokenSince!.Value + options.FailFastAfter;
        // The quota is computed from the other instances too; it may be behind, so it is applied once more before this counts.
        if (broken.Code == FailureCodes.QuotaExceeded)
            ApplyDueAt = now;
        if (now < limit)
        {
            HealthStatus = IsAnswered ? $"Unhealthy: {broken.Detail}" : HealthStatus == Resizing ? Resizing : broken.Detail;
            NextAttemptAt = Soonest(NextAttemptAt ?? limit, limit, IsAnswered ? null : DeadlineAt);
            return IsAnswered ? [] : Overdue(now);
        }

        if (!IsAnswered)
            return Fail(broken.Code, broken.Detail, now);
        // It ran and was paid for: an alarm and an honest status, and no second answer to the saga.
        (Status, HealthStatus) = (InstanceStatus.Error, $"Unhealthy: {broken.Detail}");
        return [];
    }

    private IReadOnlyList<object> Overdue(DateTimeOffset now)
    {
        if (now >= DeadlineAt)
            return Fail(FailureCodes.DeadlineExceeded, "The application did not become ready in time.", now);
        NextAttemptAt = Soonest(NextAttemptAt!.Value, DeadlineAt);
        return [];
    }

    private IReadOnlyList<object> End(DateTimeOffset now)
    {
        (Status, HealthStatus, PodName) = (InstanceStatus.Terminated, "Terminated", null);
        (TerminatedAt, NextAttemptAt, Attempts) = (now, null, 0);
        return [.. TerminationCorrelations.Select(correlation => new InstanceTerminated(correlation, Id, now))];
    }

    private static DateTimeOffset Soonest(DateTimeOffset first, params ReadOnlySpan<DateTimeOffset?> others)
    {
        foreach (var other in others)
            first = other < first ? other.Value : first;
        return first;
    }
}
