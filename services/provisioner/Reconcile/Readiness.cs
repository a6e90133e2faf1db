using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Reconcile;

/// <summary>
/// Says whether the wished generation runs, is on its way, or will not get there. Pure: a chain of questions, the first answer counts.
/// </summary>
internal static class Readiness
{
    private const int RestartsOfACrashLoop = 3;
    private static readonly string[] ImageReasons =
        ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"];
    private static readonly string[] ContainerReasons = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

    /// <param name="image">Named in the sentence for the owner.</param>
    public static Verdict Judge(Observation seen, long generation, string image)
    {
        if (seen.Deployment is not { Metadata.DeletionTimestamp: null } deployment)
            return new Verdict.Waiting("The deployment is not there");
        var pod = seen.NewestOf(generation);
        if (!(deployment.Status?.ObservedGeneration >= deployment.Metadata.Generation))
            return new Verdict.Waiting("The cluster has not seen the change yet", pod?.Metadata.Name);
        if (WhyNoPod(deployment, pod) is { } refused)
            return refused;
        if (pod is null)
            return new Verdict.Waiting(seen.Pods.Count > 0 ? "The old pod is ending" : "The pod is being made");
        return WhyPodFails(pod, image) ?? (Verdict?)WhyNotYet(seen, deployment, pod, generation) ?? new Verdict.Ready(pod.Metadata.Name!);
    }

    /// <summary>The steps that the newest pod of the generation has taken.</summary>
    public static IEnumerable<Step> StepsOf(Observation seen, long generation)
    {
        if (seen.NewestOf(generation) is not { } pod)
            yield break;
        if (Has(pod, "PodScheduled", "True"))
            yield return new("POD_SCHEDULED", "The application has a place to run.");
        if (pod.Status?.ContainerStatuses is [_, ..] containers
            && containers.All(c => c.ImageID is { Length: > 0 } || c.State?.Running is not null))
            yield return new("IMAGE_PULLED", "The application's image is there.");
        if (pod.IsReady)
            yield return new("POD_READY", "The application answers its probe.");
    }

    // The quota is only told in words, in a condition that is meant for people; the API's own errors are typed.
    private static Verdict.Broken? WhyNoPod(Deployment deployment, Pod? pod)
    {
        var refused = deployment.Status?.Conditions?.FirstOrDefault(c => c is { Type: "ReplicaFailure", Status: "True" });
        if (pod is not null || refused is null)
            return null;
        return refused.Message?.Contains("exceeded quota", StringComparison.Ordinal) == true
            ? new(FailureCodes.QuotaExceeded, "The quota of the account does not have room for the application.")
            : new(FailureCodes.RefusedByCluster, "The cluster refuses to make the application's pod.");
    }

    private static Verdict.Broken? WhyPodFails(Pod pod, string image)
    {
        var name = pod.Metadata.Name;
        if (pod.Status?.Conditions?.Any(c => c is { Type: "PodScheduled", Status: "False", Reason: "Unschedulable" }) == true)
            return new(FailureCodes.Unschedulable, "The cluster has no room for the application's size.", name);
        foreach (var container in pod.Status?.ContainerStatuses ?? [])
        {
            var waiting = container.State?.Waiting?.Reason;
            if (ImageReasons.Contains(waiting))
                return new(FailureCodes.ImageUnavailable, $"The image {image} could not be fetched.", name);
            if (ContainerReasons.Contains(waiting))
                return new(FailureCodes.RefusedByCluster, "The application's container could not be made.", name);
            // Between two crashes the container runs for a moment, so the waiting reason alone comes and goes.
            if (container is { Ready: false, RestartCount: >= RestartsOfACrashLoop }
                && (waiting == "CrashLoopBackOff" || container.LastState?.Terminated is not null))
                return new(FailureCodes.CrashLoop, container.LastState?.Terminated?.Reason == "OOMKilled"
                    ? $"The application needs more memory than it has, and was ended {container.RestartCount} times."
                    : $"The application ended {container.RestartCount} times by itself.", name);
        }

        return null;
    }

    // "Available" alone is true of the old pod too.
    private static Verdict.Waiting? WhyNotYet(Observation seen, Deployment deployment, Pod pod, long generation)
    {
        var (wanted, status, name) = (deployment.Spec?.Replicas ?? 1, deployment.Status!, pod.Metadata.Name);
        if (seen.HasOlder(generation))
            return new("The old pod is ending", name);
        if (!pod.IsReady)
            return new("The application is starting", name);
        return status.Replicas == wanted && status.UpdatedReplicas == wanted && status.AvailableReplicas == wanted
            ? null
            : new("The roll-out is under way", name);
    }

    private static bool Has(Pod pod, string type, string status) =>
        pod.Status?.Conditions?.Any(c => c.Type == type && c.Status == status) == true;
}
