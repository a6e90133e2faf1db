using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>What a new cluster has: two nodes and the namespaces of every cluster.</summary>
internal sealed class ClusterSeed(ObjectStore store, ObjectWriter writer, SimulatorOptions options)
{
    public static string AddressOf(StoredObject node) =>
        node.Body.Items("status", "addresses").First(address => address.Text("type") == "InternalIP").Text("address")!;

    public void Plant()
    {
        lock (store.Gate)
        {
            foreach (var name in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
            {
                writer.Create(
                    KindCatalog.Namespace, "", new() { ["metadata"] = new JsonObject { ["name"] = name } },
                    Write.Controller("kube-apiserver"));
            }

            for (var number = 1; number <= options.Nodes; number++)
            {
                writer.Create(KindCatalog.Node, "", Node(number), Write.Controller("kubelet"));
            }
        }
    }

    private JsonObject Node(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"sim-node-{number}");
        JsonObject Room() => new()
        {
            ["cpu"] = options.NodeCpu,
            ["ephemeral-storage"] = "200Gi",
            ["memory"] = options.NodeMemory,
            ["pods"] = options.NodePods.ToString(CultureInfo.InvariantCulture),
        };
        var labels = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = name,
            ["kubernetes.io/os"] = "linux",
            ["node.kubernetes.io/instance-type"] = "simulated",
        };
        if (number == 1)
        {
            labels["node-role.kubernetes.io/control-plane"] = "true";
        }
        else
        {
            labels["node-role.kubernetes.io/worker"] = "true";
        }

        return new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["podCIDR"] = string.Create(CultureInfo.InvariantCulture, $"10.42.{number - 1}.0/24"),
                ["providerID"] = $"simulator://{name}",
            },
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "InternalIP", ["address"] = string.Create(CultureInfo.InvariantCulture, $"192.0.2.{10 + number}"),
                    },
                    new JsonObject { ["type"] = "Hostname", ["address"] = name }),
                ["allocatable"] = Room(),
                ["capacity"] = Room(),
                ["conditions"] = Health(),
                ["nodeInfo"] = Information(number),
            },
        };
    }

    private JsonArray Health() => new(new (string Type, bool Value, string Reason, string Message)[]
    {
        ("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", true, "KubeletReady", "kubelet is posting ready status (simulated)"),
    }.Select(condition => (JsonNode)new JsonObject
    {
        ["type"] = condition.Type,
        ["status"] = condition.Value ? "True" : "False",
        ["reason"] = condition.Reason,
        ["message"] = condition.Message,
        ["lastHeartbeatTime"] = writer.Now(),
        ["lastTransitionTime"] = writer.Now(),
    }).ToArray<JsonNode?>());

    private static JsonObject Information(int number) => new()
    {
        ["architecture"] = "amd64",
        ["bootID"] = string.Create(CultureInfo.InvariantCulture, $"simulated-boot-{number}"),
        ["containerRuntimeVersion"] = "simulated://1.0",
        ["kernelVersion"] = "6.1.0-simulated",
        ["kubeProxyVersion"] = SimulatorOptions.KubernetesVersion,
        ["kubeletVersion"] = SimulatorOptions.KubernetesVersion,
        ["machineID"] = string.Create(CultureInfo.InvariantCulture, $"simulated-machine-{number}"),
        ["operatingSystem"] = "linux",
        ["osImage"] = "Kubernetes simulator",
        ["systemUUID"] = string.Create(CultureInfo.InvariantCulture, $"simulated-system-{number}"),
    };
}
