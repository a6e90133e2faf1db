using System.Text.Json.Serialization;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.ClusterViews;

internal sealed record PodList(IReadOnlyList<PodView> Pods, int Total);

internal sealed record PodView(
    string Name, string Namespace, string Status, string? NodeName, string? PodIP, string? HostIP, int Restarts, DateTimeOffset? CreatedAt,
    IReadOnlyList<ContainerView> Containers, DateTimeOffset? MetricsTimestamp, string? MetricsWindow)
{
    public static PodView Of(Pod pod, PodMetrics? metrics) => new(
        pod.Metadata.Name ?? "", pod.Metadata.Namespace ?? "", pod.Status?.Phase ?? "Unknown",
        pod.Spec?.NodeName, pod.Status?.PodIP, pod.Status?.HostIP,
        pod.Status?.ContainerStatuses?.Sum(container => container.RestartCount) ?? 0, pod.Metadata.CreationTimestamp,
        [.. (pod.Spec?.Containers ?? []).Select(container => ContainerView.Of(container, pod, metrics))],
        metrics?.Timestamp, metrics?.Window);
}

internal sealed record ContainerView(string Name, string? Image, bool Ready, ResourcesView Resources, UsageView? Usage,
    IReadOnlyList<PortView> Ports, IReadOnlyList<MountView> VolumeMounts)
{
    public static ContainerView Of(Container container, Pod pod, PodMetrics? metrics) => new(
        container.Name, container.Image,
        pod.Status?.ContainerStatuses?.Any(status => status.Name == container.Name && status.Ready) == true,
        new(Size(container.Resources?.Requests), Size(container.Resources?.Limits)),
        UsageView.Of(metrics?.Containers.Find(measured => measured.Name == container.Name)),
        [.. (container.Ports ?? []).Select(port => new PortView(port.Number, port.Name, port.Protocol ?? "TCP"))],
        [.. (container.VolumeMounts ?? []).Select(mount => new MountView(mount.Name, mount.MountPath, mount.ReadOnly == true))]);

    private static SizeView Size(Dictionary<string, string>? amounts) =>
        new(amounts?.GetValueOrDefault("cpu") ?? "0m", amounts?.GetValueOrDefault("memory") ?? "0Mi",
            amounts?.GetValueOrDefault("ephemeral-storage"));
}

internal sealed record ResourcesView(SizeView Requests, SizeView Limits);

/// <param name="Storage">Left out when the container has none.</param>
internal sealed record SizeView(string Cpu, string Memory,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Storage);

internal sealed record PortView(int ContainerPort, string? Name, string Protocol);

internal sealed record MountView(string Name, string MountPath, bool ReadOnly);

internal sealed record UsageView(CpuView Cpu, MemoryView Memory)
{
    public static UsageView? Of(PodMetrics.ContainerMetrics? measured)
    {
        var (cpu, memory) = (measured?.Usage.GetValueOrDefault("cpu"), measured?.Usage.GetValueOrDefault("memory"));
        if (!Quantity.TryParse(cpu, out var cores) || !Quantity.TryParse(memory, out var bytes))
            return null;
        var (nano, size) = (cores.Nano, bytes.Units);
        return new(
            new(cpu!, (long)Math.Round(nano / 1_000_000m, MidpointRounding.AwayFromZero), Math.Round(nano / 1_000_000_000m, 2)),
            new(memory!, size, Math.Round(size / 1048576m, 2), Math.Round(size / 1073741824m, 2)));
    }
}

/// <param name="Raw">As the cluster says it.</param>
internal sealed record CpuView(string Raw, long Millicores, decimal Cores);

/// <inheritdoc cref="CpuView"/>
internal sealed record MemoryView(string Raw, long Bytes, decimal Megabytes, decimal Gigabytes);
