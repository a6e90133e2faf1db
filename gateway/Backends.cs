using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Platform.Gateway;

/// <summary>
/// Which prefix belongs to which service (api.md §9). Paths go through unchanged; every service authorises for itself, so a mistake here
/// sends a request to the wrong door, never past one. A request that failed is not sent again: only its sender knows whether it may be.
/// </summary>
internal static class Backends
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>Stop, start, restart and upgrade may wait for the cluster.</summary>
    private static readonly TimeSpan Blocking = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What callers could use to pretend to be someone else, or to be somewhere else, behind us.</summary>
    private static readonly string[] Forgeable =
    [
        "X-User-Id", "X-User", "X-User-Email", "X-User-Role", "X-Roles", "X-Original-URL", "X-Rewrite-URL", "X-Real-IP", "Forwarded",
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Request-Id", "X-Forwarded-Port", "X-Forwarded-Server",
    ];

    private static readonly (string Service, string[] Prefixes)[] Table =
    [
        ("identity", ["/api/auth", "/api/user", "/api/admin/users", "/.well-known"]),
        ("catalog", ["/api/catalog", "/api/admin/services", "/api/admin/quota"]),
        ("wallet", ["/api/wallet", "/api/admin/wallets", "/api/admin/coupons"]),
        ("subscriptions", ["/api/subscriptions", "/api/admin/subscriptions", "/api/admin/billing"]),
        ("provisioner", ["/api/instances", "/api/admin/health", "/api/admin/k8s", "/socket.io"]),
    ];

    public static void AddBackends(this IServiceCollection services)
    {
        services.AddReverseProxy()
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectTimeout)
            .AddTransforms(transforms =>
            {
                foreach (var header in Forgeable)
                    transforms.AddRequestHeaderRemove(header);
            });
        services.AddSingleton<IProxyConfigProvider>(provider =>
            new InMemoryConfigProvider(Routes(), Clusters(provider.GetRequiredService<IOptions<BackendOptions>>().Value)));
    }

    // The services look at the token; what the gateway itself knows of the caller is for its limits only.
    public static void MapBackends(this IEndpointRouteBuilder routes) => routes.MapReverseProxy().AllowAnonymous();

    private static List<RouteConfig> Routes() =>
    [
        .. from entry in Table
           from prefix in entry.Prefixes
           select new RouteConfig { RouteId = prefix, ClusterId = entry.Service, Match = new() { Path = prefix + "/{**rest}" } },
    ];

    private static List<ClusterConfig> Clusters(BackendOptions backends) =>
    [
        Cluster("identity", backends.Identity, Usual),
        Cluster("catalog", backends.Catalog, Usual),
        Cluster("wallet", backends.Wallet, Usual),
        Cluster("subscriptions", backends.Subscriptions, Blocking),
        Cluster("provisioner", backends.Provisioner, Blocking),
    ];

    private static ClusterConfig Cluster(string service, string address, TimeSpan timeout) => new()
    {
        ClusterId = service,
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = timeout },
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = address } },
    };
}
