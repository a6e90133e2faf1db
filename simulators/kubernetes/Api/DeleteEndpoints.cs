using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Delete one object, delete what a selector matches, evict a pod.</summary>
internal sealed class DeleteEndpoints(ObjectStore store, ObjectRemover remover)
{
    public async Task One(HttpContext http, ApiTarget target, View view)
    {
        var (removal, problem) = await RemovalOf(http);
        if (problem is not null)
        {
            await Answers.Refuse(http, problem);
            return;
        }

        var (stored, gone, refusal) = remover.Delete(target.Key, removal!);
        await (refusal is not null ? Answers.Refuse(http, refusal)
            : gone ? Answers.Deleted(http, target.Kind, target.Name!, stored!.Uid)
            : Answers.Raw(http, 200, view.One(stored!)));
    }

    public async Task Many(HttpContext http, ApiTarget target, View view)
    {
        var query = http.Request.Query;
        var (removal, problem) = await RemovalOf(http);
        var (selection, unreadable) = Selection.Parse(target.Kind, query["labelSelector"], query["fieldSelector"]);
        if (problem is not null || selection is null)
        {
            await Answers.Refuse(http, problem ?? Refusal.BadRequest(unreadable!));
            return;
        }

        var deleted = new List<StoredObject>();
        foreach (var stored in store.List(target.Kind, target.Namespace).Where(stored => selection.Matches(stored.Body)))
        {
            if (remover.Delete(stored.Key, removal!).Object is { } removed)
            {
                deleted.Add(removed);
            }
        }

        await Answers.Raw(http, 200, view.Many(
            deleted, new() { ["resourceVersion"] = store.Revision.ToString(CultureInfo.InvariantCulture) }));
    }

    public async Task Evict(HttpContext http, ApiTarget target)
    {
        var refusal = remover.Delete(target.Key, new()).Refusal;
        await (refusal is not null
            ? Answers.Refuse(http, refusal)
            : Answers.Json(http, 201, new JsonObject
            {
                ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success", ["code"] = 201,
            }));
    }

    private static async Task<(Removal?, Refusal?)> RemovalOf(HttpContext http)
    {
        var query = http.Request.Query;
        var bytes = await WriteEndpoints.Bytes(http);
        var body = bytes.Length == 0 ? null : Yaml.Parse(bytes);
        var policy = query["propagationPolicy"].ToString() is { Length: > 0 } asked ? asked : body.Text("propagationPolicy");
        if (query["orphanDependents"] == "true" || body.Flag("orphanDependents"))
        {
            policy ??= "Orphan";
        }

        if (policy is not (null or "Background" or "Foreground" or "Orphan"))
        {
            return (null, new(
                422, "Invalid",
                $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"{policy}\"", []));
        }

        var grace = long.TryParse(query["gracePeriodSeconds"], CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : body.Number("gracePeriodSeconds");
        return (new()
        {
            Propagation = policy ?? "Background",
            GraceSeconds = grace,
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = query["dryRun"] == "All" || body.Texts("dryRun").Contains("All"),
        }, null);
    }
}
