using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Workloads;

/// <summary>
/// What running pods use: a share of their limits that each pod has by chance, moving every fifteen seconds. Computed, not kept.
/// </summary>
internal sealed class MetricsBoard(ObjectStore store, SimulatorOptions options, TimeProvider clock)
{
    private const int WindowSeconds = 15;

    public IEnumerable<StoredObject> List(Kind kind, string? ns) => kind == KindCatalog.PodMetrics
        ? store.List(KindCatalog.Pod, ns).Where(IsRunning).Select(PodMetrics)
        : store.List(KindCatalog.Node).Select(NodeMetrics);

    public StoredObject? Find(Kind kind, string ns, string name) => kind == KindCatalog.PodMetrics
        ? store.Find(KindCatalog.Pod, ns, name) is { } pod && IsRunning(pod) ? PodMetrics(pod) : null
        : store.Find(KindCatalog.Node, "", name) is { } node ? NodeMetrics(node) : null;

    private static bool IsRunning(StoredObject pod) => pod.Body.Text("status", "phase") == "Running" && !pod.IsTerminating
        && pod.Body.Items("status", "containerStatuses").Any(container => container.At("state", "running") is not null);

    private StoredObject PodMetrics(StoredObject pod)
    {
        var containers = pod.Body.Items("spec", "containers").Select(container =>
        {
            var (cpu, memory) = Use(pod, container);
            return (JsonNode)new JsonObject { ["name"] = container.Text("name"), ["usage"] = Usage(cpu, memory) };
        }).ToArray();
        var body = Head(KindCatalog.PodMetrics, pod);
        body["containers"] = containers;
        return new(new(KindCatalog.PodMetrics, pod.Key.Namespace, pod.Key.Name), body, pod.Revision);
    }

    private StoredObject NodeMetrics(StoredObject node)
    {
        // The node itself needs something, too.
        var (cpu, memory) = (0.15m, 600m * 1024 * 1024);
        foreach (var pod in store.List(KindCatalog.Pod).Where(IsRunning).Where(pod => pod.Body.Text("spec", "nodeName") == node.Key.Name))
        {
            foreach (var container in pod.Body.Items("spec", "containers"))
            {
                var use = Use(pod, container);
                (cpu, memory) = (cpu + use.Cpu, memory + use.Memory);
            }
        }

        var body = Head(KindCatalog.NodeMetrics, node);
        body["usage"] = Usage(cpu, memory);
        return new(new(KindCatalog.NodeMetrics, "", node.Key.Name), body, node.Revision);
    }

    private JsonObject Head(Kind kind, StoredObject of)
    {
        var metadata = new JsonObject { ["name"] = of.Key.Name };
        metadata.Put("namespace", kind.Namespaced ? of.Key.Namespace : null);
        metadata.Put("labels", of.Body.At("metadata", "labels")?.DeepClone());
        metadata["creationTimestamp"] = Time(clock.GetUtcNow());
        return new()
        {
            ["kind"] = kind.Name,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = metadata,
            ["timestamp"] = Time(DateTimeOffset.FromUnixTimeSeconds(Window() * WindowSeconds)),
            ["window"] = string.Create(CultureInfo.InvariantCulture, $"{WindowSeconds}s"),
        };
    }

    private long Window() => clock.GetUtcNow().ToUnixTimeSeconds() / WindowSeconds;

    private (decimal Cpu, decimal Memory) Use(StoredObject pod, JsonObject container)
    {
        var limits = container.At("resources", "limits");
        var cpuLimit = limits.At("cpu") is { } cpu ? Quantity.Of(cpu) : 0.5m;
        var memoryLimit = limits.At("memory") is { } memory ? Quantity.Of(memory) : 256m * 1024 * 1024;
        var self = new Random(LogBook.Mix($"{options.Seed}/{pod.Uid}/{container.Text("name")}"));
        var now = new Random(LogBook.Mix(FormattableString.Invariant($"{options.Seed}/{pod.Uid}/{container.Text("name")}/{Window()}")));
        var cpuShare = (decimal)(0.05 + (self.NextDouble() * 0.35) + (now.NextDouble() * 0.2));
        var memoryShare = (decimal)(0.2 + (self.NextDouble() * 0.4) + (now.NextDouble() * 0.1));
        return (cpuLimit * cpuShare, memoryLimit * memoryShare);
    }

    private static JsonObject Usage(decimal cpu, decimal memory) => new()
    {
        ["cpu"] = string.Create(CultureInfo.InvariantCulture, $"{decimal.Floor(cpu * 1_000_000_000):0}n"),
        ["memory"] = string.Create(CultureInfo.InvariantCulture, $"{decimal.Floor(memory / 1024):0}Ki"),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
