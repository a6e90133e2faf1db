using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Platform.Provisioner.Kubernetes;

internal enum WatchKind
{
    /// <summary>The whole list, after the start and whenever changes may have been missed.</summary>
    Listed,
    Added,
    Modified,
    Deleted,
}

/// <param name="Items">One object, or all of them when <paramref name="Kind"/> is Listed.</param>
internal sealed record WatchEvent<T>(WatchKind Kind, IReadOnlyList<T> Items);

internal sealed partial class KubernetesClient
{
    /// <summary>The server ends a watch after this long, so that connections wander to new replicas of it.</summary>
    private static readonly TimeSpan WatchFor = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Every change of a kind in the whole cluster, for ever: lists, watches from there, resumes where a connection broke off
    /// (bookmarks move that place on), and lists again when the server has forgotten it (410). Ends only with the token.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent<T>> FollowAsync<T>(string? labelSelector, [EnumeratorCancellation] CancellationToken ct)
        where T : KubernetesObject, IResource
    {
        string? version = null;
        var failures = 0;
        while (true)
        {
            if (version is null)
            {
                var list = await TryListAsync<T>(labelSelector, ct);
                if (list is null)
                {
                    await PauseAsync(++failures, ct);
                    continue;
                }

                version = list.ResourceVersion;
                yield return new(WatchKind.Listed, list.Items);
            }

            await using var lines = new WatchLines<T>(this, labelSelector, version);
            while (true)
            {
                var (line, fault) = await lines.NextAsync(ct);
                if (fault is not null)
                {
                    WatchBroke(log, T.Type.Plural, fault.Fault);
                    version = fault.Fault == KubernetesFault.Gone ? null : version;
                    await PauseAsync(++failures, ct);
                    break;
                }

                if (line is null)
                {
                    // A server that closes at once must not be asked without end.
                    await PauseAsync(lines.Seen > 0 ? 1 : ++failures, ct);
                    break;
                }

                (version, failures) = (line.Object.Metadata.ResourceVersion ?? version, 0);
                if (line.Kind is { } kind)
                    yield return new(kind, [line.Object]);
            }
        }
    }

    private async Task<KubernetesList<T>?> TryListAsync<T>(string? labelSelector, CancellationToken ct)
        where T : KubernetesObject, IResource
    {
        try
        {
            return await ListAsync<T>(null, labelSelector, ct);
        }
        catch (KubernetesException e)
        {
            WatchBroke(log, T.Type.Plural, e.Fault);
            return null;
        }
    }

    // Waiting for the network is real time, also where the application's clock is a test's.
    private static Task PauseAsync(int failures, CancellationToken ct)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 8));
        return Task.Delay(pause < LongestPause ? pause : LongestPause, TimeProvider.System, ct);
    }

    /// <param name="Kind">Null for a bookmark.</param>
    private sealed record WatchLine<T>(WatchKind? Kind, T Object);

    /// <summary>One connection of a watch.</summary>
    private sealed class WatchLines<T>(KubernetesClient client, string? labelSelector, string version) : IAsyncDisposable
        where T : KubernetesObject, IResource
    {
        private readonly CancellationTokenSource limit = new();
        private HttpResponseMessage? response;
        private StreamReader? reader;

        public int Seen { get; private set; }

        /// <returns>The next line, or neither when the server has closed in order.</returns>
        public async Task<(WatchLine<T>? Line, KubernetesException? Fault)> NextAsync(CancellationToken ct)
        {
            var call = $"WATCH /{T.Type.Plural}";
            using var joined = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            try
            {
                reader ??= await OpenAsync(joined.Token, ct);
                if (await reader.ReadLineAsync(joined.Token) is not { } text)
                    return (null, null);
                var line = Read(text, call);
                Seen++;
                return (line, null);
            }
            catch (KubernetesException e)
            {
                return (null, e);
            }
            catch (Exception e) when (Translate(e, call, ct) is { } fault)
            {
                return (null, fault);
            }
        }

        private async Task<StreamReader> OpenAsync(CancellationToken joined, CancellationToken ct)
        {
            var query = Query(("watch", "1"), ("resourceVersion", version), ("allowWatchBookmarks", "true"),
                ("timeoutSeconds", $"{(int)WatchFor.TotalSeconds}"), ("labelSelector", labelSelector));
            // Half a minute more than the server promises: a connection that died without a word must not be listened to for ever.
            limit.CancelAfter(WatchFor + TimeSpan.FromSeconds(30));
            response = await client.SendAsync(HttpMethod.Get, T.Type.Path(null, null) + query, null, joined, ct);
            return new StreamReader(await response.Content.ReadAsStreamAsync(joined));
        }

        private static WatchLine<T> Read(string text, string call)
        {
            var frame = JsonSerializer.Deserialize<Frame>(text, KubernetesJson.Wire) ?? throw new JsonException("A watch sent null.");
            WatchKind? kind = frame.Type switch
            {
                "ADDED" => WatchKind.Added,
                "MODIFIED" => WatchKind.Modified,
                "DELETED" => WatchKind.Deleted,
                "BOOKMARK" => null,
                _ => throw ErrorOf(frame, call),
            };
            return new(kind, frame.Object.Deserialize<T>(KubernetesJson.Wire) ?? throw new JsonException("A watch sent no object."));
        }

        private static KubernetesException ErrorOf(Frame frame, string call)
        {
            var status = frame.Object.Deserialize<Status>(KubernetesJson.Wire);
            return new(FaultOf((System.Net.HttpStatusCode)(status?.Code ?? 500), status), call, status?.Reason);
        }

        public ValueTask DisposeAsync()
        {
            reader?.Dispose();
            response?.Dispose();
            limit.Dispose();
            return ValueTask.CompletedTask;
        }

        private sealed record Frame(string Type, JsonElement Object);
    }

    [LoggerMessage(LogLevel.Information, "The watch of {Kind} broke off ({Fault}); it goes on where it was")]
    private static partial void WatchBroke(ILogger log, string kind, KubernetesFault fault);
}
