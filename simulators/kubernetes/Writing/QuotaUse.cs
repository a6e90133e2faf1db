using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>What an object uses of the resources that a ResourceQuota can limit.</summary>
internal static class QuotaUse
{
    private static readonly Kind[] Counted =
    [
        KindCatalog.Pod, KindCatalog.Service, KindCatalog.Secret, KindCatalog.ConfigMap, KindCatalog.PersistentVolumeClaim,
        KindCatalog.Deployment, KindCatalog.ReplicaSet, KindCatalog.Ingress, KindCatalog.ResourceQuota, KindCatalog.ServiceAccount,
    ];

    public static bool Counts(Kind kind) => Counted.Contains(kind);

    public static Dictionary<string, decimal> Of(Kind kind, JsonObject body)
    {
        var use = new Dictionary<string, decimal>(StringComparer.Ordinal) { [$"count/{kind.Resource}"] = 1 };
        if (kind == KindCatalog.Pod && body.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return use;
        }

        if (kind.Group.Length == 0)
        {
            use[kind.Plural] = 1;
        }

        if (kind == KindCatalog.Pod)
        {
            Pod(body, use);
        }
        else if (kind == KindCatalog.PersistentVolumeClaim)
        {
            var storage = Quantity.Of(body.At("spec", "resources", "requests", "storage"));
            use["requests.storage"] = storage;
            use[$"{body.Text("spec", "storageClassName")}.storageclass.storage.k8s.io/requests.storage"] = storage;
            use[$"{body.Text("spec", "storageClassName")}.storageclass.storage.k8s.io/persistentvolumeclaims"] = 1;
        }
        else if (kind == KindCatalog.Service)
        {
            var ports = body.Items("spec", "ports").Count();
            use["services.loadbalancers"] = body.Text("spec", "type") == "LoadBalancer" ? 1 : 0;
            use["services.nodeports"] = body.Text("spec", "type") is "NodePort" or "LoadBalancer" ? ports : 0;
        }

        return use;
    }

    /// <summary>What all objects of a namespace use together.</summary>
    public static Dictionary<string, decimal> OfNamespace(ObjectStore store, string ns)
    {
        var total = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var stored in Counted.SelectMany(kind => store.List(kind, ns)))
        {
            foreach (var (resource, amount) in Of(stored.Key.Kind, stored.Body))
            {
                total[resource] = total.GetValueOrDefault(resource) + amount;
            }
        }

        return total;
    }

    public static string Show(string resource, decimal amount) => Quantity.Show(
        amount, resource.Contains("memory", StringComparison.Ordinal) || resource.Contains("storage", StringComparison.Ordinal));

    private static void Pod(JsonObject body, Dictionary<string, decimal> use)
    {
        foreach (var container in body.Items("spec", "containers"))
        {
            foreach (var bound in new[] { "requests", "limits" })
            {
                foreach (var (resource, amount) in container.Map("resources", bound))
                {
                    var value = Quantity.TryParse(amount) ?? 0;
                    use[$"{bound}.{resource}"] = use.GetValueOrDefault($"{bound}.{resource}") + value;
                    if (bound == "requests")
                    {
                        use[resource] = use.GetValueOrDefault(resource) + value;
                    }
                }
            }
        }
    }
}
