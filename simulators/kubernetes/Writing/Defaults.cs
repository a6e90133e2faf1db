using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Controllers;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>The values that the API server fills in where an object does not say them.</summary>
internal static class Defaults
{
    public static void Fill(Kind kind, JsonObject body)
    {
        switch (kind.Name)
        {
            case "Namespace":
                body.Ensure("spec").Default("finalizers", new JsonArray("kubernetes"));
                body.Ensure("metadata", "labels")["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
                break;
            case "Secret":
                body.Default("type", "Opaque");
                MoveStringData(body);
                break;
            case "PersistentVolumeClaim":
                body.Ensure("spec").Default("volumeMode", "Filesystem");
                body.Ensure("spec").Default("storageClassName", "local-path");
                Protect(body.Ensure("metadata"));
                break;
            case "Pod":
                PodSpec(body.Ensure("spec"));
                break;
            case "Deployment":
                Deployment(body.Ensure("spec"));
                break;
            case "ReplicaSet":
                body.Ensure("spec").Default("replicas", 1);
                PodSpec(body.Ensure("spec", "template", "spec"));
                break;
            case "Service":
                Service(body.Ensure("spec"));
                break;
            case "NetworkPolicy":
                NetworkPolicy(body.Ensure("spec"));
                break;
            case "LimitRange":
                foreach (var item in body.Items("spec", "limits").Where(item => item.Text("type") == "Container"))
                {
                    LimitRangeItem(item);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The status that a new object starts with.</summary>
    public static JsonObject InitialStatus(Kind kind, JsonObject body) => kind.Name switch
    {
        "Namespace" => new() { ["phase"] = "Active" },
        "Pod" => new() { ["phase"] = "Pending", ["qosClass"] = QualityOfService(body) },
        "PersistentVolumeClaim" => new() { ["phase"] = "Pending" },
        "Service" or "Ingress" => new() { ["loadBalancer"] = new JsonObject() },
        _ => [],
    };

    // A claim that a pod uses outlives its deletion until the pod is gone.
    private static void Protect(JsonObject metadata)
    {
        if (metadata["deletionTimestamp"] is null && !metadata.Texts("finalizers").Contains(VolumeBinder.Protection))
        {
            metadata.Default("finalizers", new JsonArray());
            metadata["finalizers"]!.AsArray().Add(VolumeBinder.Protection);
        }
    }

    private static void MoveStringData(JsonObject secret)
    {
        if (secret["stringData"] is JsonObject plain)
        {
            foreach (var (key, value) in plain)
            {
                secret.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
            }

            secret.Remove("stringData");
        }
    }

    private static void Deployment(JsonObject spec)
    {
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        spec.Ensure("strategy").Default("type", "RollingUpdate");
        if (spec.Text("strategy", "type") == "RollingUpdate")
        {
            spec.Ensure("strategy", "rollingUpdate").Default("maxSurge", "25%");
            spec.Ensure("strategy", "rollingUpdate").Default("maxUnavailable", "25%");
        }

        spec.Ensure("template", "metadata");
        PodSpec(spec.Ensure("template", "spec"));
    }

    private static void PodSpec(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("securityContext", new JsonObject());
        if (spec.Text("serviceAccountName") is { } account)
        {
            spec.Default("serviceAccount", account);
        }

        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            Container(container);
        }

        foreach (var volume in spec.Items("volumes"))
        {
            foreach (var source in new[] { "secret", "configMap", "projected" })
            {
                (volume[source] as JsonObject)?.Default("defaultMode", 420);
            }

            if (volume.Count == 1)
            {
                volume["emptyDir"] = new JsonObject();
            }
        }
    }

    private static void Container(JsonObject container)
    {
        var image = container.Text("image") ?? "";
        var tag = image.Contains('@') ? "" : image[(image.LastIndexOf('/') + 1)..].Split(':') is [_, var named] ? named : "latest";
        container.Default("imagePullPolicy", tag == "latest" ? "Always" : "IfNotPresent");
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        var resources = container.Ensure("resources");
        foreach (var (name, limit) in resources.Map("limits"))
        {
            resources.Ensure("requests").Default(name, limit);
        }

        foreach (var port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
        }

        foreach (var name in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container[name] is JsonObject probe)
            {
                probe.Default("timeoutSeconds", 1);
                probe.Default("periodSeconds", 10);
                probe.Default("successThreshold", 1);
                probe.Default("failureThreshold", 3);
                (probe["httpGet"] as JsonObject)?.Default("scheme", "HTTP");
                (probe["httpGet"] as JsonObject)?.Default("path", "/");
            }
        }

        foreach (var reference in container.Items("env"))
        {
            (reference.At("valueFrom", "fieldRef") as JsonObject)?.Default("apiVersion", "v1");
        }
    }

    private static void Service(JsonObject spec)
    {
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("type") != "ExternalName")
        {
            spec.Default("internalTrafficPolicy", "Cluster");
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
        }

        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            spec.Default("externalTrafficPolicy", "Cluster");
        }

        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            port.Default("targetPort", port["port"]?.DeepClone() ?? 0);
        }
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        spec.Default("podSelector", new JsonObject());
        if (spec["policyTypes"] is null)
        {
            spec["policyTypes"] = spec["egress"] is null ? new JsonArray("Ingress") : new JsonArray("Ingress", "Egress");
        }

        foreach (var port in spec.Items("ingress").Concat(spec.Items("egress")).SelectMany(rule => rule.Items("ports")))
        {
            port.Default("protocol", "TCP");
        }
    }

    private static void LimitRangeItem(JsonObject item)
    {
        foreach (var (name, limit) in item.Map("max"))
        {
            item.Ensure("default").Default(name, limit);
        }

        foreach (var (name, limit) in item.Map("default"))
        {
            item.Ensure("defaultRequest").Default(name, limit);
        }

        foreach (var (name, least) in item.Map("min"))
        {
            item.Ensure("defaultRequest").Default(name, least);
        }
    }

    private static string QualityOfService(JsonObject pod)
    {
        var resources = pod.Items("spec", "containers").Select(container => container["resources"]).ToList();
        var guaranteed = resources.TrueForAll(of => IsBound(of, "cpu") && IsBound(of, "memory"));
        var bestEffort = resources.TrueForAll(of => !of.Map("limits").Any() && !of.Map("requests").Any());
        return guaranteed ? "Guaranteed" : bestEffort ? "BestEffort" : "Burstable";
    }

    private static bool IsBound(JsonNode? resources, string name) =>
        resources.At("limits", name) is { } limit && Quantity.Of(resources.At("requests", name)) == Quantity.Of(limit);
}
