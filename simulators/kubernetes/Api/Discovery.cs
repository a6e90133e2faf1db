using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>The documents by which clients learn what this server serves.</summary>
internal static class Discovery
{
    private static readonly string[] WriteVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ReadVerbs = ["get", "list"];

    public static JsonObject? Find(PathString path) => (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["version"] => Version(),
        ["api"] => new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(),
        },
        ["apis"] => new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = Groups().Select(group => (JsonNode)Group(group.Group, group.Version)).ToArray(),
        },
        ["apis", var name] => Groups().Where(group => group.Group == name)
            .Select(group => Group(group.Group, group.Version)).FirstOrDefault(),
        ["api", "v1"] => Resources("", "v1"),
        ["apis", var group, var version] => Resources(group, version),
        _ => null,
    };

    private static IEnumerable<(string Group, string Version)> Groups() =>
        KindCatalog.All.Where(kind => kind.Group.Length > 0).Select(kind => (kind.Group, kind.Version)).Distinct();

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = SimulatorOptions.KubernetesVersion,
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-04-22T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "simulator",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject Group(string group, string version)
    {
        JsonObject Preferred() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new()
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray(Preferred()),
            ["preferredVersion"] = Preferred(),
        };
    }

    private static JsonObject? Resources(string group, string version)
    {
        var kinds = KindCatalog.All.Where(kind => kind.Group == group && kind.Version == version).ToList();
        return kinds.Count == 0 ? null : new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = kinds.SelectMany(Resources).ToArray(),
        };
    }

    private static IEnumerable<JsonNode> Resources(Kind kind)
    {
        var main = Resource(kind, kind.Plural, kind.Name, kind.Computed ? ReadVerbs : WriteVerbs);
        main.Put("shortNames", kind.ShortNames.Length == 0 ? null : Texts(kind.ShortNames));
        main.Put("categories", kind.InAll ? Texts(["all"]) : null);
        yield return main;
        if (kind.HasStatus)
        {
            yield return Resource(kind, $"{kind.Plural}/status", kind.Name, ["get", "patch", "update"]);
        }

        if (kind.HasScale)
        {
            var scale = Resource(kind, $"{kind.Plural}/scale", "Scale", ["get", "patch", "update"]);
            scale["group"] = "autoscaling";
            scale["version"] = "v1";
            yield return scale;
        }

        if (kind == KindCatalog.Pod)
        {
            yield return Resource(kind, "pods/log", "Pod", ["get"]);
            yield return Resource(kind, "pods/eviction", "Eviction", ["create"]);
        }
    }

    private static JsonObject Resource(Kind kind, string name, string type, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = name.Contains('/') || kind.Computed ? "" : kind.Name.ToLowerInvariant(),
        ["namespaced"] = kind.Namespaced,
        ["kind"] = type,
        ["verbs"] = Texts(verbs),
    };

    private static JsonArray Texts(string[] texts) => texts.Select(text => (JsonNode)text).ToArray();
}
