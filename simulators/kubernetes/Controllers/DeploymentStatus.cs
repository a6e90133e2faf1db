using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;
using static Platform.Simulators.Kubernetes.Controllers.ReplicaSetController;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>The status of a Deployment: counts, and the conditions Available, Progressing and ReplicaFailure.</summary>
internal sealed class DeploymentStatus(ObjectWriter writer, TimeProvider clock)
{
    private const string Finished = "NewReplicaSetAvailable";
    private const string Overdue = "ProgressDeadlineExceeded";
    private static readonly Write StatusWrite = Writing.Write.Controller("kube-controller-manager", "status");

    /// <summary>Writes the status; answers when the deadline of the roll-out has to be looked at.</summary>
    public TimeSpan? Write(StoredObject deployment, StoredObject? current, List<StoredObject> sets, StoredObject? created)
    {
        TimeSpan? deadline = null;
        writer.Change(deployment.Key, StatusWrite, body =>
        {
            var status = body.Ensure("status");
            var before = status.Clone();
            Counts(body, status, current, sets);
            Available(body, status);
            if (sets.Select(set => Conditions.Find(set.Body["status"], "ReplicaFailure")).FirstOrDefault(found => found is not null)
                is { } failure)
            {
                Conditions.Set(status, "ReplicaFailure", true, writer.Now(), failure.Text("reason"), failure.Text("message"));
            }
            else
            {
                Conditions.Remove(status, "ReplicaFailure");
            }

            deadline = Progressing(body, status, before, current, created);
            return (body, null);
        });
        return deadline;
    }

    private static void Counts(JsonObject body, JsonObject status, StoredObject? current, List<StoredObject> sets)
    {
        long Sum(string field) => sets.Sum(set => set.Body.Number("status", field) ?? 0);
        var wanted = body.Number("spec", "replicas") ?? 1;
        status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
        Count(status, "replicas", Sum("replicas"));
        Count(status, "updatedReplicas", current?.Body.Number("status", "replicas") ?? 0);
        Count(status, "readyReplicas", Sum("readyReplicas"));
        Count(status, "availableReplicas", Sum("availableReplicas"));
        Count(status, "unavailableReplicas", Math.Max(0, Math.Max(wanted, Sum("replicas")) - Sum("availableReplicas")));
    }

    private void Available(JsonObject body, JsonObject status)
    {
        var wanted = body.Number("spec", "replicas") ?? 1;
        var share = body.At("spec", "strategy", "rollingUpdate", "maxUnavailable");
        var missing = body.Text("spec", "strategy", "type") == "Recreate" ? 0
            : share.Number() ?? (long)(decimal.Parse((share.Text() ?? "0").TrimEnd('%'), CultureInfo.InvariantCulture) * wanted / 100);
        var enough = (status.Number("availableReplicas") ?? 0) >= wanted - missing;
        Conditions.Set(
            status, "Available", enough, writer.Now(), enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
        Touch(status, "Available");
    }

    private TimeSpan? Progressing(JsonObject body, JsonObject status, JsonObject before, StoredObject? current, StoredObject? created)
    {
        if (created is not null)
        {
            return Say(body, status, true, "NewReplicaSetCreated", $"Created new replica set \"{created.Key.Name}\"");
        }

        var condition = Conditions.Find(status, "Progressing");
        var name = current?.Key.Name;
        var replicas = status.Number("replicas") ?? 0;
        var settled = replicas == (status.Number("updatedReplicas") ?? 0) && condition.Text("reason") == Finished;
        if (current is null || settled)
        {
            return null;
        }

        var wanted = body.Number("spec", "replicas") ?? 1;
        if (replicas == wanted && (status.Number("updatedReplicas") ?? 0) == wanted && (status.Number("availableReplicas") ?? 0) == wanted)
        {
            Say(body, status, true, Finished, $"ReplicaSet \"{name}\" has successfully progressed.");
            return null;
        }

        long Of(JsonObject from, string field) => from.Number(field) ?? 0;
        var moved = Of(status, "updatedReplicas") > Of(before, "updatedReplicas")
            || Of(status, "readyReplicas") > Of(before, "readyReplicas")
            || Of(status, "availableReplicas") > Of(before, "availableReplicas")
            || replicas - Of(status, "updatedReplicas") < Of(before, "replicas") - Of(before, "updatedReplicas");
        if (moved || condition is null || condition.Text("reason") == Finished)
        {
            return Say(body, status, true, "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", moved: true);
        }

        if (condition.Text("reason") == Overdue)
        {
            return null;
        }

        var left = Left(body, condition);
        return left > TimeSpan.Zero
            ? left
            : Say(body, status, false, Overdue, $"ReplicaSet \"{name}\" has timed out progressing.");
    }

    private TimeSpan? Say(JsonObject body, JsonObject status, bool value, string reason, string message, bool moved = false)
    {
        Conditions.Set(status, "Progressing", value, writer.Now(), reason, message);
        Touch(status, "Progressing", moved);
        return value ? Left(body, Conditions.Find(status, "Progressing")!) : null;
    }

    private TimeSpan Left(JsonObject body, JsonObject condition) =>
        DateTimeOffset.Parse(condition.Text("lastUpdateTime")!, CultureInfo.InvariantCulture)
            .AddSeconds(body.Number("spec", "progressDeadlineSeconds") ?? 600) - clock.GetUtcNow();

    // lastUpdateTime starts the deadline; it moves with progress, and for Available with its status.
    private void Touch(JsonObject status, string type, bool moved = false)
    {
        var condition = Conditions.Find(status, type)!;
        if (moved || condition["lastUpdateTime"] is null
            || string.CompareOrdinal(condition.Text("lastUpdateTime"), condition.Text("lastTransitionTime")) < 0)
        {
            condition["lastUpdateTime"] = writer.Now();
        }
    }
}
