using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>The relation between an object and the one that controls it.</summary>
internal static class Owners
{
    public static JsonObject Reference(StoredObject owner) => new()
    {
        ["apiVersion"] = owner.Key.Kind.ApiVersion,
        ["kind"] = owner.Key.Kind.Name,
        ["name"] = owner.Key.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    public static ObjectKey? ControllerOf(StoredObject stored, Kind kind) => stored.Body.Items("metadata", "ownerReferences")
        .Where(reference => reference.Flag("controller") && reference.Text("kind") == kind.Name)
        .Select(reference => new ObjectKey(kind, stored.Key.Namespace, reference.Text("name") ?? ""))
        .FirstOrDefault();

    public static List<StoredObject> Controlled(ObjectStore store, StoredObject owner, Kind kind) =>
        [.. store.DependentsOf(owner.Uid).Where(item => item.Key.Kind == kind && ControllerOf(item, owner.Key.Kind) == owner.Key)];
}
