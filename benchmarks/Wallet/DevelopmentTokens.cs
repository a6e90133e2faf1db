using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// Access tokens as identity signs them, with the development key that the launcher keeps: signing in hundreds of users would measure
/// password hashing, and take minutes.
/// </summary>
internal sealed class DevelopmentTokens(SigningCredentials credentials)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public static async Task<DevelopmentTokens> ReadAsync(CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = Surroundings.Identity };
        var known = (await http.GetFromJsonAsync<JsonNode>(".well-known/jwks.json", ct))!["keys"]!.AsArray();
        foreach (var file in Directory.GetFiles(Surroundings.SigningKeys, "*.pem"))
        {
            var key = ECDsa.Create();
            key.ImportFromPem(await File.ReadAllTextAsync(file, ct));
            var x = Base64UrlEncoder.Encode(key.ExportParameters(includePrivateParameters: false).Q.X);
            if (known.FirstOrDefault(each => each!["x"]!.GetValue<string>() == x) is { } published)
            {
                var signing = new ECDsaSecurityKey(key) { KeyId = published["kid"]!.GetValue<string>() };
                return new(new(signing, SecurityAlgorithms.EcdsaSha256));
            }
        }

        throw new InvalidOperationException($"No key in {Surroundings.SigningKeys} is one that identity publishes.");
    }

    public string For(Guid user, string role) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "platform",
        Audience = "platform",
        TokenType = "at+jwt",
        Expires = TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime,
        IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        Claims = new Dictionary<string, object> { ["sub"] = user.ToString(), ["role"] = role, ["sid"] = "benchmark" },
        SigningCredentials = credentials,
    });
}
