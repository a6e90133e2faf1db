using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Testing;

/// <summary>Signs access tokens as identity does, with a key that the service under test is told to believe.</summary>
public static class TestTokens
{
    public const string Issuer = "platform";
    public const string Audience = "platform";
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public static ECDsaSecurityKey Key { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" };

    public static string For(Guid user, string role = "USER", DateTimeOffset? expires = null, SecurityKey? signedBy = null) =>
        Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            TokenType = "at+jwt",
            Expires = (expires ?? TimeProvider.System.GetUtcNow().AddMinutes(15)).UtcDateTime,
            IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = user.ToString(), ["role"] = role, ["sid"] = "test" },
            SigningCredentials = new(signedBy ?? Key, SecurityAlgorithms.EcdsaSha256),
        });
}
