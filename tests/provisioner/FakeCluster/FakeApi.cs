using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Provisioner.Tests.FakeCluster;

/// <summary>
/// A small Kubernetes API server in the test's process: real HTTP, an in-memory store, watches, and a deployment controller
/// that does what the test says. Only what the provisioner uses; the simulator of the platform is the faithful one.
/// </summary>
public sealed class FakeApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<Guid, Fault> faults = new();
    private readonly ConcurrentQueue<string> calls = new();

    private FakeApi(TimeProvider clock)
    {
        Store = new(clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(HandleAsync);
    }

    internal FakeStore Store { get; }

    public string Kubeconfig { get; private set; } = "";

    /// <summary>While true every connection is cut without an answer.</summary>
    public bool IsAway { get; set; }

    public IReadOnlyCollection<string> Calls => [.. calls];

    public static async Task<FakeApi> StartAsync(TimeProvider clock)
    {
        var api = new FakeApi(clock);
        await api.app.StartAsync();
        api.Kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(api.Kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: c, cluster: { server: "{{api.app.Urls.Single()}}" } }]
            users: [{name: u, user: { token: "fake-token" } }]
            contexts: [{name: test, context: { cluster: c, user: u } }]
            """);
        return api;
    }

    /// <summary>Answers matching calls with a fault, so many times.</summary>
    /// <param name="afterDoing">True cuts the connection after the server did what was asked.</param>
    public void Fail(string method, string pathPart, int status, int times = 1, string reason = "", string? retryAfter = null,
        bool afterDoing = false)
    {
        var fault = new Fault(method, pathPart, status, reason, retryAfter, afterDoing) { Left = times };
        faults[Guid.CreateVersion7()] = fault;
    }

    public async ValueTask DisposeAsync()
    {
        Store.DropWatches();
        await app.StopAsync();
        await app.DisposeAsync();
        File.Delete(Kubeconfig);
    }

    private async Task HandleAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value!);
        calls.Enqueue($"{method} {path}");
        if (IsAway)
        {
            http.Abort();
            return;
        }

        if (http.Request.Headers.Authorization != "Bearer fake-token")
        {
            await WriteAsync(http, 401, FakeStore.Status(401, "Unauthorized"));
            return;
        }

        var fault = faults.Values.FirstOrDefault(f => f.Takes(method, path));
        if (fault is { AfterDoing: false })
        {
            if (fault.RetryAfter is { } wait)
                http.Response.Headers.RetryAfter = wait;
            await WriteAsync(http, fault.Status, FakeStore.Status(fault.Status, fault.Reason));
            return;
        }

        var body = http.Request.ContentLength > 0 ? (await JsonNode.ParseAsync(http.Request.Body))!.AsObject() : null;
        if (http.Request.Query["watch"] == "1")
            await WatchAsync(http, path);
        else if (path.EndsWith("/log", StringComparison.Ordinal))
            await http.Response.WriteAsync(Store.LogOf(path.Split('/')[^2]));
        else
            await AnswerAsync(http, fault, Store.Do(method, path, http.Request.Query["labelSelector"], body));
    }

    private static Task AnswerAsync(HttpContext http, Fault? fault, (int Status, JsonNode Body) answer)
    {
        if (fault is null)
            return WriteAsync(http, answer.Status, answer.Body);
        http.Abort();
        return Task.CompletedTask;
    }

    private async Task WatchAsync(HttpContext http, string path)
    {
        http.Response.ContentType = "application/json";
        await http.Response.Body.FlushAsync();
        await foreach (var line in Store.WatchAsync(path, http.Request.Query["labelSelector"], http.Request.Query["resourceVersion"]!,
            http.RequestAborted))
        {
            await http.Response.WriteAsync(line + "\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private static Task WriteAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    private sealed record Fault(string Method, string PathPart, int Status, string Reason, string? RetryAfter, bool AfterDoing)
    {
        private int left;

        public int Left { init => left = value; }

        public bool Takes(string method, string path) =>
            Method == method && path.Contains(PathPart, StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0;
    }
}
