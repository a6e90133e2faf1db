using System.Collections.Frozen;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Platform.Gateway;

/// <summary>
/// Which headers do not pass: those with which a caller could pretend to be someone or somewhere else, and what a service says that is
/// the gateway's to say.
/// </summary>
internal static class ForwardedHeaderRules
{
    private static readonly FrozenSet<string> Forgeable = new[]
    {
        "Forwarded", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Via", "Proxy",
        "X-User", "X-Roles", "X-Role", "X-Host", "X-Rewrite-URL", "X-Content-Length", "X-Request-Id", "X-Correlation-Id",
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "Front-End-Https", "Client-IP",
        "traceparent", "tracestate", "baggage", "Correlation-Context", "Request-Id", "b3",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] ForgeableFamilies = ["X-Forwarded-", "X-Original-", "X-User-", "X-Auth-", "X-B3-", "X-Internal-"];

    private static readonly string[] OurOwn =
    [
        "Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
    ];

    // The proxy's own X-Forwarded-For, -Proto and -Host are set after this.
    public static void Apply(TransformBuilderContext transforms)
    {
        transforms.AddRequestTransform(request =>
        {
            foreach (var header in request.HttpContext.Request.Headers.Keys.Where(IsForgeable))
                request.ProxyRequest.Headers.Remove(header);
            return ValueTask.CompletedTask;
        });
        foreach (var header in OurOwn)
            transforms.AddResponseHeaderRemove(header, ResponseCondition.Always);
    }

    private static bool IsForgeable(string header) =>
        Forgeable.Contains(header) || ForgeableFamilies.Any(family => header.StartsWith(family, StringComparison.OrdinalIgnoreCase));
}
