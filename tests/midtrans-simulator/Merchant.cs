using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Simulators.Midtrans.Tests;

internal sealed record Received(string Path, string UserAgent, JsonObject Body)
{
    public string Status => (string)Body["transaction_status"]!;
}

/// <summary>The merchant's end: a real HTTP server that keeps what it is told and answers as a test wishes.</summary>
internal sealed class Merchant : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> received = new();

    private Merchant(WebApplication app) => this.app = app;

    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<Received> Received => [.. received];

    public string Url => app.Urls.Single() + "/hook";

    public static async Task<Merchant> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var merchant = new Merchant(builder.Build());
        merchant.app.Run(merchant.TakeAsync);
        await merchant.app.StartAsync();
        return merchant;
    }

    public void AnswerAlways(int status, string? location = null) => Answer = (_, context) =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var body = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        var notice = new Received(context.Request.Path, context.Request.Headers.UserAgent.ToString(), body);
        received.Enqueue(notice);
        await Answer(notice, context);
    }
}
