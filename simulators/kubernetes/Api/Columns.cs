using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>A column of "kubectl get". Priority 1 shows only with -o wide.</summary>
internal sealed record Column(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, string Type = "string", int Priority = 0)
{
    public JsonNode Definition() => new JsonObject
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Name == "Name" ? "name" : "",
        ["description"] = Name,
        ["priority"] = Priority,
    };
}

/// <summary>The tables of the kinds.</summary>
internal static class Columns
{
    private const string None = "<none>";

    private static readonly Dictionary<string, Column[]> Special = new(StringComparer.Ordinal)
    {
        ["Namespace"] = [Text("Status", body => body.Text("status", "phase"))],
        ["Node"] = NodeColumns(),
        ["Pod"] = PodColumns(),
        ["Service"] =
        [
            Text("Type", body => body.Text("spec", "type")), Text("Cluster-IP", body => body.Text("spec", "clusterIP") ?? None),
            Text("External-IP", ExternalAddress), Text("Port(s)", body => Joined(body.Items("spec", "ports").Select(Port))),
            Age(), Text("Selector", body => Pairs(body, "spec", "selector"), 1),
        ],
        ["Secret"] = [Text("Type", body => body.Text("type")), Number("Data", body => body.Map("data").Count())],
        ["ConfigMap"] = [Number("Data", body => body.Map("data").Count() + body.Map("binaryData").Count())],
        ["ServiceAccount"] = [Number("Secrets", body => body.Items("secrets").Count())],
        ["Event"] =
        [
            new("Last Seen", (body, now) => Since(body.Text("lastTimestamp"), now)), Text("Type", body => body.Text("type")),
            Text("Reason", body => body.Text("reason")),
            Text("Object", body => $"{body.Text("involvedObject", "kind")?.ToLowerInvariant()}/{body.Text("involvedObject", "name")}"),
            Text("Message", body => body.Text("message")), Text("Source", body => body.Text("source", "component"), 1),
            Number("Count", body => body.Number("count") ?? 1, 1), Name(1),
        ],
        ["ResourceQuota"] =
        [
            Text("Request", body => Used(body, limits: false)), Text("Limit", body => Used(body, limits: true)), Age(),
        ],
        ["LimitRange"] = [new("Created At", (body, _) => body.Text("metadata", "creationTimestamp"))],
        ["PersistentVolumeClaim"] =
        [
            Text("Status", body => Terminating(body) ?? body.Text("status", "phase")),
            Text("Volume", body => body.Text("spec", "volumeName") ?? ""),
            Text("Capacity", body => body.Text("status", "capacity", "storage") ?? ""),
            Text("Access Modes", body => Joined(body.Texts("status", "accessModes").Select(Short), "")),
            Text("StorageClass", body => body.Text("spec", "storageClassName")),
            Text("VolumeAttributesClass", body => body.Text("spec", "volumeAttributesClassName") ?? "<unset>"), Age(),
            Text("VolumeMode", body => body.Text("spec", "volumeMode"), 1),
        ],
        ["Deployment"] =
        [
            Text("Ready", body => $"{body.Number("status", "readyReplicas") ?? 0}/{body.Number("spec", "replicas") ?? 0}"),
            Number("Up-to-date", body => body.Number("status", "updatedReplicas") ?? 0),
            Number("Available", body => body.Number("status", "availableReplicas") ?? 0), Age(), .. Workload(),
        ],
        ["ReplicaSet"] =
        [
            Number("Desired", body => body.Number("spec", "replicas") ?? 0),
            Number("Current", body => body.Number("status", "replicas") ?? 0),
            Number("Ready", body => body.Number("status", "readyReplicas") ?? 0), Age(), .. Workload(),
        ],
        ["Ingress"] =
        [
            Text("Class", body => body.Text("spec", "ingressClassName") ?? None),
            Text("Hosts", body => Joined(body.Items("spec", "rules").Select(rule => rule.Text("host") ?? "*"))),
            Text("Address", body => Joined(body.Items("status", "loadBalancer", "ingress").Select(entry => entry.Text("ip") ?? ""))),
            Text("Ports", body => body.Items("spec", "tls").Any() ? "80, 443" : "80"),
        ],
        ["NetworkPolicy"] = [Text("Pod-Selector", body => Pairs(body, "spec", "podSelector", "matchLabels"))],
        ["PodMetrics"] = [Usage("cpu"), Usage("memory"), Text("Window", body => body.Text("window"))],
        ["NodeMetrics"] =
        [
            Text("cpu", body => body.Text("usage", "cpu")), Text("memory", body => body.Text("usage", "memory")),
            Text("Window", body => body.Text("window")),
        ],
    };

    /// <summary>Every table starts with the name, and ends with the age unless the kind puts that elsewhere.</summary>
    public static Column[] Of(Kind kind)
    {
        var special = Special.GetValueOrDefault(kind.Name, []);
        var hasName = Array.Exists(special, column => column.Name == "Name");
        var hasAge = Array.Exists(special, column => column.Name is "Age" or "Last Seen" or "Created At" or "Window");
        return [.. hasName ? Array.Empty<Column>() : [Name()], .. special, .. hasAge ? Array.Empty<Column>() : [Age()]];
    }

