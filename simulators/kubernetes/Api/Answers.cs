using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    public static Task Json(HttpContext http, int code, JsonNode body) => Raw(http, code, Encoding.UTF8.GetBytes(body.ToText()));

    public static async Task Raw(HttpContext http, int code, byte[] body)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    public static Task Refuse(HttpContext http, Refusal refusal)
    {
        if (refusal.Details.Number("retryAfterSeconds") is { } seconds)
        {
            http.Response.Headers.RetryAfter = FormattableString.Invariant($"{seconds}");
        }

        return Json(http, refusal.Code, refusal.ToStatus());
    }

    public static Task Deleted(HttpContext http, Kind kind, string name, string uid)
    {
        var details = new JsonObject { ["name"] = name };
        details.Put("group", kind.Group.Length == 0 ? null : kind.Group);
        details["kind"] = kind.Plural;
        details["uid"] = uid;
        return Json(http, 200, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    public static async Task Outcome(HttpContext http, Outcome outcome, View view)
    {
        if (outcome.Refusal is { } refusal)
        {
            await Refuse(http, refusal);
            return;
        }

        foreach (var warning in outcome.Warnings)
        {
            http.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        await Raw(http, outcome.Created ? 201 : 200, view.One(outcome.Object!));
    }
}
