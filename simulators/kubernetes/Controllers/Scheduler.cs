using Platform.Simulators.Kubernetes.Faults;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Gives each pod a node that has room, or says why none has.</summary>
internal sealed class Scheduler(
    ObjectStore store, ObjectWriter writer, EventRecorder events, PodRules rules, Stopwatches watches, Pace pace) : IController
{
    public const string SelectedNode = "volume.kubernetes.io/selected-node";
    private const string Component = "default-scheduler";
    private readonly NodeLoads loads = new();

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind == KindCatalog.Pod)
        {
            loads.Follow(change);
            if (change.Object.Body.Text("spec", "nodeName") is null && change.Type != ChangeType.Deleted)
            {
                yield return change.Key;
            }
            else if (change.Type == ChangeType.Deleted)
            {
                // Its room is free for others.
                foreach (var waiting in Waiting(null))
                {
                    yield return waiting;
                }
            }
        }
        else if (change.Key.Kind == KindCatalog.PersistentVolumeClaim || change.Key.Kind == KindCatalog.Node)
        {
            foreach (var waiting in Waiting(change.Key.Kind == KindCatalog.Node ? null : change.Key.Namespace))
            {
                yield return waiting;
            }
        }
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { IsTerminating: false } pod || pod.Body.Text("spec", "nodeName") is not null)
        {
            return null;
        }

        if (watches.Left(pod, "schedule", pace.Schedule) is { } left)
        {
            return left;
        }

        if (rules.Of(pod) == PodBehaviour.Pending)
        {
            Refuse(pod, $"{NodesShort()} are available: 2 node(s) had untolerated taint {{simulator: pending}}.");
            return null;
        }

        var (node, problem) = Choose(pod);
        if (node is null)
        {
            Refuse(pod, problem!);
            return null;
        }

        var (bound, missing) = Claims(pod, node);
        if (missing is not null)
        {
            Refuse(pod, $"{NodesShort()} are available: {missing}.");
            return null;
        }

        if (bound)
        {
            Bind(pod, node);
        }

        return null;
    }

    private List<ObjectKey> Waiting(string? ns) =>
        [.. store.List(KindCatalog.Pod, ns).Where(pod => pod.Body.Text("spec", "nodeName") is null).Select(pod => pod.Key)];

    private string NodesShort() => FormattableString.Invariant($"0/{store.List(KindCatalog.Node).Count} nodes");

    private (string? Node, string? Problem) Choose(StoredObject pod)
    {
        var pods = loads.ByNode();
        var pinned = Mounted(pod).Select(claim => claim.Body.Text("metadata", "annotations", SelectedNode))
            .FirstOrDefault(on => on is not null);
        var asked = QuotaUse.Of(KindCatalog.Pod, pod.Body);
        var reasons = new List<string>();
        string? best = null;
        foreach (var node in store.List(KindCatalog.Node).OrderBy(node => pods.GetValueOrDefault(node.Key.Name).Pods))
        {
            var reason = Unfit(pod, node, pinned, asked, pods.GetValueOrDefault(node.Key.Name));
            if (reason is not null)
            {
                reasons.Add(reason);
            }
            else
            {
                best ??= node.Key.Name;
            }
        }

        var summary = reasons.GroupBy(reason => reason).Order(Comparer<IGrouping<string, string>>.Create(
            (left, right) => string.CompareOrdinal(left.Key, right.Key))).Select(group => $"{group.Count()} {group.Key}");
        return (best, $"{NodesShort()} are available: {string.Join(", ", summary)}. "
            + $"preemption: {NodesShort()} are available: {reasons.Count} Preemption is not helpful for scheduling.");
    }

    private static string? Unfit(
        StoredObject pod, StoredObject node, string? pinned, Dictionary<string, decimal> asked, NodeLoad there)
    {
        if (node.Body.Flag("spec", "unschedulable"))
        {
            return "node(s) were unschedulable";
        }

        if (!Conditions.IsTrue(node.Body["status"], "Ready"))
        {
            return "node(s) had untolerated taint {node.kubernetes.io/not-ready: }";
        }

        if (pod.Body.Map("spec", "nodeSelector").Any(pair => node.Body.Text("metadata", "labels", pair.Key) != pair.Value))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        if (pinned is not null && pinned != node.Key.Name)
        {
            return "node(s) had volume node affinity conflict";
        }

        if (there.Pods >= Quantity.Of(node.Body.At("status", "allocatable", "pods")))
        {
            return "Too many pods";
        }

        foreach (var resource in new[] { "cpu", "memory" })
        {
            var room = Quantity.Of(node.Body.At("status", "allocatable", resource));
            var used = resource == "cpu" ? there.Cpu : there.Memory;
            if (used + asked.GetValueOrDefault(resource) > room)
            {
                return $"Insufficient {resource}";
            }
        }

        return null;
    }

    private IEnumerable<StoredObject> Mounted(StoredObject pod) => pod.Body.Items("spec", "volumes")
        .Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>()
        .Select(name => store.Find(KindCatalog.PersistentVolumeClaim, pod.Key.Namespace, name)).OfType<StoredObject>();

    // A claim that waits for its first consumer learns here on which node that will be.
    private (bool Bound, string? Problem) Claims(StoredObject pod, string node)
    {
        var names = pod.Body.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>();
        var bound = true;
        foreach (var name in names)
        {
            if (store.Find(KindCatalog.PersistentVolumeClaim, pod.Key.Namespace, name) is not { } claim)
            {
                return (false, $"persistentvolumeclaim \"{name}\" not found");
            }

            if (claim.IsTerminating)
            {
                return (false, $"persistentvolumeclaim \"{name}\" is being deleted");
            }

            if (claim.Body.Text("status", "phase") == "Bound")
            {
                continue;
            }

            bound = false;
            if (StorageClass.Find(claim.Body) is not { } storage)
            {
                return (false, "pod has unbound immediate PersistentVolumeClaims");
            }

            if (storage.WaitsForConsumer && claim.Body.Text("metadata", "annotations", SelectedNode) is null)
            {
                writer.Change(claim.Key, Write.Controller("kube-scheduler"), body =>
                {
                    body.Ensure("metadata", "annotations")[SelectedNode] = node;
                    return (body, null);
                });
            }
        }

        return (bound, null);
    }

    private void Bind(StoredObject pod, string node)
    {
        writer.Change(pod.Key, Write.Controller("kube-scheduler"), body =>
        {
            body.Ensure("spec")["nodeName"] = node;
            return (body, null);
        });
        writer.Change(pod.Key, Write.Controller("kube-scheduler", "status"), body =>
        {
            Conditions.Set(body.Ensure("status"), "PodScheduled", true, writer.Now());
            return (body, null);
        });
        events.Normal(pod, Component, "Scheduled", $"Successfully assigned {pod.Key.Namespace}/{pod.Key.Name} to {node}");
    }

    private void Refuse(StoredObject pod, string message)
    {
        var known = Conditions.Find(pod.Body["status"], "PodScheduled");
        if (known.Text("message") == message)
        {
            return;
        }

        writer.Change(pod.Key, Write.Controller("kube-scheduler", "status"), body =>
        {
            Conditions.Set(body.Ensure("status"), "PodScheduled", false, writer.Now(), "Unschedulable", message);
            return (body, null);
        });
        events.Warning(pod, Component, "FailedScheduling", message);
    }
}
