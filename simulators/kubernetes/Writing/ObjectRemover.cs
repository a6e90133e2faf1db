using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>What the body and the query of a DELETE may say.</summary>
internal sealed record Removal
{
    /// <summary>Background, Foreground or Orphan.</summary>
    public string Propagation { get; init; } = "Background";

    public long? GraceSeconds { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>
/// Deletes objects: at once, or by marking them when a finalizer, a running pod or the contents of a namespace have to go first.
/// </summary>
internal sealed class ObjectRemover(ObjectStore store, TimeProvider clock)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    /// <returns>The object: its last version when it is gone, the marked version when it is only marked.</returns>
    public (StoredObject? Object, bool Gone, Refusal? Refusal) Delete(ObjectKey key, Removal removal)
    {
        lock (store.Gate)
        {
            if (store.Find(key) is not { } live)
            {
                return (null, false, Refusal.NotFound(key.Kind, key.Name));
            }

            if (removal.Uid is { } uid && uid != live.Uid)
            {
                return (null, false, Refusal.Conflict(
                    key.Kind, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid}"));
            }

            if (removal.ResourceVersion is { } version && version != live.Body.Text("metadata", "resourceVersion"))
            {
                return (null, false, Refusal.Stale(key.Kind, key.Name));
            }

            if (removal.DryRun)
            {
                return (live, true, null);
            }

            var body = live.Body.Clone();
            var metadata = body.Ensure("metadata");
            AddFinalizer(metadata, removal.Propagation);
            var grace = Grace(live, removal);
            if (metadata["deletionTimestamp"] is null || grace < live.Body.Number("metadata", "deletionGracePeriodSeconds"))
            {
                metadata["deletionTimestamp"] = clock.GetUtcNow().AddSeconds(grace).UtcDateTime
                    .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
                metadata["deletionGracePeriodSeconds"] = grace;
                if (key.Kind.HasGeneration)
                {
                    metadata["generation"] = (metadata.Number("generation") ?? 0) + 1;
                }
            }

            if (key.Kind == KindCatalog.Namespace)
            {
                metadata.Remove("deletionGracePeriodSeconds");
                body.Ensure("status")["phase"] = "Terminating";
            }

            var marked = new StoredObject(key, body, live.Revision);
            if (ObjectVersions.MayVanish(marked))
            {
                store.Remove(live);
                return (live, true, null);
            }

            return (JsonNode.DeepEquals(body, live.Body) ? live : store.Put(key, body), false, null);
        }
    }

    private static void AddFinalizer(JsonObject metadata, string propagation)
    {
        var finalizer = propagation switch { "Foreground" => Foreground, "Orphan" => Orphan, _ => null };
        if (finalizer is not null && !metadata.Texts("finalizers").Contains(finalizer))
        {
            metadata.Default("finalizers", new JsonArray());
            metadata["finalizers"]!.AsArray().Add(finalizer);
        }
    }

    // Only a pod that a node has taken on needs time to stop.
    private static long Grace(StoredObject live, Removal removal)
    {
        if (live.Key.Kind != KindCatalog.Pod || live.Body.Text("spec", "nodeName") is null
            || live.Body.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        return removal.GraceSeconds ?? live.Body.Number("spec", "terminationGracePeriodSeconds") ?? 30;
    }
}
