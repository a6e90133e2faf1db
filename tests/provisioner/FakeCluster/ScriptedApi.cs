using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Tests.FakeCluster;

/// <summary>Answers each request with the next line of its script, and notes what was asked.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<HttpContext, Task>> script = new();
    private readonly WebApplication app;
    private ClusterConnection? connection;
    private string kubeconfig = "";

    public ScriptedApi()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(async http =>
        {
            Requests.Enqueue($"{http.Request.Method} {http.Features.Get<IHttpRequestFeature>()!.RawTarget}");
            using var reader = new StreamReader(http.Request.Body);
            Bodies.Enqueue(await reader.ReadToEndAsync());
            if (script.TryDequeue(out var act))
                await act(http);
            else
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string> Bodies { get; } = new();

    public KubernetesClient Client { get; private set; } = null!;

    public void Do(Func<HttpContext, Task> act) => script.Enqueue(act);

    public void Answer(int status, string body, Action<HttpContext>? also = null) => Do(http =>
    {
        http.Response.StatusCode = status;
        also?.Invoke(http);
        return http.Response.WriteAsync(body);
    });

    public async ValueTask StartAsync()
    {
        await app.StartAsync();
        kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, KubeconfigTests.Text(app.Urls.Single()));
        connection = ClusterConnection.Open(new() { BaseDomain = "x", KubeconfigPath = kubeconfig }, production: true);
        Client = Patient(TimeSpan.FromSeconds(30));
    }

    /// <summary>A client that waits this long for an answer.</summary>
    public KubernetesClient Patient(TimeSpan patience) =>
        new(connection!, Options.Create(new KubernetesOptions { BaseDomain = "x", CallTimeout = patience }),
            NullLogger<KubernetesClient>.Instance);

    public async ValueTask DisposeAsync()
    {
        connection?.Dispose();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        File.Delete(kubeconfig);
    }
}
