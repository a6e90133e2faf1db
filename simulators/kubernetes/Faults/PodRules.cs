using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Faults;

/// <summary>What a pod can be made to do.</summary>
internal enum PodBehaviour
{
    Normal,
    NeverReady,
    ImageMissing,
    CrashLoop,
    OutOfMemory,
    Pending,
    Hold,
}

/// <summary>
/// Which pods behave how. A rule may be set before its namespace exists, and counts down with each new pod that it takes.
/// </summary>
internal sealed class PodRule(int id, JsonObject match, PodBehaviour behaviour, string name, int? times)
{
    public int Id { get; } = id;

    public PodBehaviour Behaviour { get; } = behaviour;

    /// <summary>The word of the control interface.</summary>
    public string Name { get; } = name;

    public JsonObject Match { get; } = match;

    /// <summary>How many more pods it takes; null for all.</summary>
    public int? Times { get; set; } = times;

    public JsonObject ToJson()
    {
        var result = new JsonObject { ["id"] = Id, ["match"] = Match.DeepClone(), ["behaviour"] = Name };
        result["times"] = Times is { } left ? left : "forever";
        return result;
    }
}

/// <summary>
/// The rules in force, and which pod each has taken. Controllers ask under the lock of the store and a release looks pods up in it, so
/// the rules share that lock: two locks taken in both orders would stop the cluster for good.
/// </summary>
internal sealed class PodRules(ObjectStore store)
{
    private static readonly Dictionary<string, PodBehaviour> Words = new(StringComparer.Ordinal)
    {
        ["never-ready"] = PodBehaviour.NeverReady,
        ["image-missing"] = PodBehaviour.ImageMissing,
        ["crash-loop"] = PodBehaviour.CrashLoop,
        ["oom"] = PodBehaviour.OutOfMemory,
        ["pending"] = PodBehaviour.Pending,
        ["hold"] = PodBehaviour.Hold,
    };

    private readonly Lock gate = store.Gate;
    private readonly List<PodRule> rules = [];
    private readonly Dictionary<string, PodRule?> taken = new(StringComparer.Ordinal);
    private int lastId;

    public static IEnumerable<string> Names => Words.Keys;

    public IReadOnlyList<PodRule> All
    {
        get
        {
            lock (gate)
            {
                return [.. rules];
            }
        }
    }

    /// <summary>The behaviour of a pod, decided once, when it is first asked for.</summary>
    public PodBehaviour Of(StoredObject pod)
    {
        lock (gate)
        {
            if (!taken.TryGetValue(pod.Uid, out var rule))
            {
                rule = rules.Find(candidate => candidate.Times is null or > 0 && Matches(candidate.Match, pod));
                taken[pod.Uid] = rule;
                if (rule is { Times: > 0 })
                {
                    rule.Times--;
                }
            }

            return rule?.Behaviour ?? PodBehaviour.Normal;
        }
    }

    /// <summary>Adds a rule, and lets it take pods that exist already when it is meant for them, too.</summary>
    /// <returns>Null when there is no such behaviour.</returns>
    public PodRule? Add(JsonObject match, string behaviour, int? times, IEnumerable<StoredObject> existing)
    {
        lock (gate)
        {
            if (!Words.TryGetValue(behaviour, out var meaning))
            {
                return null;
            }

            var rule = new PodRule(++lastId, match.Clone(), meaning, behaviour, times);
            rules.Add(rule);
            foreach (var pod in existing.Where(pod => Matches(match, pod)))
            {
                if (rule.Times == 0)
                {
                    break;
                }

                taken[pod.Uid] = rule;
                rule.Times--;
            }

            return rule;
        }
    }

    /// <summary>Ends a rule, or all; the pods that it took behave normally from now on.</summary>
    public int Remove(int? id)
    {
        lock (gate)
        {
            foreach (var uid in taken.Where(pair => pair.Value is { } rule && (id is null || rule.Id == id))
                         .Select(pair => pair.Key).ToList())
            {
                taken[uid] = null;
            }

            return rules.RemoveAll(rule => id is null || rule.Id == id);
        }
    }

    /// <summary>Lets held pods go. The rules stay for pods to come.</summary>
    public int Release(JsonObject match)
    {
        lock (gate)
        {
            var held = taken.Where(pair => pair.Value?.Behaviour == PodBehaviour.Hold)
                .Where(pair => store.FindByUid(pair.Key) is { } pod && Matches(match, pod))
                .Select(pair => pair.Key).ToList();
            held.ForEach(uid => taken[uid] = null);
            return held.Count;
        }
    }

    public void Forget(string uid)
    {
        lock (gate)
        {
            taken.Remove(uid);
        }
    }

    public JsonObject Save()
    {
        lock (gate)
        {
            return new()
            {
                ["rules"] = rules.Select(rule => (JsonNode)rule.ToJson()).ToArray(),
                ["taken"] = new JsonObject(taken.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value?.Id))),
            };
        }
    }

    public void Load(JsonNode? saved)
    {
        lock (gate)
        {
            rules.Clear();
            taken.Clear();
            foreach (var rule in saved.Items("rules"))
            {
                var word = rule.Text("behaviour")!;
                rules.Add(new(
                    (int)rule.Number("id")!, rule.At("match")!.AsObject().Clone(), Words[word], word, (int?)rule.Number("times")));
            }

            foreach (var (uid, id) in saved.At("taken") as JsonObject ?? [])
            {
                taken[uid] = rules.Find(rule => rule.Id == id.Number());
            }

            lastId = rules.Select(rule => rule.Id).DefaultIfEmpty(0).Max();
        }
    }

    private static bool Matches(JsonObject match, StoredObject pod) =>
        (match.Text("namespace") is not { } ns || ns == pod.Key.Namespace)
        && (match.Text("name") is not { } name || Wildcard.Matches(name, pod.Key.Name))
        && (match.Text("image") is not { } image
            || pod.Body.Items("spec", "containers").Any(container => Wildcard.Matches(image, container.Text("image") ?? "")))
        && Selection.Parse(pod.Key.Kind, match.Text("labelSelector"), null).Selection is { } selection && selection.Matches(pod.Body);
}
