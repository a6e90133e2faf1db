using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Publishes the addresses of the nodes on each Ingress and LoadBalancer Service, as K3s does.</summary>
internal sealed class AddressController(ObjectStore store, ObjectWriter writer) : IController
{
    public IEnumerable<ObjectKey> Concerned(Change change) =>
        change.Type != ChangeType.Deleted && (change.Key.Kind == KindCatalog.Ingress || change.Key.Kind == KindCatalog.Service)
            ? [change.Key]
            : [];

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is { } stored
            && (key.Kind == KindCatalog.Ingress || stored.Body.Text("spec", "type") == "LoadBalancer"))
        {
            writer.Change(key, Write.Controller(key.Kind == KindCatalog.Ingress ? "traefik" : "k3s", "status"), body =>
            {
                body.Ensure("status", "loadBalancer")["ingress"] = store.List(KindCatalog.Node)
                    .Select(node => (JsonNode)new JsonObject { ["ip"] = ClusterSeed.AddressOf(node) }).ToArray();
                return (body, null);
            });
        }

        return null;
    }
}
