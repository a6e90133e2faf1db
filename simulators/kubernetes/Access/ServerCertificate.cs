using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Simulators.Kubernetes.Access;

/// <summary>
/// A certificate for loopback addresses that vouches for itself. kubectl and other clients send a token over https only, so a
/// simulator with a token has to speak it.
/// </summary>
internal sealed class ServerCertificate(SimulatorOptions options)
{
    private readonly Lazy<X509Certificate2> certificate = new(() => LoadOrCreate(options.CertificateFile));

    /// <summary>Made or read when it is first asked for, which an http address never does.</summary>
    public X509Certificate2 Certificate => certificate.Value;

    private static X509Certificate2 LoadOrCreate(string? file)
    {
        if (file is not null && File.Exists(file))
        {
            return X509Certificate2.CreateFromPemFile(file);
        }

        var certificate = Create();
        if (file is not null)
        {
            Save(certificate, file);
        }

        return certificate;
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Kubernetes simulator", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(5));
    }

    private static void Save(X509Certificate2 certificate, string file)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.WriteLine(certificate.ExportCertificatePem());
        writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
    }
}
