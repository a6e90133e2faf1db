using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Faults;

/// <summary>Counts requests by verb, resource and status, so that a test can ask what a client did.</summary>
internal sealed class RequestLedger
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Verb, string Resource, string Status), long> counts = [];

    public void Add(string verb, string resource, string status)
    {
        lock (gate)
        {
            counts[(verb, resource, status)] = counts.GetValueOrDefault((verb, resource, status)) + 1;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            counts.Clear();
        }
    }

    public JsonObject ToJson()
    {
        lock (gate)
        {
            return new()
            {
                ["total"] = counts.Values.Sum(),
                ["requests"] = counts.Select(entry => (JsonNode)new JsonObject
                {
                    ["verb"] = entry.Key.Verb,
                    ["resource"] = entry.Key.Resource,
                    ["status"] = entry.Key.Status,
                    ["count"] = entry.Value,
                }).ToArray(),
            };
        }
    }
}
