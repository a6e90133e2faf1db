using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Platform.Gateway.Tests;

/// <summary>A request as a service received it.</summary>
public sealed record Received(string Service, string Method, string Target, IHeaderDictionary Headers, byte[] Body);

/// <summary>A service behind the gateway, on a port of its own: notes what arrives and answers as it is told.</summary>
public sealed class Backend : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> received = new();
    private readonly ConcurrentDictionary<string, RequestDelegate> behaviours = new();
    private readonly string service;
    private readonly WebApplication app;

    private Backend(string service)
    {
        this.service = service;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.UseWebSockets();
        app.Run(AnswerAsync);
    }

    public string Address => app.Urls.Single();

    public IReadOnlyCollection<Received> All => received;

    public static async Task<Backend> StartAsync(string service)
    {
        var backend = new Backend(service);
        await backend.app.StartAsync();
        return backend;
    }

    /// <summary>What to answer at one path; the body is then left to the behaviour and is not noted.</summary>
    public void At(string path, RequestDelegate behave) => behaviours[path] = behave;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var headers = new HeaderDictionary();
        foreach (var (name, value) in http.Request.Headers)
            headers[name] = value;
        if (behaviours.TryGetValue(http.Request.Path.Value!, out var behave))
        {
            received.Enqueue(new(service, http.Request.Method, target, headers, []));
            await behave(http);
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        received.Enqueue(new(service, http.Request.Method, target, headers, body.ToArray()));
        await http.Response.WriteAsJsonAsync(new { service }, http.RequestAborted);
    }
}
