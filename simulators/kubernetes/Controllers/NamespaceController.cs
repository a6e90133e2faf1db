using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Gives each namespace its default objects, and empties the ones that are being deleted.</summary>
internal sealed class NamespaceController(ObjectStore store, ObjectWriter writer, ObjectRemover remover) : IController
{
    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind == KindCatalog.Namespace)
        {
            yield return change.Key;
        }
        else if (change.Key.Kind.Namespaced && change.Type is not ChangeType.Added
            && (change.Type == ChangeType.Deleted || change.Object.IsTerminating))
        {
            yield return new(KindCatalog.Namespace, "", change.Key.Namespace);
        }
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is { } home)
        {
            if (home.IsTerminating)
            {
                Empty(home);
            }
            else
            {
                Furnish(key.Name);
            }
        }

        return null;
    }

    private void Furnish(string ns)
    {
        var write = Write.Controller("kube-controller-manager");
        if (store.Find(KindCatalog.ServiceAccount, ns, "default") is null)
        {
            writer.Create(KindCatalog.ServiceAccount, ns, new() { ["metadata"] = new JsonObject { ["name"] = "default" } }, write);
        }

        if (store.Find(KindCatalog.ConfigMap, ns, "kube-root-ca.crt") is null)
        {
            var body = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = "kube-root-ca.crt",
                    ["annotations"] = new JsonObject
                    {
                        ["kubernetes.io/description"] = "Contains a CA bundle that can be used to verify the kube-apiserver.",
                    },
                },
                ["data"] = new JsonObject { ["ca.crt"] = "# This cluster is a simulator; nothing in it talks to the API server.\n" },
            };
            writer.Create(KindCatalog.ConfigMap, ns, body, write);
        }
    }

    private void Empty(StoredObject home)
    {
        var kinds = KindCatalog.Stored.Where(kind => kind.Namespaced).ToList();
        foreach (var stored in kinds.SelectMany(kind => store.List(kind, home.Key.Name)).Where(stored => !stored.IsTerminating))
        {
            remover.Delete(stored.Key, new());
        }

        var left = kinds.SelectMany(kind => store.List(kind, home.Key.Name)).ToList();
        var held = left.SelectMany(stored => stored.Body.Texts("metadata", "finalizers")).GroupBy(name => name)
            .Select(group => FormattableString.Invariant($"{group.Key} in {group.Count()} resource instances")).ToList();
        writer.Change(home.Key, Write.Controller("kube-controller-manager", "status"), body =>
        {
            var status = body.Ensure("status");
            var remaining = left.GroupBy(stored => stored.Key.Kind)
                .Select(group => FormattableString.Invariant($"{group.Key.Resource}. has {group.Count()} resource instances"));
            Conditions.Set(
                status, "NamespaceContentRemaining", left.Count > 0, writer.Now(),
                left.Count > 0 ? "SomeResourcesRemain" : "ContentRemoved",
                left.Count > 0 ? $"Some resources are remaining: {string.Join(", ", remaining)}" : "All content successfully removed");
            Conditions.Set(
                status, "NamespaceFinalizersRemaining", held.Count > 0, writer.Now(),
                held.Count > 0 ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                held.Count > 0
                    ? $"Some content in the namespace has finalizers remaining: {string.Join(", ", held)}"
                    : "All content-preserving finalizers finished");
            return (body, null);
        });
        if (left.Count == 0)
        {
            writer.Change(home.Key, Write.Controller("kube-controller-manager"), body =>
            {
                body.Ensure("spec").Remove("finalizers");
                body.Ensure("spec")["finalizers"] = new JsonArray();
                return (body, null);
            });
        }
    }
}
