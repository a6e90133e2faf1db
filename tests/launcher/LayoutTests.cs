using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Platform.Tool.Building;
using Platform.Tool.Layout;
using Platform.Tool.Running;
using Platform.Tool.Servers;

namespace Platform.Launcher.Tests;

/// <summary>Files, ports and settings, without any process.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("platform-layout-").FullName;
    private PlatformLayout Layout => new(root, Path.Combine(root, ".platform"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Secrets_are_made_once_and_differ_between_platforms()
    {
        var layout = Layout;
        layout.Create();
        var first = Secrets.LoadOrCreate(layout, Applications.DatabaseRoles);

        Secrets.LoadOrCreate(layout, Applications.DatabaseRoles).RabbitMq.ShouldBe(first.RabbitMq);
        var other = new PlatformLayout(root, Path.Combine(root, "other"));
        other.Create();
        Secrets.LoadOrCreate(other, Applications.DatabaseRoles).RabbitMq.ShouldNotBe(first.RabbitMq);
        first.MidtransServerKey.Length.ShouldBeGreaterThanOrEqualTo(32);
        first.DatabaseRoles.Values.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void One_signing_key_is_made_and_can_be_read_as_PKCS8()
    {
        var layout = Layout;
        layout.Create();
        SigningKey.EnsureOne(layout, TimeProvider.System);
        SigningKey.EnsureOne(layout, TimeProvider.System);

        var file = Directory.EnumerateFiles(layout.Keys).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldMatch(@"^es256-\d{8}-[0-9a-f]{4}\.pem$");
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        key.KeySize.ShouldBe(256);
    }

    [Fact]
    public void The_kubeconfig_names_the_cluster_s_certificate_and_is_for_its_owner_alone()
    {
        var layout = Layout;
        layout.Create();
        var certificate = ClusterCertificate.LoadOrCreate(layout, TimeProvider.System);
        ClusterCertificate.LoadOrCreate(layout, TimeProvider.System).ShouldBe(certificate);

        Kubeconfig.Write(layout, new("https://127.0.0.1:7120"), certificate, "a-token");

        var lines = File.ReadAllLines(layout.KubeconfigFile).Select(line => line.Trim()).ToList();
        lines.ShouldContain("server: https://127.0.0.1:7120");
        lines.ShouldContain("token: a-token");
        lines.ShouldContain($"certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(certificate))}");
        File.GetUnixFileMode(layout.KubeconfigFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        certificate.ShouldNotContain("PRIVATE");
        using var whole = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(layout.ClusterCertificateFile);
        whole.HasPrivateKey.ShouldBeTrue();
    }

    [Fact]
    public void A_port_that_is_taken_or_promised_is_not_chosen()
    {
        using var neighbour = new TcpListener(IPAddress.Loopback, 0);
        neighbour.Start();
        var taken = ((IPEndPoint)neighbour.LocalEndpoint).Port;
        var promised = new HashSet<int>();

        var first = Ports.Choose(taken, promised);
        first.ShouldNotBe(taken);
        Ports.Choose(first, promised).ShouldNotBe(first);
    }

    [Fact]
    public void A_build_is_due_when_a_source_appears_changes_or_goes_and_not_otherwise()
    {
        var source = Path.Combine(root, "services", "wallet", "Purse.cs");
        Directory.CreateDirectory(Path.GetDirectoryName(source)!);
        File.WriteAllText(source, "one");
        var build = new SolutionBuild(Layout, TimeProvider.System);
        var before = build.Fingerprint();

        Directory.CreateDirectory(Path.Combine(root, "artifacts"));
        File.WriteAllText(Path.Combine(root, "artifacts", "Output.cs"), "generated");
        Directory.CreateDirectory(Layout.Home);
        File.WriteAllText(Path.Combine(Layout.Home, "state.json"), "{}");
        build.Fingerprint().ShouldBe(before);

        File.WriteAllText(source, "another");
        var changed = build.Fingerprint();
        changed.ShouldNotBe(before);
        File.WriteAllText(source + ".more.cs", "");
        build.Fingerprint().ShouldNotBe(changed);
        File.Delete(source + ".more.cs");
        build.Fingerprint().ShouldBe(changed);
    }

    [Fact]
    public void The_broker_s_password_is_stored_by_its_own_scheme()
    {
        var stored = Convert.FromBase64String(RabbitMqSettings.HashOf("secret"));

        var (salt, hash) = (stored[..4], stored[4..]);
        hash.ShouldBe(SHA256.HashData([.. salt, .. "secret"u8]));
        RabbitMqSettings.Definitions("secret").ShouldNotContain("secret");
    }

    [Fact]
    public void A_lock_that_is_held_is_not_given_twice()
    {
        var file = Path.Combine(root, "lock");
        using (var first = LauncherLock.TryTake(file))
        {
            first.ShouldNotBeNull();
            LauncherLock.TryTake(file).ShouldBeNull();
        }

        using var second = LauncherLock.TryTake(file);
        second.ShouldNotBeNull();
    }
}
