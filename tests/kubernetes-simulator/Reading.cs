using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

/// <summary>Short ways to say what a test looks at.</summary>
internal static class Reading
{
    public static IEnumerable<JsonObject> Items(this JsonObject list) => list["items"]!.AsArray().Select(item => item!.AsObject());

    public static JsonNode? At(this JsonNode? node, params string[] path) =>
        path.Aggregate(node, (at, field) => at switch
        {
            JsonObject record => record[field],
            JsonArray list => list[int.Parse(field, null)],
            _ => null,
        });

    public static string? Text(this JsonNode? node, params string[] path) => node.At(path)?.GetValue<string>();

    public static long? Number(this JsonNode? node, params string[] path) => node.At(path)?.GetValue<long>();

    public static string Name(this JsonNode? node) => node.Text("metadata", "name")!;

    public static string Version(this JsonNode? node) => node.Text("metadata", "resourceVersion")!;

    public static JsonNode? Condition(this JsonNode? node, string type) =>
        node.At("status", "conditions")?.AsArray().FirstOrDefault(condition => condition.Text("type") == type);

    public static JsonNode? Manager(this JsonNode? node, string name) =>
        node.At("metadata", "managedFields")?.AsArray().FirstOrDefault(entry => entry.Text("manager") == name);
}
