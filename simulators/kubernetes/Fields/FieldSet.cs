using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Fields;

/// <summary>
/// A set of paths into an object, as a tree whose edges are written as in fieldsV1: <c>f:name</c> for a field,
/// <c>k:{"name":"web"}</c> for an item of a merged list, <c>v:"text"</c> for a member of a set.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    /// <summary>Whether the path that leads here is itself in the set.</summary>
    public bool Member { get; private set; }

    public IReadOnlyDictionary<string, FieldSet> Children => children;

    public bool IsEmpty => !Member && children.Values.All(child => child.IsEmpty);

    public static FieldSet Leaf() => new() { Member = true };

    public static string Field(string name) => $"f:{name}";

    public FieldSet Below(string edge)
    {
        if (!children.TryGetValue(edge, out var child))
        {
            children[edge] = child = new();
        }

        return child;
    }

    public void Include() => Member = true;

    public void Put(string edge, FieldSet child)
    {
        if (!child.IsEmpty)
        {
            children[edge] = child;
        }
    }

    public FieldSet? Find(string edge) => children.GetValueOrDefault(edge);

    public FieldSet Union(FieldSet other)
    {
        var result = new FieldSet { Member = Member || other.Member };
        foreach (var edge in children.Keys.Union(other.children.Keys))
        {
            result.Put(edge, (Find(edge), other.Find(edge)) switch
            {
                ({ } left, { } right) => left.Union(right),
                (null, { } right) => right,
                ({ } left, null) => left,
                (null, null) => new(),
            });
        }

        return result;
    }

    public FieldSet Except(FieldSet other)
    {
        var result = new FieldSet { Member = Member && !other.Member };
        foreach (var (edge, child) in children)
        {
            result.Put(edge, other.Find(edge) is { } taken ? child.Except(taken) : child);
        }

        return result;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var result = new FieldSet { Member = Member && other.Member };
        foreach (var (edge, child) in children)
        {
            if (other.Find(edge) is { } shared)
            {
                result.Put(edge, child.Intersect(shared));
            }
        }

        return result;
    }

    /// <summary>The set without a path and all that is under it.</summary>
    public FieldSet Without(params ReadOnlySpan<string> path)
    {
        var result = new FieldSet { Member = Member };
        foreach (var (edge, child) in children)
        {
            if (edge != path[0])
            {
                result.Put(edge, child);
            }
            else if (path.Length > 1)
            {
                result.Put(edge, child.Without(path[1..]));
            }
        }

        return result;
    }

    public bool SameAs(FieldSet other) => Except(other).IsEmpty && other.Except(this).IsEmpty;

    public JsonObject ToFieldsV1()
    {
        var result = new JsonObject();
        if (Member && children.Count > 0)
        {
            result["."] = new JsonObject();
        }

        foreach (var (edge, child) in children)
        {
            result[edge] = child.ToFieldsV1();
        }

        return result;
    }

    public static FieldSet FromFieldsV1(JsonNode? fields)
    {
        var set = new FieldSet();
        if (fields is JsonObject record)
        {
            set.Member = record.Count == 0 || record.ContainsKey(".");
            foreach (var (edge, child) in record)
            {
                if (edge != ".")
                {
                    set.Put(edge, FromFieldsV1(child));
                }
            }
        }

        return set;
    }

    /// <summary>Every path, as messages show it: <c>.spec.template.spec.containers[name="web"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (Member)
        {
            yield return prefix;
        }

        foreach (var (edge, child) in children)
        {
            foreach (var path in child.Paths(prefix + Show(edge)))
            {
                yield return path;
            }
        }
    }

    private static string Show(string edge)
    {
        if (edge.StartsWith("f:", StringComparison.Ordinal))
        {
            return $".{edge[2..]}";
        }

        if (edge.StartsWith("v:", StringComparison.Ordinal))
        {
            return $"[={edge[2..]}]";
        }

        var text = new StringBuilder("[");
        foreach (var (key, value) in JsonNode.Parse(edge[2..])!.AsObject())
        {
            text.Append(text.Length > 1 ? "," : "").Append(key).Append('=').Append(value?.ToText());
        }

        return text.Append(']').ToString();
    }
}
