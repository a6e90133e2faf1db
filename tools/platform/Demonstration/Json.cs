using System.Text.Json.Nodes;

namespace Platform.Tool.Demonstration;

/// <summary>Reading answers: a member that is missing or of another type ends the demonstration and is named, with the answer.</summary>
internal static class Json
{
    /// <param name="node">Where to start.</param>
    /// <param name="path">Member names and array positions with dots between, as in "instances.0.status".</param>
    public static JsonNode? Find(this JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, part) => at switch
    {
        JsonObject members => members[part],
        JsonArray items when int.TryParse(part, out var index) && index < items.Count => items[index],
        _ => null,
    });

    public static string Text(this JsonNode node, string path) => node.Required<string>(path);

    public static long Number(this JsonNode node, string path) => node.Required<long>(path);

    public static double Measure(this JsonNode node, string path) => node.Required<double>(path);

    public static JsonArray Items(this JsonNode node, string path) => node.Find(path) as JsonArray ?? throw Missing(node, path);

    private static T Required<T>(this JsonNode node, string path) =>
        node.Find(path) is JsonValue value && value.TryGetValue<T>(out var found) ? found : throw Missing(node, path);

    private static TroubleException Missing(JsonNode node, string path) =>
        new(
            $"the answer has no usable '{path}': {PlatformClient.Shortened(node.ToJsonString())}",
            "a service differs from the wire contract");
}
