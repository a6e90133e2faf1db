using System.ComponentModel.DataAnnotations;

namespace Platform.Gateway;

/// <summary>Where the services are. Only the gateway and the launcher know.</summary>
internal sealed class BackendOptions
{
    public const string Section = "Services";

    [Required, Url] public required string Identity { get; init; }
    [Required, Url] public required string Catalog { get; init; }
    [Required, Url] public required string Wallet { get; init; }
    [Required, Url] public required string Subscriptions { get; init; }
    [Required, Url] public required string Provisioner { get; init; }
}
