using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Patching;

/// <summary>A patch that cannot be carried out on the object that it met.</summary>
internal sealed record PatchProblem(string Message);

/// <summary>RFC 7386 (merge patch) and RFC 6902 (JSON patch).</summary>
internal static class Patches
{
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject record ? record.Clone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Merge(result[name], value);
            }
        }

        return result;
    }

    public static (JsonObject? Result, PatchProblem? Problem) Json(JsonObject target, JsonArray operations)
    {
        JsonNode? root = target.Clone();
        foreach (var operation in operations.OfType<JsonObject>())
        {
            var name = operation.Text("op");
            var path = Pointer(operation.Text("path"));
            var value = operation["value"];
            var found = Find(root, path, out var current);
            if (name is "copy" or "move")
            {
                if (!Find(root, Pointer(operation.Text("from")), out value))
                {
                    return Missing(name, operation.Text("from"));
                }

                value = value?.DeepClone();
                if (name == "move")
                {
                    Take(root, Pointer(operation.Text("from")));
                }
            }

            switch (name)
            {
                case "test" when !found || !JsonNode.DeepEquals(current, value):
                    return (null, new($"testing value {operation.Text("path")} failed"));
                case "test":
                    break;
                case "remove" or "replace" when !found:
                    return Missing(name, operation.Text("path"));
                case "remove":
                    Take(root, path);
                    break;
                case "add" or "copy" or "move" or "replace":
                    if (path.Length == 0)
                    {
                        root = value?.DeepClone();
                    }
                    else if (!Set(root, path, value, name == "replace"))
                    {
                        return Missing(name, operation.Text("path"));
                    }

                    break;
                default:
                    return (null, new($"Unexpected kind: {name}"));
            }
        }

        return root is JsonObject result ? (result, null) : (null, new("the patched value is not an object"));
    }

    private static (JsonObject?, PatchProblem?) Missing(string? operation, string? path) =>
        (null, new($"{operation} operation does not apply: doc is missing path: {path}"));

    private static string[] Pointer(string? path) => string.IsNullOrEmpty(path)
        ? []
        : [.. path.TrimStart('/').Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal)
            .Replace("~0", "~", StringComparison.Ordinal))];

    private static bool Find(JsonNode? node, ReadOnlySpan<string> path, out JsonNode? value)
    {
        value = node;
        foreach (var part in path)
        {
            switch (value)
            {
                case JsonObject record when record.TryGetPropertyValue(part, out var child):
                    value = child;
                    break;
                case JsonArray list when Index(part, list.Count) is { } index && index < list.Count:
                    value = list[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static void Take(JsonNode? root, string[] path)
    {
        Find(root, path.AsSpan()[..^1], out var parent);
        if (parent is JsonObject record)
        {
            record.Remove(path[^1]);
        }
        else if (parent is JsonArray list && Index(path[^1], list.Count) is { } index && index < list.Count)
        {
            list.RemoveAt(index);
        }
    }

    private static bool Set(JsonNode? root, string[] path, JsonNode? value, bool replace)
    {
        if (!Find(root, path.AsSpan()[..^1], out var parent))
        {
            return false;
        }

        if (parent is JsonObject record)
        {
            record[path[^1]] = value?.DeepClone();
            return true;
        }

        if (parent is not JsonArray list || Index(path[^1], list.Count) is not { } index || index > list.Count)
        {
            return false;
        }

        if (replace)
        {
            list[index] = value?.DeepClone();
        }
        else
        {
            list.Insert(index, value?.DeepClone());
        }

        return true;
    }

    private static int? Index(string part, int count) =>
        part == "-" ? count : int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
