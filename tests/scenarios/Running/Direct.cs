using System.Security.Cryptography.X509Certificates;

namespace Platform.Scenarios.Running;

/// <summary>HTTP to processes of this machine, past any proxy. The clients live as long as the test process.</summary>
internal static class Direct
{
    /// <param name="address">Of the process.</param>
    /// <param name="timeout">For one call; ten seconds when it is not said.</param>
    /// <param name="certificateFile">PEM of the one certificate to trust; read when the first connection is made.</param>
    public static HttpClient To(Uri address, TimeSpan? timeout = null, string? certificateFile = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (certificateFile is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            {
                using var known = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
                return shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(known.RawData);
            };
        }

        return new(handler) { BaseAddress = address, Timeout = timeout ?? TimeSpan.FromSeconds(10) };
    }
}
