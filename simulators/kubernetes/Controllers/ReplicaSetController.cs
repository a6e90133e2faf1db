using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Keeps as many pods as a ReplicaSet asks for. Pods of nobody that match its selector are left alone.</summary>
internal sealed class ReplicaSetController(
    ObjectStore store, ObjectWriter writer, ObjectRemover remover, EventRecorder events, Pace pace, TimeProvider clock) : IController
{
    private const string Component = "replicaset-controller";
    private static readonly Write StatusWrite = Write.Controller("kube-controller-manager", "status");
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind == KindCatalog.ReplicaSet)
        {
            yield return change.Key;
        }
        else if (change.Key.Kind == KindCatalog.Pod && Owners.ControllerOf(change.Object, KindCatalog.ReplicaSet) is { } owner)
        {
            yield return owner;
        }
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { } set)
        {
            return null;
        }

        var failure = set.IsTerminating ? null : Scale(set, Active(set));
        var again = WriteStatus(set, failure);
        if (failure is null)
        {
            failures.Remove(set.Uid);
            return again;
        }

        failures[set.Uid] = failures.GetValueOrDefault(set.Uid) + 1;
        return pace.BackOffAfter(failures[set.Uid] - 1);
    }

    /// <summary>Whether a pod counts as available, and if not yet, after how long it may.</summary>
    public static (bool Available, TimeSpan? Wait) Availability(JsonObject pod, long minReadySeconds, DateTimeOffset now)
    {
        if (Conditions.Find(pod["status"], "Ready") is not { } ready || ready.Text("status") != "True")
        {
            return (false, null);
        }

        var since = DateTimeOffset.Parse(ready.Text("lastTransitionTime")!, CultureInfo.InvariantCulture);
        var left = since.AddSeconds(minReadySeconds) - now;
        return minReadySeconds == 0 || left <= TimeSpan.Zero ? (true, null) : (false, left);
    }

    private List<StoredObject> Active(StoredObject set) =>
        [.. Owners.Controlled(store, set, KindCatalog.Pod)
            .Where(pod => !pod.IsTerminating && pod.Body.Text("status", "phase") is not ("Succeeded" or "Failed"))];

    private Refusal? Scale(StoredObject set, List<StoredObject> pods)
    {
        var wanted = (int)(set.Body.Number("spec", "replicas") ?? 1);
        for (var i = pods.Count; i < wanted; i++)
        {
            var outcome = writer.Create(KindCatalog.Pod, set.Key.Namespace, Pod(set), Write.Controller("kube-controller-manager"));
            if (outcome.Refusal is { } refusal)
            {
                events.Warning(set, Component, "FailedCreate", $"Error creating: {refusal.Message}");
                return refusal;
            }

            events.Normal(set, Component, "SuccessfulCreate", $"Created pod: {outcome.Object!.Key.Name}");
        }

        // Those that serve nobody go first, then the youngest.
        foreach (var pod in pods.OrderBy(pod => pod.Body.Text("spec", "nodeName") is not null)
                     .ThenBy(pod => Conditions.IsTrue(pod.Body["status"], "Ready"))
                     .ThenByDescending(pod => pod.Body.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
                     .Take(pods.Count - wanted))
        {
            remover.Delete(pod.Key, new());
            events.Normal(set, Component, "SuccessfulDelete", $"Deleted pod: {pod.Key.Name}");
        }

        return null;
    }

    private static JsonObject Pod(StoredObject set)
    {
        var template = set.Body.At("spec", "template")!.AsObject().Clone();
        var metadata = template.Ensure("metadata");
        metadata["generateName"] = $"{set.Key.Name}-";
        metadata["ownerReferences"] = new JsonArray(Owners.Reference(set));
        return new() { ["metadata"] = metadata.Clone(), ["spec"] = template["spec"]?.DeepClone() };
    }

    private TimeSpan? WriteStatus(StoredObject set, Refusal? failure)
    {
        var pods = Active(set);
        var minReady = set.Body.Number("spec", "minReadySeconds") ?? 0;
        var availability = pods.ConvertAll(pod => Availability(pod.Body, minReady, clock.GetUtcNow()));
        writer.Change(set.Key, StatusWrite, body =>
        {
            var status = body.Ensure("status");
            status["replicas"] = pods.Count;
            Count(status, "fullyLabeledReplicas", pods.Count);
            Count(status, "readyReplicas", pods.Count(pod => Conditions.IsTrue(pod.Body["status"], "Ready")));
            Count(status, "availableReplicas", availability.Count(pod => pod.Available));
            status.Put("observedGeneration", set.Body.At("metadata", "generation")?.DeepClone());
            if (failure is null)
            {
                Conditions.Remove(status, "ReplicaFailure");
            }
            else
            {
                Conditions.Set(status, "ReplicaFailure", true, writer.Now(), "FailedCreate", failure.Message);
            }

            return (body, null);
        });
        return availability.Min(pod => pod.Wait);
    }

    /// <summary>Writes a count as the API does: zero is left out.</summary>
    public static void Count(JsonObject status, string field, long count) => status.Put(field, count == 0 ? null : JsonValue.Create(count));
}
