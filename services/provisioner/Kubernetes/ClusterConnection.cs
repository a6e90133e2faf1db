using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Provisioner.Kubernetes;

/// <summary>Where the API server is and how we prove who we are. TLS is verified against the given authority, or the system's.</summary>
internal sealed class ClusterConnection : IDisposable
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static readonly TimeSpan TokenKept = TimeSpan.FromMinutes(1);

    private readonly string? tokenFile;
    private string? token;
    private long readAt;

    private ClusterConnection(Uri server, SocketsHttpHandler handler, string? token, string? tokenFile)
    {
        Server = server;
        Http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        (this.token, this.tokenFile) = (token, tokenFile);
    }

    public Uri Server { get; }

    /// <summary>Has no time limit of its own: calls, watches and log streams have different ones.</summary>
    public HttpClient Http { get; }

    /// <exception cref="ClusterConfigurationException">Something in the configuration cannot be used.</exception>
    public static ClusterConnection Open(KubernetesOptions options, bool production) =>
        options.InCluster ? FromServiceAccount() : FromKubeconfig(options.KubeconfigPath!, production);

    /// <summary>The bearer token; one from a file is read again each minute, because Kubernetes rotates it.</summary>
    public async ValueTask<string?> TokenAsync(CancellationToken ct)
    {
        if (tokenFile is null)
            return token;
        if (token is null || TimeProvider.System.GetElapsedTime(Interlocked.Read(ref readAt)) > TokenKept)
        {
            token = (await File.ReadAllTextAsync(tokenFile, ct)).Trim();
            Interlocked.Exchange(ref readAt, TimeProvider.System.GetTimestamp());
        }

        return token;
    }

    public void Dispose() => Http.Dispose();

    private static ClusterConnection FromServiceAccount()
    {
        var (host, port) = (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"));
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
            throw new ClusterConfigurationException(
                "Kubernetes:InCluster is set, but KUBERNETES_SERVICE_HOST and _PORT are not: this is no pod.");
        var tokenPath = $"{ServiceAccount}/token";
        if (!File.Exists(tokenPath))
            throw new ClusterConfigurationException(
                $"Kubernetes:InCluster is set, but no service-account token is mounted at {tokenPath}.");
        var address = host.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}/" : $"https://{host}:{port}/";
        return new(new Uri(address), Handler(Authority(ReadFile($"{ServiceAccount}/ca.crt"), "ca.crt"), null, null), null, tokenPath);
    }

    private static ClusterConnection FromKubeconfig(string path, bool production)
    {
        var (cluster, user) = Kubeconfig.Read(path).Current();
        if (!Uri.TryCreate(cluster.Server?.TrimEnd('/') + "/", UriKind.Absolute, out var server)
            || server.Scheme is not ("http" or "https"))
            throw new ClusterConfigurationException("The kubeconfig's server is not an http(s) address.");
        if (server.Scheme == "http" && !IsLoopback(server))
            throw new ClusterConfigurationException(
                "The kubeconfig's server is plain http on another machine; tokens may travel over https only.");
        if (cluster.InsecureSkipTlsVerify && production)
            throw new ClusterConfigurationException(
                "The kubeconfig says insecure-skip-tls-verify; production does not allow it. Give certificate-authority.");

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var authority = Given(cluster.CertificateAuthorityData, cluster.CertificateAuthority, folder, "certificate-authority");
        var handler = Handler(authority is null ? null : Authority(authority, "certificate-authority"), ClientCertificate(user, folder),
            cluster.TlsServerName);
        if (cluster.InsecureSkipTlsVerify)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        var tokenPath = user.TokenFile is { Length: > 0 } file ? Path.Combine(folder, file) : null;
        if (tokenPath is not null && !File.Exists(tokenPath))
            throw new ClusterConfigurationException($"The kubeconfig's tokenFile {tokenPath} does not exist.");
        return new(server, handler, tokenPath is null ? user.Token : null, tokenPath);
    }

    private static bool IsLoopback(Uri server) =>
        server.Host == "localhost" || IPAddress.TryParse(server.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    private static SocketsHttpHandler Handler(X509Certificate2Collection? authority, X509Certificate2? client, string? serverName)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            SslOptions = new SslClientAuthenticationOptions { TargetHost = serverName },
        };
        if (authority is not null)
        {
            // Only this authority counts: a certificate from a public one would prove nothing about this cluster.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authority);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (client is not null)
            handler.SslOptions.ClientCertificates = [client];
        return handler;
    }

    private static X509Certificate2? ClientCertificate(Kubeconfig.UserEntry user, string folder)
    {
        var certificate = Given(user.ClientCertificateData, user.ClientCertificate, folder, "client-certificate");
        var key = Given(user.ClientKeyData, user.ClientKey, folder, "client-key");
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
            throw new ClusterConfigurationException("The kubeconfig's user has one of client-certificate and client-key; both are needed.");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException)
        {
            throw new ClusterConfigurationException("The kubeconfig's client-certificate and client-key are not a PEM pair.");
        }
    }

    private static X509Certificate2Collection Authority(string pem, string name)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        return certificates.Count > 0 ? certificates
            : throw new ClusterConfigurationException($"The cluster's {name} is not a PEM certificate.");
    }

    private static string? Given(string? data, string? file, string folder, string name)
    {
        if (data is { Length: > 0 })
        {
            try
            {
                return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw new ClusterConfigurationException($"The kubeconfig's {name}-data is not base64.");
            }
        }

        return file is { Length: > 0 } ? ReadFile(Path.Combine(folder, file)) : null;
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConfigurationException($"The file {path} of the cluster's connection cannot be read ({e.GetType().Name}).");
        }
    }
}
