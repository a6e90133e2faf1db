using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

/// <summary>An open watch.</summary>
internal sealed class WatchReader : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
    private readonly HttpResponseMessage answer;
    private readonly StreamReader lines;
    private readonly List<string> seen = [];

    private WatchReader(HttpResponseMessage answer, StreamReader lines) => (this.answer, this.lines) = (answer, lines);

    public static async Task<WatchReader> Open(Cluster cluster, string pathAndQuery)
    {
        var separator = pathAndQuery.Contains('?') ? '&' : '?';
        var answer = await cluster.Http.GetAsync($"{pathAndQuery}{separator}watch=1", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        return new(answer, new(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event; null when the server has ended the watch.</summary>
    public async Task<JsonObject?> Next()
    {
        try
        {
            if (await lines.ReadLineAsync(patience.Token) is not { } line)
            {
                return null;
            }

            seen.Add(line.Length > 160 ? line[..160] : line);
            return JsonNode.Parse(line)!.AsObject();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The watch said nothing more after:\n{string.Join('\n', seen)}");
        }
    }

    public async Task<JsonObject> Until(string type, Func<JsonNode, bool>? wanted = null)
    {
        while (await Next() is { } next)
        {
            if (next.Text("type") == type && (wanted is null || wanted(next["object"]!)))
            {
                return next;
            }
        }

        throw new InvalidOperationException($"The watch ended before {type}:\n{string.Join('\n', seen)}");
    }

    public void Dispose()
    {
        lines.Dispose();
        answer.Dispose();
        patience.Dispose();
    }
}
