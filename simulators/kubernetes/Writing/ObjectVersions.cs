using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>What may pass from one version of an object to the next.</summary>
internal static class ObjectVersions
{
    private static readonly string[] ServerFields =
    [
        "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace", "name", "selfLink",
        "resourceVersion", "managedFields", "generateName",
    ];

    /// <summary>The main path leaves status alone, the status path leaves everything but status alone.</summary>
    public static JsonObject Combine(StoredObject live, JsonObject wanted, string? subresource)
    {
        var kind = live.Key.Kind;
        if (subresource == "status")
        {
            var result = live.Body.Clone();
            result.Put("status", wanted["status"]?.DeepClone());
            result["status"].DropNulls();
            return result;
        }

        wanted.DropNulls();
        wanted["apiVersion"] = kind.ApiVersion;
        wanted["kind"] = kind.Name;
        var metadata = wanted.Ensure("metadata");
        foreach (var field in ServerFields)
        {
            metadata.Put(field, live.Body.At("metadata", field)?.DeepClone());
        }

        if (kind.HasStatus)
        {
            wanted.Put("status", live.Body["status"]?.DeepClone());
        }

        return wanted;
    }

    /// <summary>A replaced Service that does not say its address keeps it.</summary>
    public static void KeepAddress(JsonObject live, JsonObject body)
    {
        var spec = body.Ensure("spec");
        foreach (var field in new[] { "clusterIP", "clusterIPs" })
        {
            if (spec[field] is null && live.At("spec", field) is { } present && spec.Text("type") != "ExternalName")
            {
                spec[field] = present.DeepClone();
            }
        }

        foreach (var port in spec.Items("ports").Where(port => port["nodePort"] is null && spec.Text("type") != "ClusterIP"))
        {
            var before = live.Items("spec", "ports").FirstOrDefault(old => old.Number("port") == port.Number("port"));
            port.Put("nodePort", before?["nodePort"]?.DeepClone());
        }
    }

    /// <summary>Of a pod that exists only the images may change.</summary>
    public static IEnumerable<Cause> ForbiddenPodChange(JsonObject live, JsonObject body)
    {
        if (live.Text("kind") != "Pod")
        {
            yield break;
        }

        var (before, after) = (live.Ensure("spec").Clone(), body.Ensure("spec").Clone());
        foreach (var container in before.Items("containers").Concat(after.Items("containers")))
        {
            container.Remove("image");
        }

        foreach (var spec in new[] { before, after })
        {
            spec.Remove("activeDeadlineSeconds");
            spec.Remove("tolerations");
        }

        if (!JsonNode.DeepEquals(before, after))
        {
            yield return new(
                "FieldValueForbidden",
                "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations`",
                "spec");
        }
    }

    /// <summary>Whether nothing holds a deleted object back any more.</summary>
    public static bool MayVanish(StoredObject stored) =>
        !stored.Body.Texts("metadata", "finalizers").Any()
        && (stored.Key.Kind != KindCatalog.Namespace || !stored.Body.Texts("spec", "finalizers").Any())
        && (stored.Key.Kind != KindCatalog.Pod || stored.Body.Number("metadata", "deletionGracePeriodSeconds") is null or 0);
}
