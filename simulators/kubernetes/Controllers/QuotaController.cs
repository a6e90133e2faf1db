using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Keeps status.used of each ResourceQuota.</summary>
internal sealed class QuotaController(ObjectStore store, ObjectWriter writer) : IController
{
    public IEnumerable<ObjectKey> Concerned(Change change) => change.Key.Kind.Namespaced && QuotaUse.Counts(change.Key.Kind)
        ? store.List(KindCatalog.ResourceQuota, change.Key.Namespace).Select(quota => quota.Key)
        : [];

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is { } quota)
        {
            var used = QuotaUse.OfNamespace(store, key.Namespace);
            writer.Change(quota.Key, Write.Controller("kube-controller-manager", "status"), body =>
            {
                body["status"] = new JsonObject
                {
                    ["hard"] = body.At("spec", "hard")?.DeepClone() ?? new JsonObject(),
                    ["used"] = new JsonObject(body.Map("spec", "hard").Select(limit => KeyValuePair.Create(
                        limit.Key, (JsonNode?)QuotaUse.Show(limit.Key, used.GetValueOrDefault(limit.Key))))),
                };
                return (body, null);
            });
        }

        return null;
    }
}
