using Npgsql;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Books;

/// <summary>The cluster against the provisioner's instances: no orphans, and what is said to run is there.</summary>
internal static class ClusterBook
{
    public static async Task<IReadOnlyList<Violation>> CheckAsync(NpgsqlConnection db, IReadOnlyList<ClusterObject> objects)
    {
        var instances = await PlatformBooks.RowsAsync(db,
            """
            SELECT id, user_id, status, cpu_millis, memory_mib FROM provisioner.instances
            WHERE status <> 'TERMINATED' AND workload IS NOT NULL
            """,
            reader => new LiveInstance(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4)));
        var live = instances.ToDictionary(instance => instance.Id);
        var users = instances.Select(instance => instance.User).ToHashSet();

        var orphans = objects
            .Where(item => item.Instance is { } instance
                ? !live.ContainsKey(instance)
                : item.User is not { } user || !users.Contains(user))
            .Select(item => new Violation(
                "object-without-instance", Holds.WhenQuiet, $"{item} of instance {item.Instance}, user {item.User}"));
        var missing = instances.Where(instance => instance.Status == "RUNNING" && !Runs(instance, objects))
            .Select(instance => new Violation(
                "instance-not-in-cluster", Holds.WhenQuiet, $"instance {instance.Id} has no ready deployment of its size"));
        return [.. orphans, .. missing];
    }

    private static bool Runs(LiveInstance instance, IReadOnlyList<ClusterObject> objects) => objects.Any(item =>
        item.Kind == "Deployment" && item.Instance == instance.Id && item.Body.Find("status.availableReplicas")?.GetValue<long>() == 1
        && item.Body.Find("spec.template.spec.containers.0.resources.limits") is { } limits
        && Millis(limits.Text("cpu")) == instance.CpuMillis && Mebibytes(limits.Text("memory")) == instance.MemoryMib);

    private static long Millis(string cpu) =>
        cpu.EndsWith('m') ? Number(cpu[..^1]) : Number(cpu) * 1_000;

    private static long Mebibytes(string memory) =>
        memory.EndsWith("Gi", StringComparison.Ordinal) ? Number(memory[..^2]) * 1_024 : Number(memory[..^2]);

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private sealed record LiveInstance(Guid Id, Guid User, string Status, int CpuMillis, int MemoryMib);
}
