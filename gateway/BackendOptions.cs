using System.ComponentModel.DataAnnotations;

namespace Platform.Gateway;

/// <summary>Where the services are. Only the gateway and the launcher know.</summary>
internal sealed class BackendOptions
{
    public const string Section = "Services";

    [ServiceAddress] public required string Identity { get; init; }
    [ServiceAddress] public required string Catalog { get; init; }
    [ServiceAddress] public required string Wallet { get; init; }
    [ServiceAddress] public required string Subscriptions { get; init; }
    [ServiceAddress] public required string Provisioner { get; init; }

    public IEnumerable<(string Service, string Address)> All =>
    [
        ("identity", Identity), ("catalog", Catalog), ("wallet", Wallet), ("subscriptions", Subscriptions), ("provisioner", Provisioner),
    ];
}

/// <summary>The base address of a service. The message names the setting as an operator writes it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ServiceAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string text && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    public override string FormatErrorMessage(string name) =>
        $"{BackendOptions.Section}:{name} must be the http(s) address of that service";
}
