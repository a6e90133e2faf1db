using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Platform.Testing;

namespace Platform.WalletSequences.Running;

/// <summary>What a service asks identity for: its keys. The tests sign with the one that is published here.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly WebApplication app;

    private TokenIssuer(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", (HttpRequest request) =>
            Results.Json(new { issuer = TestTokens.Issuer, jwks_uri = $"http://{request.Host}/keys" }));
        var key = TestTokens.Key.ECDsa.ExportParameters(includePrivateParameters: false);
        app.MapGet("/keys", () => Results.Json(new
        {
            keys = new[]
            {
                new
                {
                    kty = "EC", crv = "P-256", alg = "ES256", use = "sig", kid = TestTokens.Key.KeyId,
                    x = Base64UrlEncoder.Encode(key.Q.X), y = Base64UrlEncoder.Encode(key.Q.Y),
                },
            },
        }));
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
