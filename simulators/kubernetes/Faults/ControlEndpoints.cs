using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Api;
using Platform.Simulators.Kubernetes.Controllers;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Faults;

/// <summary>/_simulator: how a test or a developer makes the cluster misbehave, and asks what happened. The README documents it.</summary>
internal sealed class ControlEndpoints(
    ObjectStore store, FaultRules faults, PodRules pods, RequestLedger ledger, ControlLoop loop, ClusterSeed seed, StateFile state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var control = routes.MapGroup("/_simulator");
        control.MapPost("/faults", AddFault);
        control.MapGet("/faults", (HttpContext http) => Answers.Json(http, 200, List(faults.All.Select(rule => rule.ToJson()))));
        control.MapDelete("/faults/{id:int?}", (HttpContext http, int? id) => Removed(http, faults.Remove(id)));
        control.MapPost("/pods", AddBehaviour);
        control.MapGet("/pods", (HttpContext http) => Answers.Json(http, 200, List(pods.All.Select(rule => rule.ToJson()))));
        control.MapDelete("/pods/{id:int?}", RemoveBehaviour);
        control.MapPost("/release", Release);
        control.MapPost("/compact", Compact);
        control.MapPost("/watches/drop", (HttpContext http) =>
            Answers.Json(http, 200, new JsonObject { ["dropped"] = store.DropSubscriptions() }));
        control.MapGet("/requests", (HttpContext http) => Answers.Json(http, 200, ledger.ToJson()));
        control.MapDelete("/requests", ClearRequests);
        control.MapPost("/reset", Reset);
    }

    private async Task AddFault(HttpContext http)
    {
        if (await Body(http) is not { } definition)
        {
            return;
        }

        var (rule, problem) = faults.Add(definition);
        await (rule is null ? Answers.Refuse(http, Refusal.BadRequest(problem!)) : Answers.Json(http, 201, rule.ToJson()));
    }

    private async Task AddBehaviour(HttpContext http)
    {
        if (await Body(http) is not { } definition)
        {
            return;
        }

        var match = definition["match"] as JsonObject ?? [];
        var existing = definition.Flag("existing") ? store.List(KindCatalog.Pod) : [];
        var times = definition["times"] is null ? null : FaultRules.Times(definition);
        if (pods.Add(match, definition.Text("behaviour") ?? "", times, existing) is not { } rule)
        {
            await Answers.Refuse(http, Refusal.BadRequest($"behaviour has to be one of: {string.Join(", ", PodRules.Names)}"));
            return;
        }

        loop.LookAtAll();
        state.Touch();
        await Answers.Json(http, 201, rule.ToJson());
    }

    private Task RemoveBehaviour(HttpContext http, int? id)
    {
        var removed = pods.Remove(id);
        loop.LookAtAll();
        state.Touch();
        return Removed(http, removed);
    }

    private async Task Release(HttpContext http)
    {
        var body = http.Request.ContentLength is > 0 ? await Body(http) : [];
        if (body is not null)
        {
            var released = pods.Release(body["match"] as JsonObject ?? []);
            loop.LookAtAll();
            await Answers.Json(http, 200, new JsonObject { ["released"] = released });
        }
    }

    private Task Compact(HttpContext http)
    {
        store.Compact();
        return Answers.Json(http, 200, new JsonObject { ["compactedRevision"] = store.CompactedRevision });
    }

    private Task ClearRequests(HttpContext http)
    {
        ledger.Clear();
        return Answers.Json(http, 200, new JsonObject());
    }

    // The counter of revisions goes on, as if the old cluster had been emptied: a client that kept watching gets 410 and lists anew.
    private Task Reset(HttpContext http)
    {
        faults.Remove(null);
        pods.Remove(null);
        ledger.Clear();
        lock (store.Gate)
        {
            store.Load(store.Revision + 1, []);
            seed.Plant();
        }

        store.DropSubscriptions();
        return Answers.Json(http, 200, new JsonObject { ["revision"] = store.Revision });
    }

    private static Task Removed(HttpContext http, int count) => Answers.Json(http, 200, new JsonObject { ["removed"] = count });

    private static JsonObject List(IEnumerable<JsonObject> items) => new() { ["items"] = items.Cast<JsonNode?>().ToArray() };

    private static async Task<JsonObject?> Body(HttpContext http)
    {
        try
        {
            if (Tree.Parse(await WriteEndpoints.Bytes(http)) is JsonObject body)
            {
                return body;
            }
        }
        catch (System.Text.Json.JsonException)
        {
            // Answered below like any other body that is not an object.
        }

        await Answers.Refuse(http, Refusal.BadRequest("the body has to be a JSON object"));
        return null;
    }
}
