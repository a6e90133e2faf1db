using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Patching;

/// <summary>
/// A merge patch that merges the lists of the API by their key, with the directives that kubectl writes: $patch, $retainKeys,
/// $deleteFromPrimitiveList and $setElementOrder. Its key is the first key of the list: ports, for one, are told apart by number only.
/// </summary>
internal static class StrategicMerge
{
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch, Shape shape)
    {
        if (patch is not JsonObject changes)
        {
            return patch is JsonArray list && shape.IsMergedList ? MergeList(target as JsonArray, list, shape) : patch?.DeepClone();
        }

        var directive = changes.Text("$patch");
        if (directive == "delete")
        {
            return null;
        }

        var result = target is JsonObject record && directive != "replace" ? record.Clone() : [];
        if (changes["$retainKeys"] is JsonArray)
        {
            var retained = changes.Texts("$retainKeys").ToHashSet(StringComparer.Ordinal);
            result.Select(entry => entry.Key).Where(key => !retained.Contains(key)).ToList().ForEach(key => result.Remove(key));
        }

        foreach (var (name, value) in changes)
        {
            if (name.StartsWith("$deleteFromPrimitiveList/", StringComparison.Ordinal))
            {
                RemoveFrom(result[name.Split('/', 2)[1]] as JsonArray, value as JsonArray);
            }
            else if (name[0] == '$')
            {
                continue;
            }
            else if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result.Put(name, Merge(result[name], value, shape.Of(name)));
                Order(result[name] as JsonArray, changes[$"$setElementOrder/{name}"] as JsonArray, shape.Of(name));
            }
        }

        return result;
    }

    private static JsonArray MergeList(JsonArray? target, JsonArray patch, Shape shape)
    {
        var result = target is null ? [] : (JsonArray)target.DeepClone();
        if (patch.OfType<JsonObject>().Any(item => item.Count == 1 && item.Text("$patch") == "replace"))
        {
            result.Clear();
        }

        foreach (var item in patch)
        {
            var index = result.ToList().FindIndex(present => Same(present, item, shape));
            var directive = (item as JsonObject).Text("$patch");
            if (directive == "delete")
            {
                if (index >= 0)
                {
                    result.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                result[index] = Merge(result[index], item, shape.Item);
            }
            else if (directive is null)
            {
                result.Add(Merge(null, item, shape.Item));
            }
        }

        return result;
    }

    private static bool Same(JsonNode? left, JsonNode? right, Shape shape) => shape.IsSet
        ? JsonNode.DeepEquals(left, right)
        : left.At(shape.Keys[0])?.ToString() is { } key && key == right.At(shape.Keys[0])?.ToString();

    private static void RemoveFrom(JsonArray? list, JsonArray? values)
    {
        foreach (var value in values ?? [])
        {
            if (list?.ToList().FindIndex(item => JsonNode.DeepEquals(item, value)) is { } index and >= 0)
            {
                list.RemoveAt(index);
            }
        }
    }

    // Items that the order does not name stay behind the named ones, in the order that they had.
    private static void Order(JsonArray? list, JsonArray? order, Shape shape)
    {
        if (list is null || order is null || !shape.IsMergedList)
        {
            return;
        }

        var names = order.ToList();
        var sorted = list.OrderBy(item => names.FindIndex(name => Same(item, name, shape)) is var place and >= 0 ? place : int.MaxValue)
            .Select(item => item?.DeepClone()).ToList();
        list.Clear();
        sorted.ForEach(item => list.Add(item));
    }
}
