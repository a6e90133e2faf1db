using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Patching;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>The scale subresource: the replicas of a workload as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleEndpoint(ObjectStore store, ObjectWriter writer)
{
    public async Task Handle(HttpContext http, ApiTarget target)
    {
        if (target.Verb == "get")
        {
            await (store.Find(target.Key) is { } found
                ? Answers.Json(http, 200, Scale(found.Body))
                : Answers.Refuse(http, Refusal.NotFound(target.Kind, target.Name!)));
            return;
        }

        if (target.Verb is not ("update" or "patch"))
        {
            await Answers.Refuse(http, Refusal.MethodNotAllowed());
            return;
        }

        var body = Yaml.Parse(await WriteEndpoints.Bytes(http));
        var media = target.Verb == "update" ? "" : (http.Request.ContentType ?? "").Split(';')[0];
        var outcome = writer.Change(target.Key, WriteEndpoints.WriteOf(http, target), live =>
        {
            var scale = target.Verb == "update" ? body as JsonObject : Patched(Scale(live), body, media);
            if (scale.Number("spec", "replicas") is not (>= 0 and var replicas))
            {
                return (null, Refusal.Invalid(
                    target.Kind, target.Name!, [Cause.Wrong("spec.replicas", "null", "must be greater than or equal to 0")]));
            }

            live.Ensure("metadata").Put("resourceVersion", scale.At("metadata", "resourceVersion")?.DeepClone());
            live.Ensure("spec")["replicas"] = replicas;
            return (live, null);
        });
        await (outcome.Refusal is { } refusal ? Answers.Refuse(http, refusal) : Answers.Json(http, 200, Scale(outcome.Object!.Body)));
    }

    private static JsonObject? Patched(JsonObject scale, JsonNode? patch, string media) => media == "application/json-patch+json"
        ? patch is JsonArray operations ? Patches.Json(scale, operations).Result : null
        : Patches.Merge(scale, patch) as JsonObject;

    private static JsonObject Scale(JsonObject body)
    {
        var metadata = new JsonObject();
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            metadata.Put(field, body.At("metadata", field)?.DeepClone());
        }

        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = body.Number("spec", "replicas") ?? 1 },
            ["status"] = new JsonObject
            {
                ["replicas"] = body.Number("status", "replicas") ?? 0,
                ["selector"] = string.Join(',', body.Map("spec", "selector", "matchLabels").Select(pair => $"{pair.Key}={pair.Value}")),
            },
        };
    }
}
