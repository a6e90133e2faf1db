using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Fields;

/// <summary>Who owns fields: a name, how it wrote (Apply or Update), and through which subresource.</summary>
internal sealed record Owner(string Manager, string Operation, string ApiVersion, string? Subresource)
{
    public const string Apply = "Apply";
    public const string Update = "Update";
}

internal sealed record OwnedFields(Owner Owner, FieldSet Fields, string Time);

/// <summary>The entries of metadata.managedFields of one object.</summary>
internal sealed class ManagedFields
{
    // Identity and bookkeeping belong to the server, so nobody owns them.
    private static readonly string[][] Unowned =
    [
        ["f:apiVersion"], ["f:kind"], ["f:metadata", "f:name"], ["f:metadata", "f:namespace"], ["f:metadata", "f:uid"],
        ["f:metadata", "f:creationTimestamp"], ["f:metadata", "f:generation"], ["f:metadata", "f:managedFields"],
        ["f:metadata", "f:resourceVersion"], ["f:metadata", "f:selfLink"], ["f:metadata", "f:deletionTimestamp"],
        ["f:metadata", "f:deletionGracePeriodSeconds"], ["f:metadata", "f:generateName"],
    ];

    private readonly List<OwnedFields> entries = [];

    public IReadOnlyList<OwnedFields> Entries => entries;

    public static ManagedFields Of(JsonObject? body)
    {
        var fields = new ManagedFields();
        foreach (var entry in body.Items("metadata", "managedFields"))
        {
            var owner = new Owner(
                entry.Text("manager") ?? "unknown", entry.Text("operation") ?? Owner.Update, entry.Text("apiVersion") ?? "v1",
                entry.Text("subresource"));
            fields.entries.Add(new(owner, FieldSet.FromFieldsV1(entry.At("fieldsV1")), entry.Text("time") ?? ""));
        }

        return fields;
    }

    public static FieldSet Owned(FieldSet fields) => Unowned.Aggregate(fields, (set, path) => set.Without(path));

    public FieldSet Of(Owner owner) => entries.Find(entry => entry.Owner == owner)?.Fields ?? new();

    public FieldSet OfAllBut(Owner owner) =>
        entries.Where(entry => entry.Owner != owner).Aggregate(new FieldSet(), (set, entry) => set.Union(entry.Fields));

    /// <summary>Sets what an owner owns. The time moves only when the set does, so that a repeated apply changes nothing.</summary>
    public void Set(Owner owner, FieldSet fields, string now)
    {
        var index = entries.FindIndex(entry => entry.Owner == owner);
        if (fields.IsEmpty)
        {
            if (index >= 0)
            {
                entries.RemoveAt(index);
            }
        }
        else if (index < 0)
        {
            entries.Add(new(owner, fields, now));
        }
        else if (!entries[index].Fields.SameAs(fields))
        {
            entries[index] = new(owner, fields, now);
        }
    }

    public void TakeFromOthers(Owner owner, FieldSet fields)
    {
        foreach (var entry in entries.Where(entry => entry.Owner != owner).ToList())
        {
            var index = entries.IndexOf(entry);
            var left = entry.Fields.Except(fields);
            if (left.IsEmpty)
            {
                entries.RemoveAt(index);
            }
            else
            {
                entries[index] = entry with { Fields = left };
            }
        }
    }

    public void WriteTo(JsonObject body) =>
        body.Ensure("metadata").Put("managedFields", entries.Count == 0 ? null : entries.Select(Write).ToArray());

    private static JsonNode Write(OwnedFields entry)
    {
        var (owner, fields, time) = entry;
        var result = new JsonObject
        {
            ["apiVersion"] = owner.ApiVersion,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields.ToFieldsV1(),
            ["manager"] = owner.Manager,
            ["operation"] = owner.Operation,
            ["time"] = time,
        };
        result.Put("subresource", owner.Subresource);
        return result;
    }
}
