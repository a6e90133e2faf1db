using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Keys;
using Platform.Identity.Sessions;

namespace Platform.Identity.Tokens;

/// <summary>Makes the access tokens that every service validates offline.</summary>
internal sealed class AccessTokens(SigningKeys keys, IOptions<AuthOptions> auth, IOptions<SessionSettings> sessions, TimeProvider clock)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Issue(User user, Guid session)
    {
        var now = clock.GetUtcNow();
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = auth.Value.Issuer,
            Audience = auth.Value.Audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + sessions.Value.AccessTokenLifetime).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.Id.ToString(),
                ["role"] = user.Role.OnWire(),
                ["sid"] = session.ToString(),
                ["jti"] = Guid.CreateVersion7(now).ToString(),
            },
            SigningCredentials = new(keys.Signing, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
