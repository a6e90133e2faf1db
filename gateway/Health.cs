using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Platform.Hosting;

namespace Platform.Gateway;

/// <param name="Services">Only for administrators: which service is ready, by name.</param>
internal sealed record HealthView(
    bool Success,
    string Message,
    DateTimeOffset Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, ServiceState>? Services);

internal enum ServiceState
{
    Ready,
    NotReady,
    Unreachable,
}

internal static class HealthEndpoint
{
    private const string Probe = "health-probe";
    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    public static void AddHealth(this IServiceCollection services) =>
        services.AddHttpClient(Probe, client => client.Timeout = TimeSpan.FromSeconds(2));

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/health", "/api/health"])
            routes.MapMethods(path, ReadMethods, Report).AllowAnonymous();
    }

    private static async Task<IResult> Report(
        HttpContext http, TimeProvider clock, IOptions<BackendOptions> backends, IHttpClientFactory clients, CancellationToken ct)
    {
        IReadOnlyDictionary<string, ServiceState>? states = null;
        if (http.User.HasClaim("role", CurrentUser.Administrator))
        {
            var probed = await Task.WhenAll(backends.Value.All.Select(
                async backend => (backend.Service, State: await StateOf(backend.Address, clients.CreateClient(Probe), ct))));
            states = probed.ToDictionary(service => service.Service, service => service.State);
        }

        return TypedResults.Ok(new HealthView(true, "The gateway is up.", clock.GetUtcNow(), states));
    }

    private static async Task<ServiceState> StateOf(string address, HttpClient client, CancellationToken ct)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(new Uri(address.TrimEnd('/') + '/'), "health/ready"), ct);
            return answer.IsSuccessStatusCode ? ServiceState.Ready : ServiceState.NotReady;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return ServiceState.Unreachable;
        }
    }
}
