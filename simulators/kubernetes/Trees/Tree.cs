using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Trees;

/// <summary>Reading and writing JSON trees by path. What is missing or of another form reads as null, as in the API's own types.</summary>
internal static class Tree
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 128 };

    // Quotes and plus signs stay readable, as Go writes them; nothing of this is put into a page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToText(this JsonNode node) => node.ToJsonString(Readable);

    /// <exception cref="JsonException">The text is not JSON, or names a field twice.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json) => JsonNode.Parse(json, documentOptions: Strict);

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            node = node is JsonObject record && record.TryGetPropertyValue(field, out var child) ? child : null;
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is not JsonValue value ? null
        : value.TryGetValue<long>(out var large) ? large
        : value.TryGetValue<int>(out var small) ? small
        : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.OfType<JsonObject>() : [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.Select(item => item.Text()).OfType<string>() : [];

    public static IEnumerable<KeyValuePair<string, string>> Map(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject map ? map.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.ToString() ?? "")) : [];

    /// <summary>The record at the path; made, with all above it, where it is missing.</summary>
    public static JsonObject Ensure(this JsonObject record, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            if (record[field] is not JsonObject child)
            {
                record[field] = child = [];
            }

            record = child;
        }

        return record;
    }

    public static void Default(this JsonObject record, string field, JsonNode value)
    {
        if (record[field] is null)
        {
            record[field] = value;
        }
    }

    /// <summary>Writes a field, or takes it away when there is nothing to write.</summary>
    public static void Put(this JsonObject record, string field, JsonNode? value)
    {
        if (value is null)
        {
            record.Remove(field);
        }
        else
        {
            record[field] = value.Parent is null ? value : value.DeepClone();
        }
    }

    public static JsonObject Clone(this JsonObject record) => (JsonObject)record.DeepClone();

    public static JsonArray ToArray(this IEnumerable<JsonNode?> nodes) => new([.. nodes]);

    /// <summary>Takes away every field that is null; the API treats "null" and "not said" alike in whole objects.</summary>
    public static void DropNulls(this JsonNode? node)
    {
        if (node is JsonObject record)
        {
            foreach (var field in record.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
            {
                record.Remove(field);
            }

            foreach (var (_, child) in record)
            {
                child.DropNulls();
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var child in list)
            {
                child.DropNulls();
            }
        }
    }
}
