using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Platform.Provisioner.Tests.FakeCluster;

/// <summary>Objects by path, their history for watches, and just enough of the API server's rules.</summary>
internal sealed class FakeStore(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, JsonObject> objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Collection, string Type, JsonObject Body)> history = [];
    private readonly Dictionary<string, string> logs = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version = 100;
    private int epoch;

    public FakeDeployments Deployments => field ??= new(this, clock);

    public bool MetricsAreAway { get; set; }

    /// <summary>A namespace that was deleted stays for as long as this says so.</summary>
    public bool NamespacesLinger { get; set; }

    public IReadOnlyList<JsonObject> All(string plural)
    {
        lock (gate)
            return [.. objects.Where(o => Collection(o.Key).Plural == plural).Select(o => o.Value.DeepClone().AsObject())];
    }

    /// <summary>All objects with the instance's label, of whatever kind.</summary>
    public IReadOnlyList<string> Labelled(Guid instance)
    {
        lock (gate)
            return [.. objects.Where(o =>
                o.Value["metadata"]?["labels"]?["provisioner.platform/instance"]?.GetValue<string>() == $"{instance}").Select(o => o.Key)];
    }

    public JsonObject? Find(string path)
    {
        lock (gate)
            return objects.GetValueOrDefault(path);
    }

    /// <summary>Somebody else's hand: changes an object in place.</summary>
    public void Edit(string path, Action<JsonObject> change)
    {
        lock (gate)
        {
            var copy = objects[path].DeepClone().AsObject();
            change(copy);
            if (!JsonNode.DeepEquals(copy["spec"], objects[path]["spec"]))
                copy["metadata"]!["generation"] = (copy["metadata"]!["generation"]?.GetValue<long>() ?? 1) + 1;
            Put(path, copy);
        }
    }

    public void Put(string path, JsonObject body)
    {
        lock (gate)
        {
            var isNew = !objects.ContainsKey(path);
            var meta = body["metadata"]!.AsObject();
            meta["uid"] ??= Guid.CreateVersion7().ToString();
            meta["creationTimestamp"] ??= $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}";
            meta["resourceVersion"] = $"{++version}";
            objects[path] = body;
            Tell(path, isNew ? "ADDED" : "MODIFIED", body);
        }
    }

    public void Remove(string path)
    {
        lock (gate)
        {
            if (!objects.Remove(path, out var body))
                return;
            body["metadata"]!["resourceVersion"] = $"{++version}";
            Tell(path, "DELETED", body);
        }
    }

    public void DropWatches()
    {
        lock (gate)
        {
            epoch++;
            Signal();
        }
    }

    /// <summary>Forgets the past: older resource versions are gone (410).</summary>
    public void Compact()
    {
        lock (gate)
            history.Clear();
    }

    public void Log(string pod, string text) => logs[pod] = text;

    public string LogOf(string pod) => logs.GetValueOrDefault(pod, "");

    public (int Status, JsonNode Body) Do(string method, string path, string? selector, JsonObject? body)
    {
        lock (gate)
        {
            var (_, name) = Collection(path);
            if (path.Contains("/metrics.k8s.io/", StringComparison.Ordinal) && MetricsAreAway)
                return Refuse(503, "ServiceUnavailable");
            return method switch
            {
                "GET" when IsCollection(path) => (200, ListOf(path, selector)),
                "GET" => objects.TryGetValue(path, out var found) ? (200, found.DeepClone()) : Refuse(404, "NotFound"),
                "POST" => Create($"{path}/{body!["metadata"]!["name"]}", body),
                "PATCH" => Apply(path, body!),
                "DELETE" => Delete(path, body!),
                _ => Refuse(405, name),
            };
        }
    }

    public async IAsyncEnumerable<string> WatchAsync(string path, string? selector, string from,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var (seen, began) = (long.Parse(from), epoch);
        while (!ct.IsCancellationRequested)
        {
            List<(long Version, string Collection, string Type, JsonObject Body)> news;
            Task signal;
            lock (gate)
            {
                if (epoch != began)
                    yield break;
                if (seen < version && (history.Count == 0 || history[0].Version > seen + 1))
                {
                    news = [(version, "", "ERROR", Status(410, "Expired").AsObject())];
                }
                else
                {
                    news = [.. history.Where(h => h.Version > seen && h.Collection == Collection(path + "/x").Plural
                        && Matches(h.Body, selector))];
                }

                seen = version;
                signal = changed.Task;
            }

            foreach (var line in news)
                yield return new JsonObject { ["type"] = line.Type, ["object"] = line.Body.DeepClone() }.ToJsonString();
            if (news is [{ Type: "ERROR" }])
                yield break;
            await signal.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public static JsonObject Status(int code, string reason, string? cause = null) => new()
    {
        ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["code"] = code, ["reason"] = reason, ["message"] =
            "never read this text",
        ["details"] = cause is null ? null : new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = cause }) },
    };

    private static (int, JsonNode) Refuse(int code, string reason, string? cause = null) => (code, Status(code, reason, cause));

    private (int, JsonNode) Create(string path, JsonObject body)
    {
        if (objects.ContainsKey(path))
            return Refuse(409, "AlreadyExists");
        Put(path, body);
        return (201, body.DeepClone());
    }

    private (int, JsonNode) Apply(string path, JsonObject body)
    {
        if (Surrounding(path) is { } ns)
        {
            if (!objects.TryGetValue(ns, out var space))
                return Refuse(404, "NotFound");
            if (space["metadata"]!["deletionTimestamp"] is not null && !objects.ContainsKey(path))
                return Refuse(403, "Forbidden", "NamespaceTerminating");
        }

        var before = objects.GetValueOrDefault(path);
        foreach (var expected in new[] { "uid", "resourceVersion" })
        {
            if (body["metadata"]![expected] is { } wanted && !JsonNode.DeepEquals(wanted, before?["metadata"]?[expected]))
                return Refuse(409, "Conflict");
        }

        var after = before is null ? new JsonObject() : before.DeepClone().AsObject();
        Merge(after, body);
        if (before is not null && JsonNode.DeepEquals(before, after))
            return (200, before.DeepClone());
        var specChanged = !JsonNode.DeepEquals(before?["spec"], after["spec"]);
        if (specChanged)
            after["metadata"]!["generation"] = (before?["metadata"]?["generation"]?.GetValue<long>() ?? 0) + 1;
        Put(path, after);
        if (specChanged && path.Contains("/deployments/", StringComparison.Ordinal))
            Deployments.Roll(path);
        return (200, objects[path].DeepClone());
    }

    private (int, JsonNode) Delete(string path, JsonObject options)
    {
        if (!objects.TryGetValue(path, out var found))
            return Refuse(404, "NotFound");
        if (options["preconditions"]?["uid"] is { } uid && !JsonNode.DeepEquals(uid, found["metadata"]!["uid"]))
            return Refuse(409, "Conflict");
        var isNamespace = Surrounding(path) is null;
        var inside = path.Contains("/deployments/", StringComparison.Ordinal) ? Deployments.PartsOf(path)
            : isNamespace ? [.. objects.Keys.Where(key => key.Contains($"/namespaces/{path.Split('/')[^1]}/", StringComparison.Ordinal))]
                : [];
        inside.ToList().ForEach(Remove);
        if (isNamespace && NamespacesLinger)
            Edit(path, o => o["metadata"]!["deletionTimestamp"] = $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}");
        else
            Remove(path);
        return (200, found.DeepClone());
    }

    private JsonObject ListOf(string path, string? selector)
    {
        var all = path.Contains("/namespaces/", StringComparison.Ordinal)
            ? objects.Where(o => o.Key.StartsWith(path + "/", StringComparison.Ordinal) && o.Key[(path.Length + 1)..]
                .IndexOf('/', StringComparison.Ordinal) < 0)
            : objects.Where(o => Collection(o.Key).Plural == Collection(path + "/x").Plural);
        return new()
        {
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = $"{version}" },
            ["items"] = new JsonArray([.. all.Where(o => Matches(o.Value, selector)).Select(o => o.Value.DeepClone())]),
        };
    }

    private void Tell(string path, string type, JsonObject body)
    {
        history.Add((version, Collection(path).Plural, type, body.DeepClone().AsObject()));
        Signal();
    }

    private void Signal()
    {
        var old = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        old.SetResult();
    }

    private static bool Matches(JsonObject body, string? selector) => string.IsNullOrEmpty(selector) || selector.Split(',').All(part =>
        part.Split('=') is [var key, var value] && body["metadata"]?["labels"]?[key]?.GetValue<string>() == value);

    // /api/v1/namespaces/x → (namespaces, x); /apis/apps/v1/namespaces/x/deployments/y → (deployments, y).
    // The pods of the metrics API are a collection of their own.
    private static (string Plural, string Name) Collection(string path)
    {
        var parts = path.Split('/');
        var plural = parts[^2];
        return (path.Contains("/metrics.k8s.io/", StringComparison.Ordinal) ? $"{plural}.metrics" : plural, parts[^1]);
    }

    private static bool IsCollection(string path) =>
        (path.Split('/').Length - (path.StartsWith("/apis/", StringComparison.Ordinal) ? 4 : 3)) % 2 == 1;

    private static string? Surrounding(string path)
    {
        var parts = path.Split('/');
        var at = Array.IndexOf(parts, "namespaces");
        return at >= 0 && parts.Length > at + 2 ? $"/api/v1/namespaces/{parts[at + 1]}" : null;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (value is JsonObject inner && into[key] is JsonObject existing)
                Merge(existing, inner);
            else
                into[key] = value?.DeepClone();
        }
    }
}
