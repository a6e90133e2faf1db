using System.Collections.Concurrent;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.WalletSequences.Running;

/// <summary>
/// What stands before the replicas: the gateway knows one address, and the test decides which replica an order's notifications meet.
/// A replica that dies in the middle is a cut connection to the gateway, never an answer of ours.
/// </summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    private const string Path = "/api/wallet/webhook/midtrans";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, WalletReplica> routes = new();

    private FrontDoor(WebApplication app)
    {
        this.app = app;
        app.MapPost(Path, ForwardAsync);
    }

    public string NotificationUrl => app.Urls.First() + Path;

    public Fleet Fleet { private get; set; } = null!;

    /// <summary>Where notifications go that have no route of their own; null for those that stay.</summary>
    public WalletReplica? Everybody { private get; set; }

    /// <summary>Called for each notification that is about to be handed to a replica.</summary>
    public Action<WalletReplica>? Arrived { private get; set; }

    public static async Task<FrontDoor> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var door = new FrontDoor(builder.Build());
        await door.app.StartAsync();
        return door;
    }

    /// <summary>Until it dies, this replica gets all notifications of the order.</summary>
    public void Route(Guid order, WalletReplica replica) => routes[order.ToString()] = replica;

    public void Unroute(Guid order) => routes.TryRemove(order.ToString(), out _);

    /// <summary>Hands a notification to a replica and expects it to be taken.</summary>
    public static async Task SendAsync(WalletReplica replica, string notification)
    {
        using var answer = await PostAsync(replica, notification);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ForwardAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var replica = ReplicaFor((string?)JsonNode.Parse(body)!["order_id"] ?? "");
        Arrived?.Invoke(replica);
        try
        {
            using var answer = await PostAsync(replica, body);
            http.Response.StatusCode = (int)answer.StatusCode;
            await http.Response.WriteAsync(await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            http.Abort();
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(WalletReplica replica, string notification)
    {
        using var content = new StringContent(notification, Encoding.UTF8, MediaTypeNames.Application.Json);
        return await replica.Http.PostAsync(Path, content);
    }

    private WalletReplica ReplicaFor(string order) =>
        routes.TryGetValue(order, out var replica) && replica.IsAlive ? replica
        : Everybody is { IsAlive: true } everybody ? everybody
        : Fleet.Next();
}