    /// <summary>A span of time as kubectl shows ages: 42s, 5m3s, 3h, 12d.</summary>
    public static string Since(string? time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var then))
        {
            return "<unknown>";
        }

        var age = now - then;
        return age switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalSeconds: < 120 } => FormattableString.Invariant($"{(int)age.TotalSeconds}s"),
            { TotalMinutes: < 10 } when age.Seconds > 0 => FormattableString.Invariant($"{(int)age.TotalMinutes}m{age.Seconds}s"),
            { TotalHours: < 3 } => FormattableString.Invariant($"{(int)age.TotalMinutes}m"),
            { TotalHours: < 8 } when age.Minutes > 0 => FormattableString.Invariant($"{(int)age.TotalHours}h{age.Minutes}m"),
            { TotalHours: < 48 } => FormattableString.Invariant($"{(int)age.TotalHours}h"),
            _ => FormattableString.Invariant($"{(int)age.TotalDays}d"),
        };
    }

    private static Column[] PodColumns() =>
    [
        Text("Ready", body =>
        {
            var containers = body.Items("status", "containerStatuses").ToList();
            return $"{containers.Count(container => container.Flag("ready"))}/{body.Items("spec", "containers").Count()}";
        }),
        Text("Status", PodState),
        new("Restarts", (body, now) =>
        {
            var restarts = body.Items("status", "containerStatuses").Sum(container => container.Number("restartCount") ?? 0);
            var last = body.Items("status", "containerStatuses").Select(c => c.Text("lastState", "terminated", "finishedAt")).Max();
            return last is null
                ? restarts.ToString(CultureInfo.InvariantCulture)
                : FormattableString.Invariant($"{restarts} ({Since(last, now)} ago)");
        }),
        Age(), Text("IP", body => body.Text("status", "podIP") ?? None, 1), Text("Node", body => body.Text("spec", "nodeName") ?? None, 1),
        Text("Nominated Node", _ => None, 1), Text("Readiness Gates", _ => None, 1),
    ];

    private static Column[] NodeColumns() =>
    [
        Text("Status", body =>
        {
            var ready = body.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
            return (ready.Text("status") == "True" ? "Ready" : "NotReady")
                + (body.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : "");
        }),
        Text("Roles", body => Joined(body.Map("metadata", "labels")
            .Where(pair => pair.Key.StartsWith("node-role.kubernetes.io/", StringComparison.Ordinal))
            .Select(pair => pair.Key.Split('/')[1]))),
        Age(), Text("Version", body => body.Text("status", "nodeInfo", "kubeletVersion")),
        Text("Internal-IP", body => body.Items("status", "addresses").FirstOrDefault().Text("address"), 1),
        Text("External-IP", _ => None, 1),
        Text("OS-Image", body => body.Text("status", "nodeInfo", "osImage"), 1),
        Text("Kernel-Version", body => body.Text("status", "nodeInfo", "kernelVersion"), 1),
        Text("Container-Runtime", body => body.Text("status", "nodeInfo", "containerRuntimeVersion"), 1),
    ];

    private static string? PodState(JsonObject body) => Terminating(body)
        ?? body.Items("status", "containerStatuses").Select(container => container.Text("state", "waiting", "reason")
            ?? container.Text("state", "terminated", "reason")).FirstOrDefault(reason => reason is not null)
        ?? body.Text("status", "phase");

    private static string? Terminating(JsonObject body) => body.Text("metadata", "deletionTimestamp") is null ? null : "Terminating";

    private static Column[] Workload() =>
    [
        Text("Containers", body => Joined(body.Items("spec", "template", "spec", "containers").Select(c => c.Text("name") ?? "")), 1),
        Text("Images", body => Joined(body.Items("spec", "template", "spec", "containers").Select(c => c.Text("image") ?? "")), 1),
        Text("Selector", body => Pairs(body, "spec", "selector", "matchLabels"), 1),
    ];

    private static string ExternalAddress(JsonObject body) => body.Text("spec", "type") switch
    {
        "LoadBalancer" => Joined(
            body.Items("status", "loadBalancer", "ingress").Select(entry => entry.Text("ip") ?? ""), "<pending>"),
        "ExternalName" => body.Text("spec", "externalName") ?? None,
        _ => None,
    };

    private static string Port(JsonObject port)
    {
        var node = port.Number("nodePort") is { } number ? FormattableString.Invariant($":{number}") : "";
        return $"{port.Number("port")}{node}/{port.Text("protocol")}";
    }

    private static string Used(JsonObject body, bool limits) => string.Join(", ", body.Map("status", "hard")
        .Where(pair => pair.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
        .Select(pair => $"{pair.Key}: {body.At("status", "used", pair.Key)}/{pair.Value}"));

    private static string Short(string mode) => mode switch
    {
        "ReadWriteOnce" => "RWO", "ReadOnlyMany" => "ROX", "ReadWriteMany" => "RWX", "ReadWriteOncePod" => "RWOP", _ => mode,
    };

    private static string Joined(IEnumerable<string> parts, string none = None) =>
        string.Join(',', parts) is { Length: > 0 } text ? text : none;

    private static string Pairs(JsonObject body, params ReadOnlySpan<string> path) =>
        Joined(body.Map(path).Select(pair => $"{pair.Key}={pair.Value}"));

    private static Column Usage(string resource) => Text(resource, body => QuotaText(body, resource));

    private static string QuotaText(JsonObject body, string resource)
    {
        var sum = body.Items("containers").Sum(container => Quantity.Of(container.At("usage", resource)));
        return resource == "cpu"
            ? FormattableString.Invariant($"{sum * 1_000_000_000:0}n")
            : FormattableString.Invariant($"{sum / 1024:0}Ki");
    }

    private static Column Name(int priority = 0) => Text("Name", body => body.Text("metadata", "name"), priority);

    private static Column Age() => new("Age", (body, now) => Since(body.Text("metadata", "creationTimestamp"), now));

    private static Column Text(string name, Func<JsonObject, string?> cell, int priority = 0) =>
        new(name, (body, _) => cell(body), Priority: priority);

    private static Column Number(string name, Func<JsonObject, long> cell, int priority = 0) =>
        new(name, (body, _) => cell(body), "integer", priority);
}
