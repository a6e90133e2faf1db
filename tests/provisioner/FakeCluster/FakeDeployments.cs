using System.Text.Json.Nodes;

namespace Platform.Provisioner.Tests.FakeCluster;

internal enum PodFate
{
    Ready,
    Starting,
    ImageMissing,
    Crashing,
    NoRoom,
    OverQuota,

    /// <summary>The old pod does not end, so the new one is not made.</summary>
    OldStays,
}

/// <summary>Does what the deployment controller, scheduler and kubelet would do, at once and as the test says.</summary>
internal sealed class FakeDeployments(FakeStore store, TimeProvider clock)
{
    private int made;

    /// <summary>What becomes of the pods of the next roll-outs.</summary>
    public PodFate Fate { get; set; } = PodFate.Ready;

    public void Roll(string path)
    {
        var deployment = store.Find(path)!;
        var revision = (deployment["status"]?["revision"]?.GetValue<int>() ?? 0) + 1;
        if (Fate == PodFate.OldStays)
        {
            Report(path, updated: 0, total: 1, ready: 0);
            return;
        }

        foreach (var part in PartsOf(path))
        {
            if (part.Contains("/pods/", StringComparison.Ordinal))
                store.Remove(part);
            else
                store.Edit(part, set => set["status"]!["replicas"] = 0);
        }

        var set = $"{deployment["metadata"]!["name"]}-r{revision}";
        var ns = deployment["metadata"]!["namespace"]!.GetValue<string>();
        store.Put($"/apis/apps/v1/namespaces/{ns}/replicasets/{set}", Part(deployment, set, ns, new()
        {
            ["status"] = new JsonObject { ["replicas"] = Fate == PodFate.OverQuota ? 0 : 1 },
        }, ("deployment.kubernetes.io/revision", $"{revision}")));
        store.Edit(path, d => d["status"] = new JsonObject { ["revision"] = revision });
        if (Fate != PodFate.OverQuota)
            store.Put($"/api/v1/namespaces/{ns}/pods/{set}-{++made:x5}", Part(deployment, $"{set}-{made:x5}", ns, PodOf(deployment)));
        var ready = Fate == PodFate.Ready ? 1 : 0;
        Report(path, updated: 1, total: Fate == PodFate.OverQuota ? 0 : 1, ready);
    }

    /// <summary>Lets all roll-outs go on with another fate.</summary>
    public void Release(PodFate fate = PodFate.Ready)
    {
        Fate = fate;
        foreach (var deployment in store.All("deployments"))
            Roll($"/apis/apps/v1/namespaces/{deployment["metadata"]!["namespace"]}/deployments/{deployment["metadata"]!["name"]}");
    }

    public IReadOnlyList<string> PartsOf(string path)
    {
        var uid = store.Find(path)!["metadata"]!["uid"]!.GetValue<string>();
        return [.. new[] { "replicasets", "pods" }.SelectMany(plural => store.All(plural))
            .Where(part => part["metadata"]!["ownerReferences"]![0]!["uid"]!.GetValue<string>() == uid)
            .Select(part => part["kind"]!.GetValue<string>() == "Pod"
                ? $"/api/v1/namespaces/{part["metadata"]!["namespace"]}/pods/{part["metadata"]!["name"]}"
                : $"/apis/apps/v1/namespaces/{part["metadata"]!["namespace"]}/replicasets/{part["metadata"]!["name"]}")];
    }

    private void Report(string path, int updated, int total, int ready) => store.Edit(path, deployment =>
    {
        var status = deployment["status"] as JsonObject ?? [];
        status["observedGeneration"] = deployment["metadata"]!["generation"]!.GetValue<long>();
        (status["updatedReplicas"], status["replicas"], status["availableReplicas"]) = (updated, total, ready);
        status["conditions"] = Fate == PodFate.OverQuota
            ? new JsonArray(Condition("ReplicaFailure", "True", "FailedCreate", "pods is forbidden: exceeded quota: plans"))
            : new JsonArray(Condition("Available", ready > 0 ? "True" : "False"));
        deployment["status"] = status.DeepClone();
    });

    private static JsonObject Part(JsonObject deployment, string name, string ns, JsonObject body,
        params (string Key, string Value)[] annotations)
    {
        var template = deployment["spec"]!["template"]!["metadata"]!;
        var notes = template["annotations"]!.DeepClone().AsObject();
        foreach (var (key, value) in annotations)
            notes[key] = value;
        body["kind"] = annotations.Length > 0 ? "ReplicaSet" : "Pod";
        body["metadata"] = new JsonObject
        {
            ["name"] = name, ["namespace"] = ns, ["labels"] = template["labels"]!.DeepClone(), ["annotations"] = notes,
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["kind"] = "Deployment", ["name"] = deployment["metadata"]!["name"]!.DeepClone(), ["uid"] =
                    deployment["metadata"]!["uid"]!.DeepClone(),
            }),
        };
        return body;
    }

    private JsonObject PodOf(JsonObject deployment)
    {
        var (scheduled, ready, running) = (Fate != PodFate.NoRoom, Fate == PodFate.Ready, Fate is PodFate.Ready or PodFate.Starting);
        var status = new JsonObject
        {
            ["phase"] = running ? "Running" : "Pending",
            ["conditions"] = new JsonArray(
                Condition("PodScheduled", scheduled ? "True" : "False", scheduled ? "" : "Unschedulable"), Condition("Ready", ready
                    ? "True" : "False")),
        };
        if (scheduled)
        {
            status["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "app", ["ready"] = ready, ["restartCount"] = Fate == PodFate.Crashing ? 4 : 0, ["imageID"] =
                    Fate == PodFate.ImageMissing ? "" : "sha256:1",
                ["state"] = running ? new JsonObject { ["running"] =
                    new JsonObject { ["startedAt"] = $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}" } }
                    : new JsonObject { ["waiting"] =
                        new JsonObject { ["reason"] = Fate == PodFate.ImageMissing ? "ImagePullBackOff" : "CrashLoopBackOff" } },
            });
        }

        return new() { ["spec"] = deployment["spec"]!["template"]!["spec"]!.DeepClone(), ["status"] = status };
    }

    private static JsonObject Condition(string type, string status, string reason = "", string message = "") =>
        new() { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message };
}
