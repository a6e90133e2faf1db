using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Tool.Servers;

/// <summary>The ports of one private broker. All of them listen on the loopback address only.</summary>
public sealed record RabbitMqPorts(int Amqp, int Management, int Epmd, int Distribution);

/// <summary>The files that tell a RabbitMQ what it is to be: they make its user and virtual host while it boots.</summary>
internal static class RabbitMqSettings
{
    public const string User = "platform";
    public const string VirtualHost = "platform";

    public static string Configuration(RabbitMqPorts ports, string definitionsFile) => $"""
        listeners.tcp.1 = 127.0.0.1:{ports.Amqp}
        management.tcp.ip = 127.0.0.1
        management.tcp.port = {ports.Management}
        load_definitions = {definitionsFile}
        loopback_users = none
        log.console = true
        log.console.level = info
        log.file = false
        disk_free_limit.absolute = 100MB

        """;

    /// <summary>One user that may do everything in the virtual hosts "platform" (the services') and "/" (the tests').</summary>
    public static string Definitions(string password) => JsonSerializer.Serialize(new
    {
        users = new[] { Administrator(password) },
        vhosts = new[] { new { name = VirtualHost }, new { name = "/" } },
        permissions = new[] { Everything(VirtualHost), Everything("/") },
    });

    /// <summary>RabbitMQ's own scheme: base64 of a 4-byte salt followed by SHA-256 over the salt and the password.</summary>
    internal static string HashOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }

    private static object Administrator(string password) => new
    {
        name = User, password_hash = HashOf(password), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator",
    };

    private static object Everything(string virtualHost) =>
        new { user = User, vhost = virtualHost, configure = ".*", write = ".*", read = ".*" };
}
