using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>
/// The rules that our own manifests can break: names, labels, references inside a pod, selectors, immutable fields. It is a part of
/// what the real server checks, so an accepted object is not proof that a real cluster accepts it; a refused one would be refused.
/// </summary>
internal static partial class Validation
{
    public static List<Cause> Check(Kind kind, JsonObject body, JsonObject? before)
    {
        var causes = new List<Cause>();
        Metadata(kind, body, causes);
        switch (kind.Name)
        {
            case "Pod":
                PodSpec(body["spec"], "spec", causes);
                break;
            case "Deployment" or "ReplicaSet":
                Workload(body, before, causes);
                break;
            case "Service":
                Service(body, before, causes);
                break;
            case "PersistentVolumeClaim":
                Claim(body, before, causes);
                break;
            case "Ingress":
                Ingress(body, causes);
                break;
            case "Secret" or "ConfigMap":
                KeyedContent(kind, body, before, causes);
                break;
            default:
                break;
        }

        return causes;
    }

    private static void Metadata(Kind kind, JsonObject body, List<Cause> causes)
    {
        var name = body.Text("metadata", "name") ?? "";
        var label = kind.Name is "Namespace" or "Service";
        if (name.Length > (label ? 63 : 253) || !(label ? DnsLabel() : DnsName()).IsMatch(name))
        {
            var rule = label ? "RFC 1123 label" : "RFC 1123 subdomain";
            causes.Add(Cause.Wrong(
                "metadata.name", $"\"{name}\"", $"a lowercase {rule} must consist of lower case alphanumeric characters"));
        }

        foreach (var (key, value) in body.Map("metadata", "labels"))
        {
            if (value.Length > 63 || !LabelValue().IsMatch(value) || key.Split('/')[^1].Length > 63)
            {
                causes.Add(Cause.Wrong(
                    "metadata.labels", $"\"{value}\"", "a valid label must be at most 63 alphanumeric characters, '-', '_' or '.'"));
            }
        }

        if (body.Map("metadata", "annotations").Sum(pair => pair.Key.Length + pair.Value.Length) > 256 * 1024)
        {
            causes.Add(new("FieldValueTooLong", "Too long: may not be more than 262144 bytes", "metadata.annotations"));
        }
    }

    private static void PodSpec(JsonNode? spec, string path, List<Cause> causes)
    {
        var volumes = spec.Items("volumes").Select(volume => volume.Text("name")).ToHashSet();
        var containers = spec.Items("containers").ToList();
        for (var i = 0; i < containers.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}.containers[{i}]");
            if (string.IsNullOrEmpty(containers[i].Text("image")))
            {
                causes.Add(Cause.Required($"{at}.image"));
            }

            if (!DnsLabel().IsMatch(containers[i].Text("name") ?? ""))
            {
                causes.Add(Cause.Wrong($"{at}.name", $"\"{containers[i].Text("name")}\"", "a lowercase RFC 1123 label is needed"));
            }

            foreach (var mount in containers[i].Items("volumeMounts").Where(mount => !volumes.Contains(mount.Text("name"))))
            {
                causes.Add(new("FieldValueNotFound", $"Not found: \"{mount.Text("name")}\"", $"{at}.volumeMounts.name"));
            }

            foreach (var port in containers[i].Items("ports").Where(port => port.Number("containerPort") is < 1 or > 65535))
            {
                causes.Add(Cause.Wrong($"{at}.ports.containerPort", $"{port["containerPort"]}", "must be between 1 and 65535, inclusive"));
            }

            foreach (var (name, limit) in containers[i].Map("resources", "limits"))
            {
                if (containers[i].At("resources", "requests", name) is { } request && Quantity.Of(request) > Quantity.Of(limit))
                {
                    causes.Add(Cause.Wrong(
                        $"{at}.resources.requests", $"\"{request}\"", $"must be less than or equal to {name} limit of {limit}"));
                }
            }
        }

