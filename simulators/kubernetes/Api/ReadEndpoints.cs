using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Workloads;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Get and list.</summary>
internal sealed class ReadEndpoints(ObjectStore store, MetricsBoard metrics)
{
    public Task Get(HttpContext http, ApiTarget target, View view)
    {
        var (kind, ns, name) = (target.Kind, target.Namespace ?? "", target.Name!);
        var found = kind.Computed ? metrics.Find(kind, ns, name) : store.Find(kind, ns, name);
        return found is null
            ? Answers.Refuse(http, Refusal.NotFound(kind, name))
            : Answers.Raw(http, 200, view.One(found));
    }

    public Task List(HttpContext http, ApiTarget target, View view)
    {
        var query = http.Request.Query;
        var (selection, problem) = Selection.Parse(target.Kind, query["labelSelector"], query["fieldSelector"]);
        if (selection is null)
        {
            return Answers.Refuse(http, Refusal.BadRequest(problem!));
        }

        var (page, refusal) = target.Kind.Computed
            ? (new([.. metrics.List(target.Kind, target.Namespace)], store.Revision, null), null)
            : Find(target.Kind, target.Namespace, query);
        if (refusal is not null)
        {
            return Answers.Refuse(http, refusal);
        }

        var (items, revision, after) = page!;
        var rest = items.Where(item => selection.Matches(item.Body))
            .Where(item => after is null || string.CompareOrdinal(Position(item), after) > 0).ToList();
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var most) && most > 0 ? most : int.MaxValue;
        var shown = rest.Take(limit).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (shown.Count < rest.Count)
        {
            metadata["continue"] = Token(revision, Position(shown[^1]));
            metadata["remainingItemCount"] = rest.Count - shown.Count;
        }

        return Answers.Raw(http, 200, view.Many(shown, metadata));
    }

    private sealed record Page(IReadOnlyList<StoredObject> Items, long Revision, string? After);

    // A page that continues a list shows the cluster as it was when the list began.
    private (Page? Page, Refusal? Refusal) Find(Kind kind, string? ns, IQueryCollection query)
    {
        lock (store.Gate)
        {
            var token = query["continue"].ToString();
            string? after = null;
            long? at = null;
            if (token.Length > 0)
            {
                if (Read(token) is not var (revision, position))
                {
                    return (null, Refusal.BadRequest("continue key is not valid"));
                }

                (at, after) = (revision, position);
            }
            else if (long.TryParse(query["resourceVersion"], CultureInfo.InvariantCulture, out var asked) && asked > 0)
            {
                if (asked > store.Revision)
                {
                    return (null, TooLarge(asked));
                }

                at = query["resourceVersionMatch"] == "Exact" ? asked : null;
            }

            if (at is not { } past)
            {
                return (new(store.List(kind, ns), store.Revision, null), null);
            }

            return store.ListAt(kind, ns, past) is { } items
                ? (new(items, past, after), null)
                : (null, token.Length == 0 ? Refusal.Expired() : Refusal.Expired() with
                {
                    Message = "The provided continue parameter is too old to display a consistent list result. "
                        + "You must start a new list without the continue parameter.",
                });
        }
    }

    private Refusal TooLarge(long asked)
    {
        var details = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        };
        return new(504, "Timeout", FormattableString.Invariant($"Too large resource version: {asked}, current: {store.Revision}"), details);
    }

    private static string Position(StoredObject item) => $"{item.Key.Namespace}\0{item.Key.Name}";

    private static string Token(long revision, string position) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = revision, ["start"] = position }.ToText())).TrimEnd('=');

    private static (long, string)? Read(string token)
    {
        var padded = token.PadRight((token.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            return null;
        }

        var saved = Tree.Parse(bytes.AsSpan(0, length));
        return saved.Number("rv") is { } revision && saved.Text("start") is { } start ? (revision, start) : null;
    }
}
