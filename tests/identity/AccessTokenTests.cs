using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class AccessTokenTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task A_service_that_knows_only_the_published_keys_can_validate_a_token()
    {
        var user = await identity.RegisterAsync();
        var keys = new JsonWebKeySet((await identity.GetAsync("/.well-known/jwks.json")).Body);

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(user.AccessToken, new()
        {
            ValidIssuer = TestTokens.Issuer, ValidAudience = TestTokens.Audience, ValidAlgorithms = ["ES256"], ValidTypes = ["at+jwt"],
            IssuerSigningKeys = keys.GetSigningKeys(), ValidateLifetime = false,
        });

        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        var token = (JsonWebToken)result.SecurityToken;
        token.Claims.Select(claim => claim.Type).ShouldBe(["aud", "iss", "exp", "iat", "sub", "role", "sid", "jti"], ignoreOrder: true);
        token.Subject.ShouldBe(user.Id.ToString());
        (token.ValidTo - token.IssuedAt).ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task The_published_keys_are_public_and_may_be_kept_for_five_minutes()
    {
        var reply = await identity.GetAsync("/.well-known/jwks.json");

        var key = reply.At("keys")!.AsArray()[0]!.AsObject();
        key.Select(member => member.Key).ShouldBe(["kty", "use", "alg", "kid", "crv", "x", "y"]);
        reply.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        var document = OpenIdConnectConfiguration.Create((await identity.GetAsync("/.well-known/openid-configuration")).Body);
        document.Issuer.ShouldBe(TestTokens.Issuer);
        document.JwksUri.ShouldEndWith("/.well-known/jwks.json");
    }

    [Fact]
    public async Task A_token_ends_with_its_lifetime()
    {
        var user = await identity.RegisterAsync();
        identity.Clock.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(29));
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.OK);

        identity.Clock.Advance(TimeSpan.FromSeconds(2));

        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    public static TheoryData<string> Forgeries => ["none", "None", "no signature", "HS256", "role edited", "another key", "another key id",
        "path as key id", "wrong issuer", "wrong audience", "wrong type", "no expiry", "not yet valid", "embedded key", "garbage", "empty"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_token_that_identity_did_not_make_is_refused(string forgery)
    {
        var user = await identity.RegisterAsync();
        (await identity.GetAsync("/api/user/profile", await CopyAsync(user, "none of it"))).ShouldBe(HttpStatusCode.OK);

        var reply = await identity.GetAsync("/api/user/profile", await CopyAsync(user, forgery));

        reply.ShouldBe(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_looked_at()
    {
        var user = await identity.RegisterAsync();

        (await identity.GetAsync($"/api/user/profile?access_token={user.AccessToken}")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>The user's own token, signed again with the real key after one thing was made wrong.</summary>
    private async Task<string> CopyAsync(SignedInUser user, string forgery)
    {
        var (header, payload) = (Part(user.AccessToken, 0), Part(user.AccessToken, 1));
        using var real = ECDsa.Create();
        real.ImportFromPem(identity.Keys.Read("2026-01.pem"));
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = forgery is "another key" or "another key id" or "embedded key" ? foreign : real;
        switch (forgery)
        {
            case "none" or "None": header["alg"] = forgery; break;
            case "another key id": header["kid"] = "unknown"; break;
            case "path as key id": header["kid"] = "../../../../dev/null"; break;
            case "wrong type": header["typ"] = "JWT"; break;
            case "wrong issuer": payload["iss"] = "other"; break;
            case "wrong audience": payload["aud"] = "other"; break;
            case "no expiry": payload.Remove("exp"); break;
            case "not yet valid": payload["nbf"] = identity.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(); break;
            case "role edited": payload["role"] = "ADMINISTRATOR"; break;
            case "HS256": header["alg"] = "HS256"; break;
            case "embedded key": header["jwk"] = JsonNode.Parse(Jwk(foreign)); break;
        }

        var text = $"{Encode(header)}.{Encode(payload)}";
        var published = (await identity.GetAsync("/.well-known/jwks.json")).At("keys")!.AsArray()[0]!.ToJsonString();
        return forgery switch
        {
            "garbage" => "a.b.c",
            "empty" => "",
            "no signature" or "none" or "None" => text + ".",
            "HS256" => $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(published), Ascii(text)))}",
            "role edited" => $"{text}.{user.AccessToken.Split('.')[2]}",
            _ => $"{text}.{Base64Url.EncodeToString(signer.SignData(Ascii(text), HashAlgorithmName.SHA256))}",
        };
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static JsonObject Part(string token, int index) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!.AsObject();

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static string Jwk(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }
}
