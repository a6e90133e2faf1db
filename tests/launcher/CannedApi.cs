using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Tool.Layout;

namespace Platform.Launcher.Tests;

internal sealed record SeenRequest(string Method, string Path, string? Key, JsonNode Body);

/// <summary>An HTTP server that gives fixed answers; several answers to one request are given in turn, the last one for ever.</summary>
internal sealed class CannedApi : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(int Status, string Body)>> answers = new();
    private readonly ConcurrentQueue<SeenRequest> requests = new();

    private CannedApi()
    {
        Address = new($"http://127.0.0.1:{Ports.Choose(null, new HashSet<int>())}/");
        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }
    public IEnumerable<SeenRequest> Requests => requests;

    public static CannedApi OfTheWholeJob()
    {
        var api = new CannedApi();
        api.Answer("POST", "/api/auth/register", 201, """{"data":{"user":{"email":"demo@example.id"}}}""");
        api.Answer("POST", "/api/auth/login", 200, """{"data":{"user":{"role":"USER"},"accessToken":"t"}}""");
        api.Answer("POST", "/api/wallet/topup", 201, """{"data":{"transaction":{"transactionId":"o-1"}}}""");
        api.Answer("POST", "/_simulator/orders/o-1/pay", 200, """{"status":"settlement"}""");
        api.Answer("GET", "/api/wallet/info", 200, Wallet(0, 0), Wallet(300_000, 0), Wallet(250_000, 50_000), Wallet(250_000, 0));
        api.Answer("GET", "/api/catalog/services/n8n-automation", 200,
            """
            {"data":{"name":"N8N","plans":[
                {"id":"p-b","name":"Basic","planType":"BASIC"},{"id":"p-p","name":"Pro","planType":"PRO"}]}}
            """);
        api.Answer("POST", "/api/subscriptions/quote", 200,
            """{"data":{"quoteId":"q-create","total":50000}}""", """{"data":{"quoteId":"q-upgrade","total":100000}}""");
        api.Answer("POST", "/api/subscriptions", 201, """{"data":{"subscription":{"id":"s-1","status":"ACTIVE"}}}""");
        api.Answer("GET", "/api/subscriptions/s-1", 200,
            Subscription("p-b", "PENDING", "n8n-0"), Subscription("p-b", "RUNNING", "n8n-1"), Subscription("p-b", "RUNNING", "n8n-1"),
            Subscription("p-p", "PROVISIONING", "n8n-1"), Subscription("p-p", "RUNNING", "n8n-2"), Subscription("p-p", "RUNNING", "n8n-2"),
            Subscription("p-p", "TERMINATED", "n8n-2"));
        api.Answer("GET", "/api/subscriptions/s-1/timeline", 200,
            """{"data":{"timeline":[{"step":"FUNDS_HELD"}]}}""", """{"data":{"timeline":[{"step":"FUNDS_CAPTURED"}]}}""");
        api.Answer("GET", "/api/subscriptions/s-1/metrics", 200,
            """{"data":{"cpu":{"usage":12,"limit":1000},"memory":{"usage":100.25,"limit":1024}}}""");
        api.Answer("PUT", "/api/subscriptions/s-1/upgrade", 200, """{"data":{}}""");
        api.Answer("DELETE", "/api/subscriptions/s-1", 200, """{"data":{}}""");
        api.Answer("GET", "/api/wallet/transactions", 200,
            """{"data":{"transactions":[{"customId":"TXMP101","type":"TOP_UP","amount":300000}]}}""");
        api.Answer("GET", "/api/wallet/ledger", 200, """{"data":{"entries":[{"account":"clearing","debit":300000,"extra":{"a":1}}]}}""");
        return api;
    }

    public void Answer(string method, string path, int status, params string[] bodies) =>
        answers[$"{method} {path}"] = new(bodies.Select(body => (status, body)));

    public void Dispose() => listener.Close();

    private static string Wallet(long balance, long held) =>
        JsonSerializer.Serialize(new { data = new { wallet = new { creditBalance = balance, held } } });

    private static string Subscription(string plan, string status, string pod)
    {
        var instances = new[] { new { status, healthStatus = "Healthy", podName = pod, publicUrl = "http://x" } };
        return JsonSerializer.Serialize(new { data = new { subscription = new { planId = plan, status = "ACTIVE", instances } } });
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, path) = (context.Request, context.Request.Url!.AbsolutePath);
        using var reader = new StreamReader(request.InputStream);
        var text = await reader.ReadToEndAsync();
        var sent = JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
        requests.Enqueue(new(request.HttpMethod, path, request.Headers["Idempotency-Key"], sent));
        var (status, body) = (404, $$"""{"message":"no canned answer to {{request.HttpMethod}} {{path}}"}""");
        if (answers.TryGetValue($"{request.HttpMethod} {path}", out var queue))
        {
            (status, body) = queue.Count > 1 && queue.TryDequeue(out var next) ? next : queue.First();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}
