using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>What the pods of a node ask for together.</summary>
internal readonly record struct NodeLoad(int Pods, decimal Cpu, decimal Memory)
{
    public static NodeLoad operator +(NodeLoad left, NodeLoad right) =>
        new(left.Pods + right.Pods, left.Cpu + right.Cpu, left.Memory + right.Memory);

    public static NodeLoad operator -(NodeLoad left, NodeLoad right) =>
        new(left.Pods - right.Pods, left.Cpu - right.Cpu, left.Memory - right.Memory);
}

/// <summary>The load of each node, kept by following the changes of pods, so that scheduling does not read all pods each time.</summary>
internal sealed class NodeLoads
{
    private readonly Dictionary<string, (string Node, NodeLoad Load)> byPod = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeLoad> byNode = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, NodeLoad> ByNode() => byNode;

    public void Follow(Change change)
    {
        var (pod, uid) = (change.Object, change.Object.Uid);
        if (byPod.Remove(uid, out var before))
        {
            byNode[before.Node] -= before.Load;
        }

        var gone = change.Type == ChangeType.Deleted || pod.Body.Text("status", "phase") is "Succeeded" or "Failed";
        if (!gone && pod.Body.Text("spec", "nodeName") is { } node)
        {
            var use = QuotaUse.Of(KindCatalog.Pod, pod.Body);
            var load = new NodeLoad(1, use.GetValueOrDefault("cpu"), use.GetValueOrDefault("memory"));
            byPod[uid] = (node, load);
            byNode[node] = byNode.GetValueOrDefault(node) + load;
        }
    }
}
