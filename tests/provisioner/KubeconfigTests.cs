using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Tests;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    internal static string Text(string server, string cluster = "", string user = "token: fake-token", string current = "test") => $$"""
        apiVersion: v1
        kind: Config
        current-context: {{current}}
        clusters: [{name: c, cluster: { server: "{{server}}", {{cluster}} } }]
        users: [{name: u, user: { {{user}} } }]
        contexts: [{name: test, context: { cluster: c, user: u, namespace: ignored } }]
        unknown-part: {a: 1}
        """;

    [Theory]
    [InlineData("http://10.0.0.1:8080", "", "token: t", "plain http")]
    [InlineData("http://cluster.example", "", "token: t", "plain http")]
    [InlineData("ftp://localhost", "", "token: t", "not an http")]
    [InlineData("https://x", "insecure-skip-tls-verify: true", "token: t", "insecure-skip-tls-verify")]
    [InlineData("https://x", "certificate-authority-data: '%%%'", "token: t", "not base64")]
    [InlineData("https://x", "certificate-authority-data: aGFsbG8=", "token: t", "not a PEM certificate")]
    [InlineData("https://x", "certificate-authority: /does/not/exist", "token: t", "cannot be read")]
    [InlineData("https://x", "", "exec: {command: aws}", "runs a program")]
    [InlineData("https://x", "", "client-key-data: aGFsbG8=", "both are needed")]
    [InlineData("https://x", "", "tokenFile: /does/not/exist", "does not exist")]
    public void A_kubeconfig_that_can_not_be_used_in_production_is_refused_by_name(string server, string cluster, string user, string says)
    {
        File.WriteAllText(path, Text(server, cluster, user));

        Should.Throw<ClusterConfigurationException>(() => Open(production: true)).Message.ShouldContain(says);
    }

    [Fact]
    public void Development_may_skip_the_verification()
    {
        File.WriteAllText(path, Text("https://x", "insecure-skip-tls-verify: true"));

        Open(production: false).Dispose();
    }

    [Theory]
    [InlineData("http://127.0.0.1:6443")]
    [InlineData("http://localhost:6443/")]
    [InlineData("http://[::1]:6443")]
    public void Plain_http_is_fine_on_this_machine(string server)
    {
        File.WriteAllText(path, Text(server));

        using var connection = Open(production: true);

        connection.Server.AbsolutePath.ShouldBe("/");
    }

    [Fact]
    public void A_context_that_does_not_exist_and_a_file_that_is_no_YAML_are_named()
    {
        File.WriteAllText(path, Text("https://x", current: "other"));
        Should.Throw<ClusterConfigurationException>(() => Open(true)).Message.ShouldContain("'other'");
        File.WriteAllText(path, "token: [secret");
        Should.Throw<ClusterConfigurationException>(() => Open(true)).Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_token_and_a_client_certificate_are_taken_from_the_file()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate =
            request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        static string Base64(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        File.WriteAllText(path, Text("https://x", $"certificate-authority-data: {Base64(certificate.ExportCertificatePem())}",
            $"token: mine, client-certificate-data: {Base64(certificate.ExportCertificatePem())}, "
            + $"client-key-data: {Base64(key.ExportPkcs8PrivateKeyPem())}"));

        using var connection = Open(production: true);

        (await connection.TokenAsync(default)).ShouldBe("mine");
    }

    private ClusterConnection Open(bool production) =>
        ClusterConnection.Open(new() { BaseDomain = "x", KubeconfigPath = path }, production);
}
