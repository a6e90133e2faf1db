using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Watch: one JSON line per change, until the client, the timeout, the server or a dropped subscription ends it.</summary>
internal sealed class WatchEndpoint(ObjectStore store, SimulatorOptions options, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task Handle(HttpContext http, ApiTarget target, View view)
    {
        var query = http.Request.Query;
        var fields = query["fieldSelector"].ToString();
        if (target.Name is not null)
        {
            fields = fields.Length == 0 ? $"metadata.name={target.Name}" : $"{fields},metadata.name={target.Name}";
        }

        var (selection, problem) = Selection.Parse(target.Kind, query["labelSelector"], fields);
        if (selection is null)
        {
            await Answers.Refuse(http, Refusal.BadRequest(problem!));
            return;
        }

        http.Response.StatusCode = 200;
        http.Response.ContentType = "application/json";
        var timed = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0;
        using var timeout = new CancellationTokenSource(timed ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping, timeout.Token);
        var stream = new Stream(http, target, view, selection);
        try
        {
            await Run(stream, query, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of a watch is nothing to report: its time is over, its reader has gone, or the server stops.
        }
    }

    private async Task Run(Stream stream, IQueryCollection query, CancellationToken stop)
    {
        var wantsInitial = query["sendInitialEvents"] == "true";
        var version = query["resourceVersion"].ToString();
        var bookmarks = query["allowWatchBookmarks"] is var asked && (asked == "true" || asked == "1" || asked == "True");
        ObjectStore.Subscription? subscription;
        IReadOnlyList<StoredObject> initial = [];
        long start;
        lock (store.Gate)
        {
            var fromNow = version is "" or "0" || wantsInitial;
            start = fromNow ? store.Revision : long.TryParse(version, CultureInfo.InvariantCulture, out var given) ? given : -1;
            subscription = start < 0 ? null : store.Subscribe(start);
            initial = fromNow && query["sendInitialEvents"] != "false" ? store.List(stream.Target.Kind, stream.Target.Namespace) : [];
        }

        if (subscription is null)
        {
            await stream.Error(start < 0 ? Refusal.BadRequest($"invalid resource version \"{version}\"") : TooOld(start), stop);
            return;
        }

        using (subscription)
        {
            await stream.Flush(stop);
            foreach (var stored in initial.Where(stored => stream.Selection.Matches(stored.Body)))
            {
                await stream.Event("ADDED", stored, stop);
            }

            if (wantsInitial && bookmarks)
            {
                await stream.Bookmark(start, true, stop);
            }

            await Follow(stream, subscription, bookmarks, stop);
        }
    }

    private async Task Follow(Stream stream, ObjectStore.Subscription subscription, bool bookmarks, CancellationToken stop)
    {
        var reader = subscription.Changes;
        Task<bool>? more = null;
        while (true)
        {
            while (reader.TryRead(out var change))
            {
                await stream.Change(change, stop);
            }

            await stream.Flush(stop);
            more ??= reader.WaitToReadAsync(stop).AsTask();
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var tick = Task.Delay(bookmarks ? options.BookmarkInterval : Timeout.InfiniteTimeSpan, clock, pause.Token);
            var first = await Task.WhenAny(more, tick);
            await pause.CancelAsync();
            if (first == more)
            {
                if (!await more)
                {
                    return;
                }

                more = null;
                continue;
            }

            stop.ThrowIfCancellationRequested();
            if (Drained(reader) is { } revision)
            {
                await stream.Bookmark(revision, false, stop);
            }
        }
    }

    // A bookmark promises that everything up to it has been sent, so nothing may be waiting.
    private long? Drained(System.Threading.Channels.ChannelReader<Change> reader)
    {
        lock (store.Gate)
        {
            return reader.TryPeek(out _) ? null : store.Revision;
        }
    }

    private Refusal TooOld(long asked) => Refusal.Expired() with
    {
        Message = FormattableString.Invariant($"too old resource version: {asked} ({store.CompactedRevision + 1})"),
    };

    private sealed class Stream(HttpContext http, ApiTarget target, View view, Selection selection)
    {
        private bool columnsSent;

        public ApiTarget Target => target;

        public Selection Selection => selection;

        public Task Flush(CancellationToken stop) => http.Response.Body.FlushAsync(stop);

        public async Task Change(Change change, CancellationToken stop)
        {
            if (change.Key.Kind != target.Kind || (target.Namespace is not null && change.Key.Namespace != target.Namespace))
            {
                return;
            }

            // For a selecting watch an object appears when it starts to match, and is gone when it no longer does.
            var before = change.Before is { } old && selection.Matches(old.Body);
            var after = change.Type != ChangeType.Deleted && selection.Matches(change.Object.Body);
            var type = (before, after) switch
            {
                (false, true) => "ADDED",
                (true, true) => "MODIFIED",
                (true, false) => "DELETED",
                (false, false) => null,
            };
            if (type is not null)
            {
                await Event(type, change.Object, stop);
            }
        }

        public async Task Event(string type, StoredObject stored, CancellationToken stop)
        {
            await Line(type, view.One(stored, !columnsSent), stop);
            columnsSent = true;
        }

        public Task Bookmark(long revision, bool endsInitial, CancellationToken stop)
        {
            var metadata = new JsonObject
            {
                ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null,
            };
            metadata.Put("annotations", endsInitial ? new JsonObject { ["k8s.io/initial-events-end"] = "true" } : null);
            var body = new JsonObject { ["kind"] = target.Kind.Name, ["apiVersion"] = target.Kind.ApiVersion, ["metadata"] = metadata };
            var key = target.Name is null ? new ObjectKey(target.Kind, "", "") : target.Key;
            return Line("BOOKMARK", view.Form == ViewForm.Full ? Bytes(body) : view.One(new(key, body, revision), !columnsSent), stop);
        }

        public async Task Error(Refusal refusal, CancellationToken stop)
        {
            await Line("ERROR", Bytes(refusal.ToStatus()), stop);
            await Flush(stop);
        }

        private async Task Line(string type, byte[] body, CancellationToken stop)
        {
            var head = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":""");
            var line = new byte[head.Length + body.Length + 2];
            head.CopyTo(line, 0);
            body.CopyTo(line, head.Length);
            line[^2] = (byte)'}';
            line[^1] = (byte)'\n';
            await http.Response.Body.WriteAsync(line, stop);
        }

        private static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToText());
    }
}
