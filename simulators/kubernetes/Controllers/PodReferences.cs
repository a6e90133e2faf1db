using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>The Secrets and ConfigMaps that a pod refers to and that have to exist before it can start.</summary>
internal static class PodReferences
{
    public static string? MissingVolume(ObjectStore store, StoredObject pod)
    {
        foreach (var volume in pod.Body.Items("spec", "volumes"))
        {
            var problem = Missing(store, pod, KindCatalog.Secret, volume.Text("secret", "secretName"), null, volume["secret"])
                ?? Missing(store, pod, KindCatalog.ConfigMap, volume.Text("configMap", "name"), null, volume["configMap"]);
            if (problem is not null)
            {
                return $"MountVolume.SetUp failed for volume \"{volume.Text("name")}\" : {problem}";
            }
        }

        return null;
    }

    public static string? MissingVariable(ObjectStore store, StoredObject pod)
    {
        foreach (var container in pod.Body.Items("spec", "containers"))
        {
            foreach (var source in container.Items("env").Select(variable => variable["valueFrom"]))
            {
                var (secret, map) = (source.At("secretKeyRef"), source.At("configMapKeyRef"));
                var problem = Missing(store, pod, KindCatalog.Secret, secret.Text("name"), secret.Text("key"), secret)
                    ?? Missing(store, pod, KindCatalog.ConfigMap, map.Text("name"), map.Text("key"), map);
                if (problem is not null)
                {
                    return problem;
                }
            }

            foreach (var source in container.Items("envFrom"))
            {
                var problem = Missing(store, pod, KindCatalog.Secret, source.Text("secretRef", "name"), null, source["secretRef"])
                    ?? Missing(store, pod, KindCatalog.ConfigMap, source.Text("configMapRef", "name"), null, source["configMapRef"]);
                if (problem is not null)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    private static string? Missing(ObjectStore store, StoredObject pod, Kind kind, string? name, string? key, JsonNode? reference)
    {
        if (name is null || reference.Flag("optional"))
        {
            return null;
        }

        if (store.Find(kind, pod.Key.Namespace, name) is not { } found)
        {
            return $"{kind.Name.ToLowerInvariant()} \"{name}\" not found";
        }

        return key is not null && found.Body.At("data", key) is null && found.Body.At("binaryData", key) is null
            ? $"couldn't find key {key} in {kind.Name} {pod.Key.Namespace}/{name}"
            : null;
    }
}
