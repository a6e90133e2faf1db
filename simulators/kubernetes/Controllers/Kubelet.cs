using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Faults;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>
/// Runs the pods of all nodes: pull, create, start, ready, stop, and the ways in which that can go wrong. The step that a pod is in is
/// read from its status, so that a restarted simulator goes on where it was. All containers of a pod walk in step.
/// </summary>
internal sealed class Kubelet(
    ObjectStore store, ObjectRemover remover, EventRecorder events, PodRules rules, PodStatusWriter status, Stopwatches watches, Pace pace,
    Identifiers identifiers) : IController
{
    private const string Component = "kubelet";

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind != KindCatalog.Pod)
        {
            return [];
        }

        if (change.Type == ChangeType.Deleted)
        {
            rules.Forget(change.Object.Uid);
            watches.Forget(change.Object.Uid);
            return [];
        }

        return change.Object.Body.Text("spec", "nodeName") is null ? [] : [change.Key];
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { } pod || pod.Body.Text("spec", "nodeName") is null)
        {
            return null;
        }

        if (pod.IsTerminating)
        {
            return Stop(pod);
        }

        var container = pod.Body.Items("status", "containerStatuses").FirstOrDefault();
        if (container is null)
        {
            return Begin(pod);
        }

        return container.Text("state", "waiting", "reason") switch
        {
            "ContainerCreating" => Pull(pod),
            "ErrImagePull" or "ImagePullBackOff" => RetryPull(pod, container),
            "CreateContainerConfigError" => RetryCreation(pod),
            "CrashLoopBackOff" => Restart(pod, container),
            _ => Supervise(pod, container),
        };
    }

    private TimeSpan? Begin(StoredObject pod)
    {
        var node = store.Find(KindCatalog.Node, "", pod.Body.Text("spec", "nodeName")!);
        var address = node is null ? "192.0.2.1" : ClusterSeed.AddressOf(node);
        status.Begin(pod, address, identifiers.PodAddress());
        return null;
    }

    private TimeSpan? Pull(StoredObject pod)
    {
        if (PodReferences.MissingVolume(store, pod) is { } problem)
        {
            events.Warning(pod, Component, "FailedMount", problem);
            return pace.BackOffAfter(2);
        }

        if (!watches.IsIn(pod, "pull"))
        {
            Tell(pod, "Pulling", container => $"Pulling image \"{container.Text("image")}\"");
        }

        if (watches.Left(pod, "pull", pace.Pull) is { } left)
        {
            return left;
        }

        if (rules.Of(pod) == PodBehaviour.ImageMissing)
        {
            var image = pod.Body.Items("spec", "containers").First().Text("image");
            var message = $"failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": not found";
            events.Warning(pod, Component, "Failed", $"Failed to pull image \"{image}\": rpc error: code = NotFound desc = {message}");
            events.Warning(pod, Component, "Failed", "Error: ErrImagePull");
            status.Wait(pod, "ErrImagePull", $"rpc error: code = NotFound desc = {message}");
            return null;
        }

        Tell(pod, "Pulled", container => $"Successfully pulled image \"{container.Text("image")}\"");
        return RetryCreation(pod);
    }

    private TimeSpan? RetryPull(StoredObject pod, JsonObject container)
    {
        var backingOff = container.Text("state", "waiting", "reason") == "ImagePullBackOff";
        if (watches.Left(pod, backingOff ? "image back-off" : "image error", pace.BackOffAfter(backingOff ? 2 : 0)) is { } left)
        {
            return left;
        }

        if (rules.Of(pod) != PodBehaviour.ImageMissing)
        {
            status.Wait(pod, "ContainerCreating", null);
        }
        else if (backingOff)
        {
            events.Warning(pod, Component, "Failed", "Error: ErrImagePull");
            status.Wait(pod, "ErrImagePull", $"image \"{container.Text("image")}\" not found");
        }
        else
        {
            events.Normal(pod, Component, "BackOff", $"Back-off pulling image \"{container.Text("image")}\"");
            events.Warning(pod, Component, "Failed", "Error: ImagePullBackOff");
            status.Wait(pod, "ImagePullBackOff", $"Back-off pulling image \"{container.Text("image")}\"");
        }

        return null;
    }

    private TimeSpan? RetryCreation(StoredObject pod)
    {
        if (PodReferences.MissingVariable(store, pod) is { } problem)
        {
            if (watches.Left(pod, "configuration", pace.BackOffAfter(1)) is { } left)
            {
                status.Wait(pod, "CreateContainerConfigError", problem);
                return left;
            }

            events.Warning(pod, Component, "Failed", $"Error: {problem}");
            return pace.BackOffAfter(1);
        }

        Tell(pod, "Created", container => $"Created container: {container.Text("name")}");
        Tell(pod, "Started", container => $"Started container {container.Text("name")}");
        status.Run(pod);
        return null;
    }

    private TimeSpan? Supervise(StoredObject pod, JsonObject container)
    {
        var ready = container.Flag("ready");
        switch (rules.Of(pod))
        {
            case PodBehaviour.CrashLoop or PodBehaviour.OutOfMemory when watches.Left(pod, "crash", pace.Start) is { } left:
                return left;
            case PodBehaviour.CrashLoop:
                return Crash(pod, container, 1, "Error");
            case PodBehaviour.OutOfMemory:
                return Crash(pod, container, 137, "OOMKilled");
            case PodBehaviour.NeverReady or PodBehaviour.Hold:
                if (ready)
                {
                    status.Ready(pod, false);
                }
                else if (rules.Of(pod) == PodBehaviour.NeverReady && !watches.IsIn(pod, "unready"))
                {
                    watches.Left(pod, "unready", TimeSpan.FromDays(3650));
                    events.Warning(pod, Component, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
                }

                return null;
            default:
                if (ready)
                {
                    return null;
                }

                if (watches.Left(pod, "start", StartOf(pod)) is { } starting)
                {
                    return starting;
                }

                status.Ready(pod, true);
                return null;
        }
    }

    private TimeSpan? Crash(StoredObject pod, JsonObject container, int exitCode, string reason)
    {
        status.Crash(pod, exitCode, reason, pace.BackOffAfter(container.Number("restartCount") ?? 0));
        events.Warning(
            pod, Component, "BackOff",
            $"Back-off restarting failed container {container.Text("name")} in pod {pod.Key.Name}_{pod.Key.Namespace}({pod.Uid})");
        return null;
    }

    private TimeSpan? Restart(StoredObject pod, JsonObject container)
    {
        if (watches.Left(pod, "crash back-off", pace.BackOffAfter(container.Number("restartCount") ?? 0)) is { } left)
        {
            return left;
        }

        Tell(pod, "Started", each => $"Started container {each.Text("name")}");
        status.Run(pod);
        return null;
    }

    private TimeSpan? Stop(StoredObject pod)
    {
        if (pod.Body.Number("metadata", "deletionGracePeriodSeconds") is null or 0)
        {
            return null;
        }

        if (!watches.IsIn(pod, "stop"))
        {
            Tell(pod, "Killing", container => $"Stopping container {container.Text("name")}");
        }

        var grace = TimeSpan.FromSeconds(pod.Body.Number("metadata", "deletionGracePeriodSeconds") ?? 30);
        if (watches.Left(pod, "stop", pace.Stop < grace ? pace.Stop : grace) is { } left)
        {
            return left;
        }

        remover.Delete(pod.Key, new() { GraceSeconds = 0 });
        return null;
    }

    private TimeSpan StartOf(StoredObject pod) => pace.KeepsProbeDelays
        ? pace.Start + TimeSpan.FromSeconds(pod.Body.Items("spec", "containers")
            .Max(container => container.Number("readinessProbe", "initialDelaySeconds") ?? 0))
        : pace.Start;

    private void Tell(StoredObject pod, string reason, Func<JsonObject, string> message)
    {
        foreach (var container in pod.Body.Items("spec", "containers"))
        {
            events.Normal(pod, Component, reason, message(container));
        }
    }
}
