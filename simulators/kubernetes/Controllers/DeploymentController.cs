using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>
/// Rolls a Deployment out: one ReplicaSet per pod template, the new one up and the old ones down within maxSurge and maxUnavailable,
/// or all down first for Recreate. Proportional scaling in the middle of a roll-out is not simulated: only the new set scales.
/// </summary>
internal sealed class DeploymentController(
    ObjectStore store, ObjectWriter writer, ObjectRemover remover, EventRecorder events, DeploymentStatus statuses) : IController
{
    public const string Revision = "deployment.kubernetes.io/revision";
    private const string Hash = "pod-template-hash";
    private const string Component = "deployment-controller";
    private static readonly Write ControllerWrite = Write.Controller("kube-controller-manager");

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind == KindCatalog.Deployment)
        {
            yield return change.Key;
        }
        else if (change.Key.Kind == KindCatalog.ReplicaSet && Owners.ControllerOf(change.Object, KindCatalog.Deployment) is { } owner)
        {
            yield return owner;
        }
        else if (change is { Type: ChangeType.Deleted } && change.Key.Kind == KindCatalog.Pod
            && Owners.ControllerOf(change.Object, KindCatalog.ReplicaSet) is { } set && store.Find(set) is { } stored
            && Owners.ControllerOf(stored, KindCatalog.Deployment) is { } above)
        {
            // Recreate waits for the last old pod to be gone, which no ReplicaSet shows.
            yield return above;
        }
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { } deployment)
        {
            return null;
        }

        var sets = Owners.Controlled(store, deployment, KindCatalog.ReplicaSet);
        var current = sets.Find(set => SameTemplate(set, deployment));
        if (deployment.IsTerminating)
        {
            return statuses.Write(deployment, current, sets, null);
        }

        var created = false;
        var old = sets.Where(set => set != current).ToList();
        var paused = deployment.Body.Flag("spec", "paused");
        if (current is null && !paused && !(IsRecreate(deployment) && !AllGone(old, deployment)))
        {
            (current, created) = (Create(deployment, old), true);
        }

        if (current is not null)
        {
            Annotate(deployment, current, old);
            if (!created)
            {
                current = store.Find(current.Key)!;
            }
        }

        Roll(deployment, current, old, paused);
        if (current is not null && !paused)
        {
            CleanUp(deployment, old);
        }

        var all = Owners.Controlled(store, deployment, KindCatalog.ReplicaSet);
        return statuses.Write(deployment, current is null ? null : store.Find(current.Key), all, created ? current : null);
    }

    private static bool IsRecreate(StoredObject deployment) => deployment.Body.Text("spec", "strategy", "type") == "Recreate";

    private bool AllGone(List<StoredObject> old, StoredObject deployment)
    {
        old.ForEach(set => ScaleTo(deployment, set, 0));
        return !old.Exists(set => Owners.Controlled(store, set, KindCatalog.Pod).Count > 0);
    }

    private static bool SameTemplate(StoredObject set, StoredObject deployment)
    {
        var template = set.Body.At("spec", "template")?.DeepClone();
        (template.At("metadata", "labels") as JsonObject)?.Remove(Hash);
        return JsonNode.DeepEquals(template, deployment.Body.At("spec", "template"));
    }

    private StoredObject Create(StoredObject deployment, List<StoredObject> old)
    {
        var template = deployment.Body.At("spec", "template")!.AsObject().Clone();
        var hash = HashOf(template);
        template.Ensure("metadata", "labels")[Hash] = hash;
        var selector = deployment.Body.At("spec", "selector")!.AsObject().Clone();
        selector.Ensure("matchLabels")[Hash] = hash;
        var wanted = Wanted(deployment);
        var start = IsRecreate(deployment)
            ? wanted
            : Math.Max(0, Math.Min(wanted, wanted + MaxSurge(deployment) - old.Sum(set => set.Body.Number("spec", "replicas") ?? 0)));
        var spec = new JsonObject { ["replicas"] = start, ["selector"] = selector, ["template"] = template };
        spec.Put("minReadySeconds", deployment.Body.At("spec", "minReadySeconds")?.DeepClone());
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Key.Name}-{hash}",
                ["labels"] = template.At("metadata", "labels")!.DeepClone(),
                ["annotations"] = new JsonObject { [Revision] = NextRevision(old) },
                ["ownerReferences"] = new JsonArray(Owners.Reference(deployment)),
            },
            ["spec"] = spec,
        };
        var outcome = writer.Create(KindCatalog.ReplicaSet, deployment.Key.Namespace, body, ControllerWrite);
        if (outcome.Object is not { } created)
        {
            throw new InvalidOperationException($"The ReplicaSet of {deployment.Key.Name} was refused: {outcome.Refusal!.Message}");
        }

        events.Normal(deployment, Component, "ScalingReplicaSet", Text($"Scaled up replica set {created.Key.Name} from 0 to {start}"));
        return created;
    }

    // The revision of the set and of the Deployment go up when an older template comes back, too.
    private void Annotate(StoredObject deployment, StoredObject current, List<StoredObject> old)
    {
        var revision = RevisionOf(current) > old.Select(RevisionOf).DefaultIfEmpty(0).Max()
            ? RevisionOf(current).ToString(CultureInfo.InvariantCulture)
            : NextRevision(old);
        var wanted = Wanted(deployment);
        writer.Change(current.Key, ControllerWrite, body =>
        {
            var annotations = body.Ensure("metadata", "annotations");
            annotations[Revision] = revision;
            annotations["deployment.kubernetes.io/desired-replicas"] = Text($"{wanted}");
            annotations["deployment.kubernetes.io/max-replicas"] = Text($"{wanted + MaxSurge(deployment)}");
            return (body, null);
        });
        writer.Change(deployment.Key, ControllerWrite, body =>
        {
            body.Ensure("metadata", "annotations")[Revision] = revision;
            return (body, null);
        });
    }

    private void Roll(StoredObject deployment, StoredObject? current, List<StoredObject> old, bool paused)
    {
        if (current is null)
        {
            return;
        }

        var wanted = Wanted(deployment);
        var now = current.Body.Number("spec", "replicas") ?? 0;
        var oldTotal = old.Sum(set => set.Body.Number("spec", "replicas") ?? 0);
        if (paused || IsRecreate(deployment) || oldTotal == 0)
        {
            ScaleTo(deployment, current, wanted);
            return;
        }

        var room = wanted + MaxSurge(deployment) - now - oldTotal;
        ScaleTo(deployment, current, now > wanted ? wanted : now + Math.Max(0, Math.Min(room, wanted - now)));

        current = store.Find(current.Key)!;
        now = current.Body.Number("spec", "replicas") ?? 0;
        var least = wanted - MaxUnavailable(deployment);
        var unavailable = now - (current.Body.Number("status", "availableReplicas") ?? 0);
        var mayGo = now + oldTotal - least - unavailable;
        var available = (current.Body.Number("status", "availableReplicas") ?? 0)
            + old.Sum(set => set.Body.Number("status", "availableReplicas") ?? 0);
        var mayGoAvailable = available - least;
        foreach (var set in old.OrderBy(set => set.Body.Text("metadata", "creationTimestamp"), StringComparer.Ordinal))
        {
            var replicas = set.Body.Number("spec", "replicas") ?? 0;
            var serving = Math.Min(replicas, set.Body.Number("status", "availableReplicas") ?? 0);
            // Pods that do not serve anyway go first; of those that do, no more than the strategy allows.
            var idle = Math.Max(0, Math.Min(replicas - serving, mayGo));
            var down = idle + Math.Max(0, Math.Min(Math.Min(serving, mayGo - idle), mayGoAvailable));
            mayGo -= down;
            mayGoAvailable -= down - idle;
            ScaleTo(deployment, set, replicas - down);
        }
    }

    private void ScaleTo(StoredObject deployment, StoredObject set, long replicas)
    {
        var before = set.Body.Number("spec", "replicas") ?? 0;
        if (before == replicas)
        {
            return;
        }

        writer.Change(set.Key, ControllerWrite, body =>
        {
            body.Ensure("spec")["replicas"] = replicas;
            return (body, null);
        });
        var direction = replicas > before ? "up" : "down";
        events.Normal(
            deployment, Component, "ScalingReplicaSet",
            Text($"Scaled {direction} replica set {set.Key.Name} from {before} to {replicas}"));
    }

    private void CleanUp(StoredObject deployment, List<StoredObject> old)
    {
        var idle = old.Where(set => store.Find(set.Key)?.Body is { } body
            && body.Number("spec", "replicas") == 0 && body.Number("status", "replicas") is null or 0).ToList();
        var keep = (int)(deployment.Body.Number("spec", "revisionHistoryLimit") ?? 10);
        foreach (var set in idle.OrderBy(RevisionOf).Take(idle.Count - keep))
        {
            remover.Delete(set.Key, new());
        }
    }

    private static long Wanted(StoredObject deployment) => deployment.Body.Number("spec", "replicas") ?? 1;

    private static long MaxSurge(StoredObject deployment) =>
        IsRecreate(deployment) ? 0 : Share(deployment.Body.At("spec", "strategy", "rollingUpdate", "maxSurge"), Wanted(deployment), true);

    private static long MaxUnavailable(StoredObject deployment)
    {
        var share = Share(deployment.Body.At("spec", "strategy", "rollingUpdate", "maxUnavailable"), Wanted(deployment), false);
        // Both zero would never move; the real controller allows one to be missing then.
        return share == 0 && MaxSurge(deployment) == 0 ? 1 : Math.Min(share, Wanted(deployment));
    }

    private static long Share(JsonNode? value, long of, bool up)
    {
        if (value.Number() is { } count)
        {
            return count;
        }

        var percent = decimal.Parse((value.Text() ?? "0").TrimEnd('%'), CultureInfo.InvariantCulture) * of / 100;
        return (long)(up ? decimal.Ceiling(percent) : decimal.Floor(percent));
    }

    private static long RevisionOf(StoredObject set) =>
        long.TryParse(set.Body.Text("metadata", "annotations", Revision), CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private static string NextRevision(List<StoredObject> old) => Text($"{old.Select(RevisionOf).DefaultIfEmpty(0).Max() + 1}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    // FNV-1a over the template, in the alphabet of generated names. It need not be the real hash, only differ when the template does.
    private static string HashOf(JsonObject template)
    {
        var hash = template.ToText().Aggregate(2166136261u, (sum, letter) => (sum ^ letter) * 16777619);
        return string.Concat(hash.ToString(CultureInfo.InvariantCulture).Select(digit => "bcdf456789"[digit - '0']));
    }
}
