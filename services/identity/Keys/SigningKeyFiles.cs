using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Identity.Keys;

/// <summary>The directory of signing keys does not hold what it must; the message names the setting and the file.</summary>
internal sealed class SigningKeyException(string message, Exception? cause = null) : Exception(message, cause);

internal static class SigningKeyFiles
{
    private const string Setting = "Identity:SigningKeysDirectory";
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <returns>The keys, oldest first by file name. At least one.</returns>
    /// <exception cref="SigningKeyException">No directory, no key, or a file that is not a P-256 private key.</exception>
    public static IReadOnlyList<ECDsaSecurityKey> Read(string? directory)
    {
        if (string.IsNullOrWhiteSpace(directory) || !Directory.Exists(directory))
            throw new SigningKeyException($"{Setting} must name an existing directory with the keys that sign access tokens.");
        var files = Directory.GetFiles(directory, "*.pem").Order(StringComparer.Ordinal).ToList();
        return files.Count > 0
            ? [.. files.Select(ReadKey)]
            : throw new SigningKeyException($"{Setting} holds no *.pem file; put an EC P-256 private key (PKCS#8) there.");
    }

    private static ECDsaSecurityKey ReadKey(string file)
    {
        var key = ECDsa.Create();
        try
        {
            var text = File.ReadAllText(file);
            if (!text.Contains("-----BEGIN PRIVATE KEY-----", StringComparison.Ordinal))
                throw new CryptographicException("No PKCS#8 private key.");
            key.ImportFromPem(text);
            if (key.ExportParameters(false).Curve.Oid.Value != P256)
                throw new CryptographicException("Another curve.");
            return new(key) { KeyId = Thumbprint(key) };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new SigningKeyException(
                $"{Setting}: {Path.GetFileName(file)} is not a readable EC P-256 private key in PKCS#8 PEM form.", e);
        }
    }

    /// <summary>RFC 7638: the key's name is a hash of its public half, so that it is the same wherever the key is.</summary>
    private static string Thumbprint(ECDsa key) =>
        Base64UrlEncoder.Encode(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(key)).ComputeJwkThumbprint());
}
