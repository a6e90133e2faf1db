using System.ComponentModel.DataAnnotations;

namespace Platform.Hosting;

/// <summary>Whose access tokens a service believes.</summary>
public sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>
    /// Where identity serves <c>/.well-known/openid-configuration</c>; the signing keys come from there and are refreshed.
    /// </summary>
    [Required, Url] public required string Authority { get; init; }

    /// <summary>The exact <c>iss</c> of our tokens; it need not be an address.</summary>
    [Required, MinLength(3)] public required string Issuer { get; init; }

    /// <summary>The exact <c>aud</c> of our tokens.</summary>
    [Required, MinLength(3)] public required string Audience { get; init; }
}
