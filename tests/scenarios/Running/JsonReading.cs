using System.Text.Json.Nodes;

namespace Platform.Scenarios.Running;

/// <summary>Reading answers by path, as in "instances.0.status"; a member that is missing fails with the whole answer.</summary>
internal static class JsonReading
{
    public static JsonNode? Find(this JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, part) => at switch
    {
        JsonObject members => members[part],
        JsonArray items when int.TryParse(part, out var index) && index < items.Count => items[index],
        _ => null,
    });

    public static string Text(this JsonNode? node, string path) =>
        node.Find(path)?.ToString() ?? throw new InvalidDataException($"There is no '{path}' in {node?.ToJsonString() ?? "nothing"}");

    public static long Number(this JsonNode? node, string path) =>
        node.Find(path)?.GetValue<long>() ?? throw new InvalidDataException($"There is no '{path}' in {node?.ToJsonString() ?? "nothing"}");

    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) =>
        (node.Find(path) as JsonArray
            ?? throw new InvalidDataException($"There is no list '{path}' in {node?.ToJsonString() ?? "nothing"}"))
        .OfType<JsonNode>();
}
