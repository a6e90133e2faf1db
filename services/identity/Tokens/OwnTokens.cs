using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Keys;
using Platform.Identity.Storage;

namespace Platform.Identity.Tokens;

/// <summary>
/// identity validates its own tokens like everybody else, with two differences: it has the keys at hand and does not fetch them from
/// itself, and it can see whether the session still lives, so an ended one is out here at once and not when its token expires.
/// </summary>
internal sealed class OwnTokens(SigningKeys keys, IOptions<AuthOptions> auth, TimeProvider clock) : IPostConfigureOptions<JwtBearerOptions>
{
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = auth.Value.Issuer };
        options.Configuration = configuration;
        options.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(configuration);
        var rules = options.TokenValidationParameters;
        rules.IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId) is { } key ? [key] : [];
        rules.TryAllIssuerSigningKeys = false;
        rules.LifetimeValidator = (notBefore, expires, _, parameters) =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return expires is { } end && now < end + parameters.ClockSkew && (notBefore is null || notBefore <= now + parameters.ClockSkew);
        };
        options.Events ??= new();
        options.Events.OnTokenValidated = LookAtSessionAsync;
    }

    private static async Task LookAtSessionAsync(TokenValidatedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var user = CurrentUser.Of(context.Principal!);
        var role = UserRoles.Parse(user.Role);
        var lives = Guid.TryParse(user.SessionId, out var session) && await services.GetRequiredService<UsersDbContext>().Sessions.AnyAsync(
            s => s.Id == session && s.UserId == user.Id && s.EndedAt == null && s.ExpiresAt > now && s.User.IsActive && s.User.Role == role,
            context.HttpContext.RequestAborted);
        if (!lives)
            context.Fail("The session of this token is ended.");
    }
}
