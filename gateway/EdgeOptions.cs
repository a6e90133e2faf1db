using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Platform.Gateway;

/// <summary>Which web pages may call us from a browser.</summary>
internal sealed class BrowserOptions : IValidatableObject
{
    public const string Section = "Cors";

    /// <summary>Exact origins, e.g. <c>https://console.example.id</c>; empty means that no page of another origin may.</summary>
    public string[] Origins { get; init; } = [];

    // An origin that is not spelled as browsers spell it would never match, and "*" would match everything.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from origin in Origins
        where !(Uri.TryCreate(origin, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                && address.GetLeftPart(UriPartial.Authority) == origin)
        select new ValidationResult(
            $"{Section}:Origins must be spelled as browsers send them: https://console.example.id", [nameof(Origins)]);
}

/// <summary>What stands in front of the gateway.</summary>
internal sealed class IngressOptions : IValidatableObject
{
    public const string Section = "Ingress";

    /// <summary>
    /// Networks (CIDR) of an ingress whose last X-Forwarded-For entry is believed, one hop and no more. Empty, the safe default, means
    /// that callers connect to the gateway directly.
    /// </summary>
    public string[] TrustedNetworks { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from network in TrustedNetworks
        where !IPNetwork.TryParse(network, out _)
        select new ValidationResult($"{Section}:TrustedNetworks must be networks such as 10.42.0.0/16", [nameof(TrustedNetworks)]);
}