        causes.AddRange(containers.GroupBy(container => container.Text("name")).Where(group => group.Count() > 1)
            .Select(group => new Cause("FieldValueDuplicate", $"Duplicate value: \"{group.Key}\"", $"{path}.containers.name")));
    }

    private static void Workload(JsonObject body, JsonObject? before, List<Cause> causes)
    {
        PodSpec(body.At("spec", "template", "spec"), "spec.template.spec", causes);
        var selector = body.At("spec", "selector");
        if (!selector.Map("matchLabels").Any() && !selector.Items("matchExpressions").Any())
        {
            causes.Add(Cause.Wrong("spec.selector", selector?.ToText() ?? "null", "empty selector is invalid for deployment"));
        }
        else if (!Selection.OfObject(selector).Matches(body.At("spec", "template") as JsonObject ?? []))
        {
            causes.Add(Cause.Wrong(
                "spec.template.metadata.labels", body.At("spec", "template", "metadata", "labels")?.ToText() ?? "null",
                "`selector` does not match template `labels`"));
        }

        if (before is not null && !JsonNode.DeepEquals(selector, before.At("spec", "selector")))
        {
            causes.Add(Cause.Wrong("spec.selector", selector?.ToText() ?? "null", "field is immutable"));
        }

        if (body.Number("spec", "replicas") is < 0)
        {
            causes.Add(Cause.Wrong("spec.replicas", $"{body.At("spec", "replicas")}", "must be greater than or equal to 0"));
        }

        foreach (var field in new[] { "maxSurge", "maxUnavailable" })
        {
            var share = body.At("spec", "strategy", "rollingUpdate", field);
            if (share is not null && share.Number() is not >= 0 && !Percentage().IsMatch(share.Text() ?? ""))
            {
                causes.Add(Cause.Wrong(
                    $"spec.strategy.rollingUpdate.{field}", share.ToText(), "a valid percent string must be a number followed by %"));
            }
        }

        if (body.Text("spec", "strategy", "type") is { } strategy and not ("Recreate" or "RollingUpdate"))
        {
            causes.Add(Cause.Unsupported("spec.strategy.type", strategy, "Recreate", "RollingUpdate"));
        }

        if (body.Text("spec", "strategy", "type") == "Recreate" && body.At("spec", "strategy", "rollingUpdate") is not null)
        {
            causes.Add(new(
                "FieldValueForbidden", "Forbidden: may not be specified when strategy `type` is 'Recreate'",
                "spec.strategy.rollingUpdate"));
        }
    }

    private static void Service(JsonObject body, JsonObject? before, List<Cause> causes)
    {
        var ports = body.Items("spec", "ports").ToList();
        var type = body.Text("spec", "type");
        if (type is not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            causes.Add(Cause.Unsupported("spec.type", type ?? "", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"));
        }

        if (ports.Count == 0 && type != "ExternalName" && body.Text("spec", "clusterIP") != "None")
        {
            causes.Add(Cause.Required("spec.ports"));
        }

        if (ports.Count > 1 && ports.Exists(port => port["name"] is null))
        {
            causes.Add(Cause.Required("spec.ports[0].name"));
        }

        if (before?.Text("spec", "clusterIP") is { } address && body.Text("spec", "clusterIP") != address && type != "ExternalName")
        {
            causes.Add(Cause.Wrong("spec.clusterIPs[0]", $"[\"{body.Text("spec", "clusterIP")}\"]", "may not change once set"));
        }
    }

    private static void Claim(JsonObject body, JsonObject? before, List<Cause> causes)
    {
        if (!body.Texts("spec", "accessModes").Any())
        {
            causes.Add(Cause.Required("spec.accessModes"));
        }

        if (body.At("spec", "resources", "requests", "storage") is not { } wanted)
        {
            causes.Add(Cause.Required("spec.resources[storage]"));
        }
        else if (before is not null && Quantity.Of(wanted) < Quantity.Of(before.At("spec", "resources", "requests", "storage")))
        {
            causes.Add(new(
                "FieldValueForbidden", "Forbidden: field can not be less than status.capacity", "spec.resources.requests.storage"));
        }

        if (before is not null)
        {
            var (old, now) = ((JsonObject)before["spec"]!.DeepClone(), (JsonObject)body["spec"]!.DeepClone());
            foreach (var mutable in new[] { "resources", "volumeName" })
            {
                old.Remove(mutable);
                now.Remove(mutable);
            }

            if (!JsonNode.DeepEquals(old, now))
            {
                causes.Add(new(
                    "FieldValueForbidden",
                    "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
                    "spec"));
            }
        }
    }

    private static void Ingress(JsonObject body, List<Cause> causes)
    {
        if (!body.Items("spec", "rules").Any() && body.At("spec", "defaultBackend") is null)
        {
            causes.Add(Cause.Wrong("spec", "[]", "either `defaultBackend` or `rules` must be specified"));
        }

        foreach (var host in body.Items("spec", "rules").Select(rule => rule.Text("host")).OfType<string>())
        {
            if (!DnsName().IsMatch(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host))
            {
                causes.Add(Cause.Wrong("spec.rules[0].host", $"\"{host}\"", "a lowercase RFC 1123 subdomain is needed"));
            }
        }

        foreach (var path in body.Items("spec", "rules").SelectMany(rule => rule.Items("http", "paths")))
        {
            if (path.Text("pathType") is { } type and not ("Exact" or "Prefix" or "ImplementationSpecific"))
            {
                causes.Add(Cause.Unsupported(
                    "spec.rules[0].http.paths[0].pathType", type, "Exact", "ImplementationSpecific", "Prefix"));
            }
        }
    }

    private static void KeyedContent(Kind kind, JsonObject body, JsonObject? before, List<Cause> causes)
    {
        if (body.Map("data").Concat(body.Map("binaryData")).Any(pair => !ContentKey().IsMatch(pair.Key)))
        {
            causes.Add(Cause.Wrong("data", "a key", "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"));
        }

        // The limit is one mebibyte of content; that of a Secret is counted here in its base64 form.
        var most = kind.Name == "Secret" ? 1_398_104 : 1_048_576;
        if (body.Map("data").Concat(body.Map("binaryData")).Sum(pair => pair.Value.Length) > most)
        {
            causes.Add(new("FieldValueTooLong", "Too long: may not be more than 1048576 bytes", "data"));
        }

        if (before.Flag("immutable") && (!JsonNode.DeepEquals(before!["data"], body["data"]) || !body.Flag("immutable")))
        {
            causes.Add(new("FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", "data"));
        }

        if (before?.Text("type") is { } type && body.Text("type") != type)
        {
            causes.Add(Cause.Wrong("type", $"\"{body.Text("type")}\"", "field is immutable"));
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex DnsName();

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")]
    private static partial Regex LabelValue();

    [GeneratedRegex("^[0-9]{1,6}%$")]
    private static partial Regex Percentage();

    [GeneratedRegex("^[-._a-zA-Z0-9]+$")]
    private static partial Regex ContentKey();
}
