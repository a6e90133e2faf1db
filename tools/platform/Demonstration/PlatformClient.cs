using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Tool.Demonstration;

/// <summary>A caller of the HTTP API who wants success: every other answer ends the demonstration with the answer in the message.</summary>
internal sealed class PlatformClient(Uri gateway, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(60),
    };

    public void SignIn(string accessToken) =>
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);

    public Task<JsonNode> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonNode> PostAsync(string path, object body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct);

    public Task<JsonNode> PutAsync(string path, object body, CancellationToken ct) => SendAsync(HttpMethod.Put, path, body, ct);

    public Task<JsonNode> DeleteAsync(string path, object body, CancellationToken ct) => SendAsync(HttpMethod.Delete, path, body, ct);

    public void Dispose() => http.Dispose();

    /// <returns>The member `data` of the answer's envelope; the whole answer when it has none.</returns>
    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        // One key for all attempts of this call, so that money moves once even if an answer gets lost.
        var key = Guid.CreateVersion7().ToString();
        while (true)
        {
            using var request = new HttpRequestMessage(method, path);
            if (method != HttpMethod.Get)
            {
                request.Headers.Add("Idempotency-Key", key);
                request.Content = JsonContent.Create(body);
            }

            using var answer = await SendOnceAsync(request, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter?.Delta is { } wait && wait <= LongestWait)
            {
                await Task.Delay(wait, clock, ct);
                continue;
            }

            return answer.IsSuccessStatusCode && Parse(text) is { } json
                ? json["data"] ?? json
                : throw new TroubleException(
                    $"{method} {path} was answered {(int)answer.StatusCode}: {Shortened(text)}",
                    "./platform status and ./platform logs gateway say more");
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, ct);
        }
        catch (HttpRequestException broken)
        {
            throw NoAnswer(request, broken.Message, broken);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw NoAnswer(request, $"not within {http.Timeout.TotalSeconds:0} s", late);
        }
    }

    private TroubleException NoAnswer(HttpRequestMessage request, string why, Exception cause) =>
        new($"{request.Method} {http.BaseAddress}{request.RequestUri} got no answer: {why}", "./platform status", cause);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static string Shortened(string text) => text.Length <= 2_000 ? text : text[..2_000] + "…";
}
