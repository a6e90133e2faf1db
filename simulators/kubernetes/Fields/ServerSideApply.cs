using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Fields;

internal sealed record FieldConflict(OwnedFields With, string Path);

/// <summary>What an apply comes to: the merged object and its owners, or the fields that other managers hold to another value.</summary>
internal sealed record Applied(JsonObject Body, ManagedFields Managers, IReadOnlyList<FieldConflict> Conflicts);

/// <summary>
/// Server-side apply: what the manager states is laid over the live object; what it stated last time and states no more goes away,
/// unless somebody else owns it too; what another manager owns with another value is a conflict, unless the apply is forced.
/// </summary>
internal static class ServerSideApply
{
    public static Applied Apply(JsonObject live, JsonObject config, Shape shape, Owner owner, bool force, string now)
    {
        var managers = ManagedFields.Of(live);
        var before = managers.Of(owner);
        var stated = ManagedFields.Owned(TypedTree.FieldsOf(config, shape));
        var others = managers.OfAllBut(owner);

        var merged = (JsonObject)TypedTree.Merge(live, config, shape)!;
        TypedTree.Remove(merged, before.Except(stated).Except(others), stated.Union(others), shape);
        merged.Ensure("metadata");

        var difference = TypedTree.Compare(live, merged, shape);
        var touched = difference.Modified.Union(difference.Added);
        var conflicts = managers.Entries.Where(entry => entry.Owner != owner)
            .SelectMany(entry => entry.Fields.Intersect(touched).Paths().Select(path => new FieldConflict(entry, path)))
            .ToList();
        if (conflicts.Count > 0 && !force)
        {
            return new(live, managers, conflicts);
        }

        managers.TakeFromOthers(owner, touched.Union(difference.Removed));
        managers.Set(owner, stated, now);
        return new(merged, managers, []);
    }

    /// <summary>The owners after a plain write: the writer owns what it changed, and nobody owns what it took away.</summary>
    public static ManagedFields Update(JsonObject? live, JsonObject wanted, Shape shape, Owner owner, string now)
    {
        var managers = ManagedFields.Of(live);
        var difference = live is null
            ? new Difference(TypedTree.FieldsOf(wanted, shape), new(), new())
            : TypedTree.Compare(live, wanted, shape);
        var written = ManagedFields.Owned(difference.Modified.Union(difference.Added));
        managers.TakeFromOthers(owner, written.Union(difference.Removed));
        managers.Set(owner, managers.Of(owner).Union(written).Except(difference.Removed), now);
        return managers;
    }
}
