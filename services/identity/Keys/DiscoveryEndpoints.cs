using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Platform.Hosting;

namespace Platform.Identity.Keys;

/// <summary>A public key as RFC 7517 writes it.</summary>
internal sealed record PublishedKey(
    [property: JsonPropertyName("kty")] string Type, [property: JsonPropertyName("use")] string Use,
    [property: JsonPropertyName("alg")] string Algorithm, [property: JsonPropertyName("kid")] string Id,
    [property: JsonPropertyName("crv")] string Curve, [property: JsonPropertyName("x")] string X,
    [property: JsonPropertyName("y")] string Y);

internal sealed record PublishedKeys([property: JsonPropertyName("keys")] IReadOnlyList<PublishedKey> Keys);

/// <summary>What services need to validate our tokens offline (OpenID Connect Discovery 1.0, cut to what we have).</summary>
internal sealed record DiscoveryDocument(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("jwks_uri")] string KeysAddress,
    [property: JsonPropertyName("response_types_supported")] string[] ResponseTypes,
    [property: JsonPropertyName("subject_types_supported")] string[] SubjectTypes,
    [property: JsonPropertyName("id_token_signing_alg_values_supported")] string[] Algorithms);

internal static class DiscoveryEndpoints
{
    private const string KeysPath = "/.well-known/jwks.json";

    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        var wellKnown = routes.MapGroup("").AllowAnonymous().WithTags("Discovery");
        wellKnown.MapGet(KeysPath, GetKeys).WithName("GetSigningKeys");
        wellKnown.MapGet("/.well-known/openid-configuration", GetDocument).WithName("GetDiscoveryDocument");
    }

    private static Ok<PublishedKeys> GetKeys(SigningKeys keys, HttpResponse response)
    {
        MayBeKept(response);
        return TypedResults.Ok(new PublishedKeys([.. keys.All.Select(Publish)]));
    }

    private static Ok<DiscoveryDocument> GetDocument(IOptions<AuthOptions> auth, IOptions<SigningKeyOptions> options, HttpContext http)
    {
        MayBeKept(http.Response);
        // A start without PublicUrl is refused outside Development, so that a forged Host header leads nobody elsewhere.
        var root = options.Value.PublicUrl?.TrimEnd('/') ?? $"{http.Request.Scheme}://{http.Request.Host}";
        return TypedResults.Ok(new DiscoveryDocument(
            auth.Value.Issuer, root + KeysPath, ["none"], ["public"], [SecurityAlgorithms.EcdsaSha256]));
    }

    // Converted from the public parameters alone, so that no change of the converter can ever publish the private half.
    private static PublishedKey Publish(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new("EC", "sig", SecurityAlgorithms.EcdsaSha256, key.KeyId, "P-256",
            Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }

    private static void MayBeKept(HttpResponse response) => response.Headers.CacheControl = "public, max-age=300";
}
