using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>The storage classes of the simulated cluster: that of K3s, and one that binds at once and can grow.</summary>
internal sealed record StorageClass(string Name, bool WaitsForConsumer, bool Expands)
{
    private static readonly StorageClass[] All = [new("local-path", true, false), new("standard", false, true)];

    public static StorageClass? Find(JsonObject claim) =>
        Array.Find(All, known => known.Name == claim.Text("spec", "storageClassName"));
}
