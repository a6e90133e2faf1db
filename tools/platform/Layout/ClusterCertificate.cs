using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Tool.Layout;

/// <summary>
/// The certificate of the simulated cluster, which vouches for itself. kubectl sends a token over https only, so http would not do even
/// on the loopback address. Whoever wants to trust it finds it in the kubeconfig.
/// </summary>
internal static class ClusterCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <returns>The certificate without its key, as PEM.</returns>
    public static string LoadOrCreate(PlatformLayout layout, TimeProvider clock)
    {
        if (File.Exists(layout.ClusterCertificateFile))
        {
            using var kept = X509Certificate2.CreateFromPem(File.ReadAllText(layout.ClusterCertificateFile));
            return kept.ExportCertificatePem();
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(key).CreateSelfSigned(clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddYears(5));
        var pem = certificate.ExportCertificatePem();
        PrivateFile.Write(layout.ClusterCertificateFile, $"{pem}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return pem;
    }

    private static CertificateRequest Request(ECDsa key)
    {
        var request = new CertificateRequest("CN=Kubernetes simulator", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(ServerAuthentication)], false));
        return request;
    }
}
