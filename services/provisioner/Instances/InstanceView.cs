using Platform.Provisioner.Manifests;
using Platform.Provisioner.Metrics;

namespace Platform.Provisioner.Instances;

/// <summary>InstanceRow of api.md §1.6, members in its order, with what we know of the subscription.</summary>
/// <param name="EnvVars">As in the catalog, every value that holds a generated secret masked.</param>
/// <param name="CpuUsage">Millicores, from a sample of the last minute.</param>
/// <param name="MemoryUsage">Mebibytes, likewise.</param>
internal sealed record InstanceView(
    Guid Id, Guid SubscriptionId, string Name, string Subdomain, string Namespace, string? PodName, string ServiceName,
    string IngressName, string DeploymentName, InstanceStatus Status, string? HealthStatus,
    DateTimeOffset? LastHealthCheck, IReadOnlyDictionary<string, string> EnvVars, string? CustomDomain, bool SslEnabled,
    decimal? CpuUsage, decimal? MemoryUsage, decimal? StorageUsage, string PublicUrl, string AdminUrl,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? LastStarted, DateTimeOffset? LastStopped,
    SubscriptionPart Subscription)
{
    private const string Mask = "********";

    public static InstanceView Of(Instance instance, MetricSamples samples)
    {
        var sample = samples.Last(instance.Id);
        var (name, url) = (instance.Name ?? "", instance.PublicUrl ?? "");
        return new(
            instance.Id, instance.SubscriptionId, name, instance.Host ?? "", instance.Namespace, instance.PodName, name, name, name,
            instance.Status, instance.HealthStatus, instance.ObservedAt, Environment(instance), null, IsEncrypted(instance),
            sample?.CpuMillis, sample is null ? null : Math.Round(sample.MemoryBytes / 1048576m, 2), null,
            url, url.Length == 0 ? "" : $"{url}/admin",
            instance.CreatedAt, instance.UpdatedAt, instance.ReadyAt, instance.TerminatedAt,
            new(instance.SubscriptionId, new(instance.Workload?.ServiceName ?? "", instance.Workload?.ServiceSlug ?? "")));
    }

    public static bool IsEncrypted(Instance instance) => instance.PublicUrl?.StartsWith("https://", StringComparison.Ordinal) == true;

    private static Dictionary<string, string> Environment(Instance instance) => instance.Workload is null ? [] :
        InstanceEnvironment.Variables(instance.Workload).ToDictionary(variable => variable.Name,
            variable => variable.Value.Contains("{{secret:", StringComparison.Ordinal) ? Mask : variable.Value, StringComparer.Ordinal);
}

/// <summary>Plan, price and period are the subscriptions service's; here is what the provisioner was told.</summary>
internal sealed record SubscriptionPart(Guid Id, ServicePart Service);

internal sealed record ServicePart(string Name, string Slug);

internal sealed record InstanceList(IReadOnlyList<InstanceView> Instances, int Total);

internal sealed record InstanceDetail(InstanceView Instance, ClusterPart? KubernetesStatus, AddressPart Urls, CertificatePart Ssl);

internal sealed record ClusterPart(IReadOnlyList<PodPart> Pods, string Namespace, string Deployment, string Service, string Ingress);

internal sealed record PodPart(string Name, string Status, bool Ready, int Restarts, DateTimeOffset? CreatedAt);

internal sealed record AddressPart(string Public, string Admin, string? Custom);

/// <param name="Status">Active or Disabled.</param>
internal sealed record CertificatePart(bool Enabled, string Status);
