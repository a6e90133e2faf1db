using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Api;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Faults;

internal enum FaultEffect
{
    /// <summary>Answered with an error status; nothing is done.</summary>
    Status,

    /// <summary>Never answered; nothing is done.</summary>
    Hang,

    /// <summary>The connection is cut before anything is done.</summary>
    Disconnect,

    /// <summary>The request is carried out, and the connection cut instead of the answer.</summary>
    DisconnectAfterApply,

    /// <summary>Answered normally, but late.</summary>
    Delay,
}

/// <summary>Which requests go wrong, and how.</summary>
internal sealed class FaultRule(int id, JsonObject definition, FaultEffect effect, int? times)
{
    public int Id { get; } = id;

    public FaultEffect Effect { get; } = effect;

    /// <summary>How many more requests it takes; null for all.</summary>
    public int? Times { get; set; } = times;

    public int Status => (int)(definition.Number("effect", "status") ?? 500);

    public long? RetryAfterSeconds => definition.Number("effect", "retryAfter");

    public TimeSpan Delay => TimeSpan.FromMilliseconds(definition.Number("effect", "delay") ?? 0);

    public bool Matches(ApiTarget target, string? name, JsonObject? body)
    {
        var match = definition["match"];
        return Fits(match, "verb", target.Verb) && Fits(match, "resource", target.Resource)
            && Fits(match, "namespace", target.Namespace) && Fits(match, "name", name)
            && (match.Text("labelSelector") is not { } labels
                || (body is not null && Selection.Parse(target.Kind, labels, null).Selection is { } selection && selection.Matches(body)));
    }

    public JsonObject ToJson()
    {
        var result = definition.Clone();
        result["id"] = Id;
        result["times"] = Times is { } left ? left : "forever";
        return result;
    }

    private static bool Fits(JsonNode? match, string field, string? value) =>
        match.Text(field) is not { } pattern || (value is not null && Wildcard.Matches(pattern, value));
}

/// <summary>The faults in force. The first that fits takes the request.</summary>
internal sealed class FaultRules
{
    private static readonly int[] Statuses = [409, 429, 500, 503, 504];

    private readonly Lock gate = new();
    private readonly List<FaultRule> rules = [];
    private int lastId;

    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return rules.Count == 0;
            }
        }
    }

    public IReadOnlyList<FaultRule> All
    {
        get
        {
            lock (gate)
            {
                return [.. rules];
            }
        }
    }

    /// <returns>The rule, or what is wrong with its definition.</returns>
    public (FaultRule? Rule, string? Problem) Add(JsonObject definition)
    {
        FaultEffect? effect = definition["effect"] switch
        {
            JsonObject of when of.Number("status") is { } status => Statuses.Contains((int)status) ? FaultEffect.Status : null,
            JsonObject of when of.Number("delay") is >= 0 => FaultEffect.Delay,
            JsonValue word => word.Text() switch
            {
                "hang" => FaultEffect.Hang,
                "disconnect" => FaultEffect.Disconnect,
                "disconnect-after-apply" => FaultEffect.DisconnectAfterApply,
                _ => null,
            },
            _ => null,
        };
        if (effect is null)
        {
            return (null, "effect has to be {\"status\": 409|429|500|503|504, \"retryAfter\": seconds}, {\"delay\": milliseconds}, "
                + "\"hang\", \"disconnect\" or \"disconnect-after-apply\"");
        }

        lock (gate)
        {
            var rule = new FaultRule(++lastId, definition.Clone(), effect.Value, Times(definition));
            rules.Add(rule);
            return (rule, null);
        }
    }

    public int Remove(int? id)
    {
        lock (gate)
        {
            return rules.RemoveAll(rule => id is null || rule.Id == id);
        }
    }

    public FaultRule? Take(ApiTarget target, string? name, JsonObject? body)
    {
        lock (gate)
        {
            var rule = rules.Find(candidate => candidate.Times is null or > 0 && candidate.Matches(target, name, body));
            if (rule is { Times: > 0 })
            {
                rule.Times--;
            }

            return rule;
        }
    }

    /// <summary>"times": a number, or "forever"; once when it is not said.</summary>
    public static int? Times(JsonObject definition) =>
        definition.Text("times") == "forever" ? null : (int)(definition.Number("times") ?? 1);
}
