using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Provisioner.Kubernetes;

/// <summary>Which cluster, and what is particular about it.</summary>
internal sealed class KubernetesOptions
{
    public const string Section = "Kubernetes";

    /// <summary>A kubeconfig file; its current context is used. Either this or <see cref="InCluster"/>.</summary>
    public string? KubeconfigPath { get; init; }

    /// <summary>True when the provisioner itself runs as a pod and uses the service account that is mounted into it.</summary>
    public bool InCluster { get; init; }

    /// <summary>
    /// Applications answer at hosts below this domain. Keep it apart from the platform's own, so that cookies do not meet.
    /// </summary>
    [Required, RegularExpression(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"), MaxLength(180)]
    public required string BaseDomain { get; init; }

    /// <summary>How browsers reach the applications; <c>http</c> only where the ingress has no certificate (development).</summary>
    [RegularExpression("^https?$")] public string UrlScheme { get; init; } = "https";

    /// <summary>K3s ships Traefik.</summary>
    [Required] public string IngressClassName { get; init; } = "traefik";

    /// <summary>The namespace whose pods may reach the applications: where the ingress controller runs.</summary>
    [Required] public string IngressNamespace { get; init; } = "kube-system";

    /// <summary>A cert-manager ClusterIssuer; without one the ingress controller's default certificate serves.</summary>
    public string? ClusterIssuer { get; init; }

    /// <summary>Null leaves the choice to the cluster's default class.</summary>
    public string? StorageClassName { get; init; }

    /// <summary>How long one call may take. Watches and log streams are not calls in this sense.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")] public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Reads the credentials once at start, so that a mistake in them is one clear line and not a failure of the first customer.
/// </summary>
internal sealed class KubernetesOptionsCheck(IHostEnvironment environment) : IValidateOptions<KubernetesOptions>
{
    public ValidateOptionsResult Validate(string? name, KubernetesOptions options)
    {
        if (options.InCluster == (options.KubeconfigPath is { Length: > 0 }))
            return ValidateOptionsResult.Fail("Set exactly one of Kubernetes:KubeconfigPath and Kubernetes:InCluster.");
        try
        {
            using var connection = ClusterConnection.Open(options, environment.IsProduction());
            return ValidateOptionsResult.Success;
        }
        catch (ClusterConfigurationException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}
