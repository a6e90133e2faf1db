using System.Text.Json;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Sends each request of the Kubernetes API to where it is answered.</summary>
internal sealed class ApiServer(
    ReadEndpoints reads, WatchEndpoint watches, WriteEndpoints writes, DeleteEndpoints deletes, LogEndpoint logs, ScaleEndpoint scales,
    TimeProvider clock)
{
    public async Task Handle(HttpContext http)
    {
        if (ApiTarget.Parse(http.Request) is not { } target)
        {
            var document = Discovery.Find(http.Request.Path) ?? OpenApi.Find(http.Request.Path);
            await (document is null ? Answers.Refuse(http, Refusal.NoSuchPath()) : Answers.Json(http, 200, document));
            return;
        }

        if (View.Of(http.Request, target.Kind, clock) is not { } view)
        {
            await Answers.Refuse(http, new(406, "NotAcceptable", "only the following media types are accepted: application/json"));
            return;
        }

        try
        {
            await Handle(http, target, view);
        }
        catch (JsonException problem)
        {
            await Answers.Refuse(http, Refusal.BadRequest($"the body of the request cannot be read: {problem.Message}"));
        }
    }

    private Task Handle(HttpContext http, ApiTarget target, View view)
    {
        var kind = target.Kind;
        if (kind.Computed)
        {
            return target.Verb switch
            {
                "get" => reads.Get(http, target, view),
                "list" => reads.List(http, target, view),
                _ => Answers.Refuse(http, Refusal.MethodNotAllowed()),
            };
        }

        switch (target.Subresource)
        {
            case null:
                break;
            case "status" when kind.HasStatus:
            case "finalize" when kind == KindCatalog.Namespace:
                return target.Verb switch
                {
                    "get" => reads.Get(http, target, view),
                    "update" => writes.Replace(http, target, view),
                    "patch" when target.Subresource == "status" => writes.Patch(http, target, view),
                    _ => Answers.Refuse(http, Refusal.MethodNotAllowed()),
                };
            case "scale" when kind.HasScale:
                return scales.Handle(http, target);
            case "log" when kind == KindCatalog.Pod:
                return logs.Handle(http, target);
            case "eviction" when kind == KindCatalog.Pod && target.Verb == "create":
                return deletes.Evict(http, target);
            default:
                return Answers.Refuse(http, Refusal.NoSuchPath());
        }

        return target.Verb switch
        {
            "get" => reads.Get(http, target, view),
            "list" => reads.List(http, target, view),
            "watch" => watches.Handle(http, target, view),
            "create" when target.Name is null => writes.Create(http, target, view),
            "update" when target.Name is not null => writes.Replace(http, target, view),
            "patch" when target.Name is not null => writes.Patch(http, target, view),
            "delete" => deletes.One(http, target, view),
            "deletecollection" when !kind.Namespaced || target.Namespace is not null => deletes.Many(http, target, view),
            _ => Answers.Refuse(http, Refusal.MethodNotAllowed()),
        };
    }
}
