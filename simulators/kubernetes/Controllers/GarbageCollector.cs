using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Deletes what no owner is left of, and carries out foreground and orphaning deletions.</summary>
internal sealed class GarbageCollector(ObjectStore store, ObjectWriter writer, ObjectRemover remover) : IController
{
    private static readonly Write CollectorWrite = Write.Controller("kube-controller-manager");

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        var owners = change.Object.Body.Items("metadata", "ownerReferences").ToList();
        if (change.Type == ChangeType.Deleted)
        {
            return store.DependentsOf(change.Object.Uid).Select(dependent => dependent.Key)
                .Concat(owners.Select(owner => store.FindByUid(owner.Text("uid") ?? "")).OfType<StoredObject>().Select(owner => owner.Key));
        }

        return owners.Count > 0 || change.Object.IsTerminating ? [change.Key] : [];
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { } stored)
        {
            return null;
        }

        var finalizers = stored.Body.Texts("metadata", "finalizers").ToList();
        if (stored.IsTerminating && finalizers.Contains(ObjectRemover.Orphan))
        {
            Orphan(stored);
        }
        else if (stored.IsTerminating && finalizers.Contains(ObjectRemover.Foreground))
        {
            Foreground(stored);
        }
        else if (!stored.IsTerminating)
        {
            FollowOwners(stored);
        }

        return null;
    }

    private void Orphan(StoredObject owner)
    {
        foreach (var dependent in store.DependentsOf(owner.Uid))
        {
            Disown(dependent, reference => reference.Text("uid") == owner.Uid);
        }

        TakeFinalizer(owner, ObjectRemover.Orphan);
    }

    private void Foreground(StoredObject owner)
    {
        var dependents = store.DependentsOf(owner.Uid);
        foreach (var dependent in dependents.Where(dependent => !dependent.IsTerminating))
        {
            remover.Delete(dependent.Key, new() { Propagation = "Foreground" });
        }

        if (!dependents.Any(dependent => dependent.Body.Items("metadata", "ownerReferences")
                .Any(reference => reference.Text("uid") == owner.Uid && reference.Flag("blockOwnerDeletion"))))
        {
            TakeFinalizer(owner, ObjectRemover.Foreground);
        }
    }

    private void FollowOwners(StoredObject stored)
    {
        var references = stored.Body.Items("metadata", "ownerReferences").ToList();
        var missing = references.Where(reference => !Exists(reference, stored)).Select(reference => reference.Text("uid")).ToHashSet();
        if (references.Count > 0 && missing.Count == references.Select(reference => reference.Text("uid")).Distinct().Count())
        {
            remover.Delete(stored.Key, new());
        }
        else if (missing.Count > 0)
        {
            Disown(stored, reference => missing.Contains(reference.Text("uid")));
        }
    }

    // An owner in another namespace does not count as one.
    private bool Exists(JsonObject reference, StoredObject dependent) =>
        store.FindByUid(reference.Text("uid") ?? "") is { } owner
        && owner.Key.Kind.Name == reference.Text("kind") && owner.Key.Name == reference.Text("name")
        && (!owner.Key.Kind.Namespaced || owner.Key.Namespace == dependent.Key.Namespace);

    private void Disown(StoredObject dependent, Func<JsonObject, bool> which) => writer.Change(dependent.Key, CollectorWrite, body =>
    {
        var left = body.Items("metadata", "ownerReferences").Where(reference => !which(reference))
            .Select(item => item.DeepClone()).ToArray();
        body.Ensure("metadata").Put("ownerReferences", left.Count == 0 ? null : left);
        return (body, null);
    });

    private void TakeFinalizer(StoredObject owner, string finalizer) => writer.Change(owner.Key, CollectorWrite, body =>
    {
        var left = body.Texts("metadata", "finalizers").Where(name => name != finalizer).Select(name => (JsonNode)name).ToArray();
        body.Ensure("metadata").Put("finalizers", left.Count == 0 ? null : left);
        return (body, null);
    });
}
