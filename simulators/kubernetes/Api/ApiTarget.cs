using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>What a request is about, read from its path.</summary>
internal sealed record ApiTarget(Kind Kind, string? Namespace, string? Name, string? Subresource, string Verb)
{
    public ObjectKey Key => new(Kind, Namespace ?? "", Name ?? throw new InvalidOperationException("The request names no object."));

    /// <summary>The resource as rules and counts name it: pods, pods/log, deployments.</summary>
    public string Resource => Subresource is null ? Kind.Plural : $"{Kind.Plural}/{Subresource}";

    /// <returns>Null when the path is not that of a resource.</returns>
    public static ApiTarget? Parse(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => ("", "", []),
        };
        string? ns = null;
        if (rest is ["namespaces", var home, var plural, ..] && plural is not ("status" or "finalize"))
        {
            ns = home;
            rest = rest[2..];
        }

        if (rest.Length is 0 or > 3 || KindCatalog.Find(group, version, rest[0]) is not { } kind)
        {
            return null;
        }

        // A list of all namespaces is the one path of a namespaced kind that names none.
        if (kind.Namespaced ? ns is null && rest.Length > 1 : ns is not null)
        {
            return null;
        }

        var name = rest.Length > 1 ? rest[1] : null;
        return new(kind, ns, name, rest.Length > 2 ? rest[2] : null, VerbOf(request, name));
    }

    private static string VerbOf(HttpRequest request, string? name)
    {
        var watched = request.Query["watch"].ToString() is "1" or "true" or "True";
        return request.Method switch
        {
            "GET" or "HEAD" when watched => "watch",
            "GET" or "HEAD" => name is null ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name is null ? "deletecollection" : "delete",
            _ => request.Method.ToLowerInvariant(),
        };
    }
}
