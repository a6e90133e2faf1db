using System.Globalization;
using System.Security.Cryptography;

namespace Platform.Tool.Layout;

/// <summary>The first key that identity signs its tokens with: EC P-256, PKCS#8, one PEM file per key.</summary>
internal static class SigningKey
{
    public static void EnsureOne(PlatformLayout layout, TimeProvider clock)
    {
        if (Directory.EnumerateFiles(layout.Keys, "es256-*.pem").Any())
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var day = clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2));
        PrivateFile.Write(Path.Combine(layout.Keys, $"es256-{day}-{mark}.pem"), key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
