using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

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
        services.AddSingleton<IForwarderHttpClientFactory, SendOnceClients>();
        services.AddReverseProxy().AddTransforms(ForwardedHeaderRules.Apply);
        services.AddSingleton<IProxyConfigProvider>(provider =>
            new InMemoryConfigProvider(Routes(), Clusters(provider.GetRequiredService<IOptions<BackendOptions>>().Value)));
    }

    // The services look at the token; what the gateway itself knows of the caller is for its limits only.
    public static void MapBackends(this IEndpointRouteBuilder routes) =>
        routes.MapReverseProxy(proxy => proxy.UseForwardingLog()).AllowAnonymous();

    private static List<RouteConfig> Routes() =>
    [
        .. from entry in Table
           from prefix in entry.Prefixes
           select new RouteConfig { RouteId = prefix, ClusterId = entry.Service, Match = new() { Path = prefix + "/{**rest}" } },
    ];

    private static List<ClusterConfig> Clusters(BackendOptions backends) =>
    [
        .. from backend in backends.All
           select Cluster(backend.Service, backend.Address, backend.Service is "subscriptions" or "provisioner" ? Blocking : Usual),
    ];

    private static ClusterConfig Cluster(string service, string address, TimeSpan timeout) => new()
    {
        ClusterId = service,
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = timeout },
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = address } },
    };
}
