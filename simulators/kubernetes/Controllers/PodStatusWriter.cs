using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Writes the status of a pod for each step of its life.</summary>
internal sealed class PodStatusWriter(ObjectWriter writer, Identifiers identifiers)
{
    private static readonly Write KubeletWrite = Write.Controller("kubelet", "status");

    public void Begin(StoredObject pod, string hostAddress, string podAddress) => Change(pod, status =>
    {
        status["phase"] = "Pending";
        status["hostIP"] = hostAddress;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = hostAddress });
        status["podIP"] = podAddress;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podAddress });
        status["startTime"] = writer.Now();
        Conditions.Set(status, "PodReadyToStartContainers", true, writer.Now());
        Conditions.Set(status, "Initialized", true, writer.Now());
        NotReady(status, pod);
        status["containerStatuses"] = pod.Body.Items("spec", "containers").Select(container => (JsonNode)new JsonObject
        {
            ["name"] = container.Text("name"),
            ["image"] = container.Text("image"),
            ["imageID"] = "",
            ["ready"] = false,
            ["started"] = false,
            ["restartCount"] = 0,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } },
            ["lastState"] = new JsonObject(),
        }).ToArray();
        if (pod.Body.Items("spec", "initContainers").Any())
        {
            status["initContainerStatuses"] = pod.Body.Items("spec", "initContainers").Select(Finished).ToArray();
        }
    });

    public void Wait(StoredObject pod, string reason, string? message) => Change(pod, status =>
    {
        foreach (var container in status.Items("containerStatuses"))
        {
            var waiting = new JsonObject { ["reason"] = reason };
            waiting.Put("message", message);
            container["state"] = new JsonObject { ["waiting"] = waiting };
        }
    });

    /// <summary>Started, and not ready yet.</summary>
    public void Run(StoredObject pod) => Change(pod, status =>
    {
        status["phase"] = "Running";
        foreach (var container in status.Items("containerStatuses"))
        {
            container["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = writer.Now() } };
            container["started"] = true;
            container["imageID"] = $"{container.Text("image")}@sha256:simulated";
            container["containerID"] = $"containerd://{identifiers.Uid().Replace("-", "", StringComparison.Ordinal)}";
        }
    });

    public void Ready(StoredObject pod, bool ready) => Change(pod, status =>
    {
        foreach (var container in status.Items("containerStatuses"))
        {
            container["ready"] = ready;
        }

        if (ready)
        {
            Conditions.Set(status, "ContainersReady", true, writer.Now());
            Conditions.Set(status, "Ready", true, writer.Now());
        }
        else
        {
            NotReady(status, pod);
        }
    });

    public void Crash(StoredObject pod, int exitCode, string reason, TimeSpan backOff) => Change(pod, status =>
    {
        foreach (var container in status.Items("containerStatuses"))
        {
            var ended = new JsonObject
            {
                ["exitCode"] = exitCode,
                ["reason"] = reason,
                ["startedAt"] = container.Text("state", "running", "startedAt"),
                ["finishedAt"] = writer.Now(),
            };
            ended.Put("containerID", container["containerID"]?.DeepClone());
            container["lastState"] = new JsonObject { ["terminated"] = ended };
            container["state"] = new JsonObject
            {
                ["waiting"] = new JsonObject
                {
                    ["reason"] = "CrashLoopBackOff",
                    ["message"] = FormattableString.Invariant($"back-off {backOff.TotalSeconds}s restarting failed container=")
                        + $"{container.Text("name")} pod={pod.Key.Name}_{pod.Key.Namespace}({pod.Uid})",
                },
            };
            container["restartCount"] = (container.Number("restartCount") ?? 0) + 1;
            container["ready"] = false;
            container["started"] = false;
        }

        NotReady(status, pod);
    });

    private void NotReady(JsonObject status, StoredObject pod)
    {
        var names = string.Join(' ', pod.Body.Items("spec", "containers").Select(container => container.Text("name")));
        foreach (var type in new[] { "ContainersReady", "Ready" })
        {
            Conditions.Set(status, type, false, writer.Now(), "ContainersNotReady", $"containers with unready status: [{names}]");
        }
    }

    private JsonNode Finished(JsonObject container) => new JsonObject
    {
        ["name"] = container.Text("name"),
        ["image"] = container.Text("image"),
        ["imageID"] = $"{container.Text("image")}@sha256:simulated",
        ["ready"] = true,
        ["started"] = false,
        ["restartCount"] = 0,
        ["state"] = new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = writer.Now(), ["finishedAt"] = writer.Now(),
            },
        },
        ["lastState"] = new JsonObject(),
    };

    private void Change(StoredObject pod, Action<JsonObject> change) => writer.Change(pod.Key, KubeletWrite, body =>
    {
        change(body.Ensure("status"));
        return (body, null);
    });
}
