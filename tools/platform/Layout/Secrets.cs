using System.Security.Cryptography;
using System.Text.Json;

namespace Platform.Tool.Layout;

/// <summary>Every password and key of one platform, made once by chance and kept in a file that only its owner can read.</summary>
public sealed record Secrets
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public required string PostgresAdministrator { get; init; }
    public required IReadOnlyDictionary<string, string> DatabaseRoles { get; init; }
    public required string RabbitMq { get; init; }
    public required string ErlangCookie { get; init; }
    public required string DemoPassword { get; init; }
    public required string AdminPassword { get; init; }
    public required string MidtransServerKey { get; init; }
    public required string MidtransClientKey { get; init; }
    public required string MidtransMerchantId { get; init; }
    public required string KubernetesToken { get; init; }

    public static Secrets LoadOrCreate(PlatformLayout layout, IEnumerable<string> databaseRoles)
    {
        if (File.Exists(layout.SecretsFile))
        {
            return Load(layout.SecretsFile);
        }

        var secrets = Create(databaseRoles);
        PrivateFile.Write(layout.SecretsFile, JsonSerializer.Serialize(secrets, Json));
        return secrets;
    }

    private static Secrets Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Secrets>(File.ReadAllText(path))
                ?? throw new JsonException("The file holds the literal null.");
        }
        catch (JsonException broken)
        {
            throw new TroubleException(
                $"{path} can not be read as secrets", "./platform reset starts again with new ones (and empty data)", broken);
        }
    }

    private static Secrets Create(IEnumerable<string> databaseRoles) => new()
    {
        PostgresAdministrator = Hex(16),
        DatabaseRoles = databaseRoles.ToDictionary(role => role, _ => Hex(16)),
        RabbitMq = Hex(16),
        ErlangCookie = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 20),
        // Typed by people: no letters that look alike, one of each class that a password rule may ask for.
        DemoPassword = Readable(),
        AdminPassword = Readable(),
        MidtransServerKey = "SB-Mid-server-" + Hex(16),
        MidtransClientKey = "SB-Mid-client-" + Hex(8),
        MidtransMerchantId = "G" + RandomNumberGenerator.GetString("0123456789", 9),
        KubernetesToken = Hex(24),
    };

    private static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    private static string Readable() =>
        RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ", 2) + RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", 8)
        + "-" + RandomNumberGenerator.GetString("23456789", 4);
}
