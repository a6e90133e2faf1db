using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>The conditions list of a status.</summary>
internal static class Conditions
{
    /// <summary>Sets a condition. Its lastTransitionTime moves only when its status does.</summary>
    public static void Set(JsonObject status, string type, bool value, string now, string? reason = null, string? message = null)
    {
        var text = value ? "True" : "False";
        if (status["conditions"] is not JsonArray list)
        {
            status["conditions"] = list = [];
        }

        var condition = list.OfType<JsonObject>().FirstOrDefault(item => item.Text("type") == type);
        if (condition is null)
        {
            list.Add(condition = new() { ["type"] = type });
        }

        if (condition.Text("status") != text)
        {
            condition["status"] = text;
            condition["lastTransitionTime"] = now;
        }

        condition.Put("reason", reason);
        condition.Put("message", message);
    }

    public static JsonObject? Find(JsonNode? status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static bool IsTrue(JsonNode? status, string type) => Find(status, type).Text("status") == "True";

    public static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } condition)
        {
            status["conditions"]!.AsArray().Remove(condition);
        }
    }
}
