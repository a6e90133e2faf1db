using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Fields;

/// <summary>The paths that differ between two versions of an object.</summary>
internal sealed record Difference(FieldSet Added, FieldSet Modified, FieldSet Removed);

/// <summary>Operations on trees that need to know which lists are merged by key and which values are atomic.</summary>
internal static class TypedTree
{
    /// <summary>The edge that names an item of a merged list; the protocol of a port is TCP unless said.</summary>
    public static string Edge(Shape list, JsonNode? item)
    {
        if (list.IsSet)
        {
            return $"v:{item?.ToText()}";
        }

        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            keys[key] = item.At(key)?.DeepClone() ?? (key == "protocol" ? "TCP" : null);
        }

        return $"k:{keys.ToText()}";
    }

    /// <summary>All fields that a configuration states; this is what its manager owns after an apply.</summary>
    public static FieldSet FieldsOf(JsonNode? value, Shape shape)
    {
        if (IsLeaf(value, shape))
        {
            return FieldSet.Leaf();
        }

        var set = new FieldSet();
        if (value is JsonObject record)
        {
            foreach (var (name, child) in record)
            {
                set.Put(FieldSet.Field(name), FieldsOf(child, shape.Of(name)));
            }
        }
        else if (value is JsonArray list)
        {
            foreach (var item in list)
            {
                var owned = FieldsOf(item, shape.Item);
                owned.Include();
                set.Put(Edge(shape, item), owned);
            }
        }

        return set;
    }

    public static Difference Compare(JsonNode? before, JsonNode? after, Shape shape)
    {
        var difference = new Difference(new(), new(), new());
        Compare(before, after, shape, difference.Added, difference.Modified, difference.Removed);
        return difference;
    }

    /// <summary>Lays a configuration over the live object. Both stay as they are.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? config, Shape shape)
    {
        if (shape.Atomic || live is null)
        {
            return config?.DeepClone();
        }

        if (live is JsonObject left && config is JsonObject right)
        {
            var result = left.Clone();
            foreach (var (name, value) in right)
            {
                result[name] = Merge(left[name], value, shape.Of(name));
            }

            return result;
        }

        return live is JsonArray old && config is JsonArray wanted && shape.IsMergedList
            ? MergeLists(old, wanted, shape)
            : config?.DeepClone();
    }

    /// <summary>
    /// Takes the paths of a set away, and then each record and list that has become empty by that. Nothing at or above a path of
    /// <paramref name="keep"/> is taken.
    /// </summary>
    public static void Remove(JsonNode? value, FieldSet remove, FieldSet keep, Shape shape)
    {
        foreach (var (edge, below) in remove.Children)
        {
            var kept = keep.Find(edge) ?? new FieldSet();
            var isField = edge.StartsWith("f:", StringComparison.Ordinal);
            var name = edge[2..];
            var index = value is JsonArray items ? items.ToList().FindIndex(item => Edge(shape, item) == edge) : -1;
            var child = isField ? value.At(name) : index < 0 ? null : value![index];
            var exists = isField ? value is JsonObject record && record.ContainsKey(name) : index >= 0;
            if (!exists)
            {
                continue;
            }

            // An item that somebody else still holds a part of must stay recognisable: its key fields are not taken.
            var taken = isField || kept.IsEmpty
                ? below
                : shape.Keys.Aggregate(below, (set, key) => set.Without(FieldSet.Field(key)));
            Remove(child, taken, kept, isField ? shape.Of(name) : shape.Item);
            var emptied = below.Children.Count > 0 && child is JsonObject { Count: 0 } or JsonArray { Count: 0 };
            if ((below.Member || emptied) && kept.IsEmpty)
            {
                if (isField)
                {
                    ((JsonObject)value!).Remove(name);
                }
                else
                {
                    ((JsonArray)value!).RemoveAt(index);
                }
            }
        }
    }

    private static bool IsLeaf(JsonNode? value, Shape shape) => value switch
    {
        JsonObject record => shape.Atomic || record.Count == 0,
        JsonArray list => !shape.IsMergedList || list.Count == 0,
        _ => true,
    };

    private static void Compare(JsonNode? before, JsonNode? after, Shape shape, FieldSet added, FieldSet modified, FieldSet removed)
    {
        var comparable = (before, after) switch
        {
            (JsonObject, JsonObject) => !shape.Atomic,
            (JsonArray, JsonArray) => shape.IsMergedList,
            _ => false,
        };
        if (!comparable)
        {
            if (!JsonNode.DeepEquals(before, after))
            {
                modified.Include();
            }

            return;
        }

        var old = Members(before!, shape);
        var now = Members(after!, shape);
        foreach (var (edge, (child, childShape)) in now)
        {
            if (!old.TryGetValue(edge, out var was))
            {
                var fields = FieldsOf(child, childShape);
                if (!edge.StartsWith("f:", StringComparison.Ordinal))
                {
                    fields.Include();
                }

                added.Put(edge, fields);
                continue;
            }

            var (more, changed, gone) = (new FieldSet(), new FieldSet(), new FieldSet());
            Compare(was.Value, child, childShape, more, changed, gone);
            added.Put(edge, more);
            modified.Put(edge, changed);
            removed.Put(edge, gone);
        }

        foreach (var (edge, (child, childShape)) in old)
        {
            if (!now.ContainsKey(edge))
            {
                var fields = FieldsOf(child, childShape);
                fields.Include();
                removed.Put(edge, fields);
            }
        }
    }

    private static Dictionary<string, (JsonNode? Value, Shape Shape)> Members(JsonNode value, Shape shape)
    {
        var members = new Dictionary<string, (JsonNode?, Shape)>(StringComparer.Ordinal);
        if (value is JsonObject record)
        {
            foreach (var (name, child) in record)
            {
                members[FieldSet.Field(name)] = (child, shape.Of(name));
            }
        }
        else
        {
            foreach (var item in value.AsArray())
            {
                members[Edge(shape, item)] = (item, shape.Item);
            }
        }

        return members;
    }

    // The order is the configuration's; items that only the live list has keep their place before their old neighbour.
    private static JsonArray MergeLists(JsonArray live, JsonArray config, Shape shape)
    {
        var wanted = config.Select(item => Edge(shape, item)).ToList();
        var old = live.Select(item => (Edge: Edge(shape, item), Item: item)).DistinctBy(item => item.Edge).ToList();
        var oldByEdge = old.ToDictionary(item => item.Edge, item => item.Item, StringComparer.Ordinal);
        var result = new JsonArray();
        var written = new HashSet<string>(StringComparer.Ordinal);
        var next = 0;
        for (var i = 0; i < wanted.Count; i++)
        {
            while (next < old.Count && (!wanted.Contains(old[next].Edge) || written.Contains(old[next].Edge)))
            {
                if (written.Add(old[next].Edge))
                {
                    result.Add(old[next].Item?.DeepClone());
                }

                next++;
            }

            if (written.Add(wanted[i]))
            {
                result.Add(Merge(oldByEdge.GetValueOrDefault(wanted[i]), config[i], shape.Item));
            }
        }

        foreach (var (_, item) in old.Skip(next).Where(item => written.Add(item.Edge)))
        {
            result.Add(item?.DeepClone());
        }

        return result;
    }
}
