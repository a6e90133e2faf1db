using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Patching;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Wire;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Create, replace and patch.</summary>
internal sealed class WriteEndpoints(ObjectWriter writer)
{
    public async Task Create(HttpContext http, ApiTarget target, View view)
    {
        var body = await Body(http);
        if (target.Kind.Namespaced && target.Namespace is null)
        {
            await Answers.Refuse(http, Refusal.MethodNotAllowed());
            return;
        }

        await (Mismatch(target, body) is { } refusal
            ? Answers.Refuse(http, refusal)
            : Answers.Outcome(http, writer.Create(target.Kind, target.Namespace ?? "", body, WriteOf(http, target)), view));
    }

    public async Task Replace(HttpContext http, ApiTarget target, View view)
    {
        var body = await Body(http);
        if (Mismatch(target, body) is { } refusal)
        {
            await Answers.Refuse(http, refusal);
            return;
        }

        var write = WriteOf(http, target);
        var outcome = target.Subresource == "finalize"
            ? writer.Change(target.Key, write with { Subresource = null }, live =>
            {
                live.Ensure("spec")["finalizers"] = new JsonArray([.. body.Texts("spec", "finalizers").Select(name => (JsonNode)name)]);
                return (live, null);
            })
            : writer.Replace(target.Key, body, write);
        await Answers.Outcome(http, outcome, view);
    }

    public async Task Patch(HttpContext http, ApiTarget target, View view)
    {
        var bytes = await Bytes(http);
        var write = WriteOf(http, target);
        var media = (http.Request.ContentType ?? "").Split(';')[0].Trim();
        if (media == "application/apply-patch+yaml")
        {
            await Answers.Outcome(http, Apply(http, target, Yaml.Parse(bytes), write), view);
            return;
        }

        var known = media.EndsWith("patch+json", StringComparison.Ordinal);
        if (Patcher(media, known ? Tree.Parse(bytes) : null, target.Kind) is not { } patch)
        {
            await Answers.Refuse(http, new(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
                + "application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"));
            return;
        }

        await Answers.Outcome(http, writer.Change(target.Key, write, patch), view);
    }

    public static async Task<byte[]> Bytes(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.ToArray();
    }

    /// <summary>The patch as a function of an object; null when there is no such kind of patch.</summary>
    public static Func<JsonObject, (JsonObject?, Refusal?)>? Patcher(string media, JsonNode? patch, Kind kind) => media switch
    {
        "application/merge-patch+json" when patch is JsonObject => live => (Patches.Merge(live, patch) as JsonObject, null),
        "application/strategic-merge-patch+json" when patch is JsonObject =>
            live => (StrategicMerge.Merge(live, patch, kind.Shape) as JsonObject, null),
        "application/json-patch+json" when patch is JsonArray operations => live =>
        {
            var (result, problem) = Patches.Json(live, operations);
            return problem is null
                ? (result, null)
                : (null, new(422, "Invalid", $"the server rejected our request due to an error in our request: {problem.Message}", []));
        },
        "application/merge-patch+json" or "application/strategic-merge-patch+json" or "application/json-patch+json" =>
            _ => (null, Refusal.BadRequest("the patch is not of the form that its media type asks for")),
        _ => null,
    };

    public static Write WriteOf(HttpContext http, ApiTarget target)
    {
        var query = http.Request.Query;
        var agent = http.Request.Headers.UserAgent.ToString().Split('/')[0];
        var manager = query["fieldManager"].ToString() is { Length: > 0 } named ? named : agent.Length > 0 ? agent : "unknown";
        return new(manager)
        {
            Subresource = target.Subresource,
            DryRun = query["dryRun"] == "All",
            UnknownFields = query["fieldValidation"].ToString() switch
            {
                "Strict" => UnknownFields.Refuse,
                "Ignore" => UnknownFields.Ignore,
                _ => UnknownFields.Warn,
            },
        };
    }

    private Outcome Apply(HttpContext http, ApiTarget target, JsonNode? config, Write write)
    {
        var query = http.Request.Query;
        if (query["fieldManager"].ToString().Length == 0)
        {
            return new Refusal(
                422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch", []);
        }

        if (config is not JsonObject body)
        {
            return Refusal.BadRequest("the apply configuration is not an object");
        }

        if (Mismatch(target, body) is { } refusal)
        {
            return refusal;
        }

        body.Ensure("metadata")["name"] = target.Name;
        if (target.Namespace is not null)
        {
            body.Ensure("metadata")["namespace"] = target.Namespace;
        }

        return writer.Apply(target.Key, body, query["force"].ToString() is "true" or "1", write);
    }

    private static Refusal? Mismatch(ApiTarget target, JsonObject body)
    {
        var (kind, version) = (body.Text("kind") ?? target.Kind.Name, body.Text("apiVersion") ?? target.Kind.ApiVersion);
        if (kind != target.Kind.Name || version != target.Kind.ApiVersion)
        {
            return Refusal.BadRequest(
                $"the API version in the data ({version}, Kind={kind}) does not match the expected API version "
                + $"({target.Kind.ApiVersion}, Kind={target.Kind.Name})");
        }

        var ns = body.Text("metadata", "namespace");
        if (!string.IsNullOrEmpty(ns) && target.Kind.Namespaced && ns != target.Namespace)
        {
            return Refusal.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        return body.Text("metadata", "name") is { } name && target.Name is { } expected && name != expected
            ? Refusal.BadRequest($"the name of the object ({name}) does not match the name on the URL ({expected})")
            : null;
    }

    private static async Task<JsonObject> Body(HttpContext http)
    {
        var yaml = (http.Request.ContentType ?? "").Contains("yaml", StringComparison.Ordinal);
        var bytes = await Bytes(http);
        if ((http.Request.ContentType ?? "").StartsWith(Protobuf.MediaType, StringComparison.Ordinal))
        {
            return Protobuf.Parse(bytes);
        }

        return (yaml ? Yaml.Parse(bytes) : Tree.Parse(bytes)) as JsonObject ?? throw new JsonException("the body is not an object");
    }
}
