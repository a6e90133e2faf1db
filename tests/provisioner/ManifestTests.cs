using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Tests;

/// <summary>
/// What goes to the cluster, byte by byte. A change of a golden file is a change of every customer's objects: look at its difference.
/// With PLATFORM_WRITE_GOLDEN set to the folder of the golden files the tests write them instead of comparing.
/// </summary>
public sealed class ManifestTests
{
    private static readonly Guid User = Guid.Parse("0198f000-0000-7000-8000-0000000000aa");
    private static readonly Guid Id = Guid.Parse("0198f000-1111-7222-8333-444455556666");
    private static readonly ClusterSettings K3s = new("https", "traefik", "kube-system", null, "local-path", TimeSpan.FromMinutes(8));
    private static readonly JsonSerializerOptions Pretty = new(KubernetesJson.Wire) { WriteIndented = true };

    private static readonly Workload Postgres =
        new("postgresql", "PostgreSQL", "postgres:15.14-alpine", 5432, "/var/lib/postgresql/data", 70,
        new("EXEC", null, ["pg_isready", "-U", "$POSTGRES_USER"]),
        [new("POSTGRES_PASSWORD", "{{secret:password}}"), new("POSTGRES_DB", "app"), new("PGDATA", "/var/lib/postgresql/data/pgdata")]);

    [Fact]
    public void The_surroundings_of_a_user_are_as_recorded() => Compare("tenant.json",
        [TenantManifests.Namespace(User), .. TenantManifests.Surroundings(User, K3s, [new(500, 512, 1), new(1000, 2048, 10)])]);

    [Fact]
    public void The_objects_of_an_instance_are_as_recorded() => Compare("instance.json", Objects(Desired(Sample.Workload), K3s));

    [Fact]
    public void An_instance_with_a_certificate_and_a_probe_command_is_as_recorded() =>
        Compare("instance-postgresql.json",
            Objects(Desired(Postgres), K3s with { ClusterIssuer = "letsencrypt", StorageClassName = null }));

    [Fact]
    public void The_same_input_gives_the_same_manifests() =>
        Text(Objects(Desired(Sample.Workload), K3s)).ShouldBe(Text(Objects(Desired(Sample.Workload), K3s)));

    [Fact]
    public void Values_of_a_Secret_keep_their_dollar_signs_because_nobody_expands_them()
    {
        var content = Content(Desired(Sample.Workload), K3s);
        Plain(content["env.DSN"]).ShouldBe($"postgres://app:{Plain(content["secret.password"])}@db/$(HOME)");
        Plain(content["env.DB_PASSWORD"]).ShouldBe(Plain(content["secret.password"]));
        Plain(content["env.WEBHOOK_URL"]).ShouldBe($"https://{Desired(Sample.Workload).Host}/");
        Plain(content["env.N8N_PORT"]).ShouldBe("5678");
        Plain(content["env.DB_NAME"]).ShouldBe(Desired(Sample.Workload).Name);
    }

    [Fact]
    public void Secrets_that_exist_are_kept_and_only_missing_ones_are_made()
    {
        var existing = new Secret { Data = new() { ["secret.password"] = Convert.ToBase64String("kept"u8) } };

        var secrets = InstanceEnvironment.Complete(["encryption", "password"], existing);

        secrets["password"].ShouldBe("kept");
        secrets["encryption"].Length.ShouldBe(32);
        InstanceEnvironment.Complete(["encryption"], null)["encryption"].ShouldNotBe(secrets["encryption"]);
    }

    [Fact]
    public void A_secret_does_not_print_its_values() =>
        InstanceManifests.Secret(Desired(Sample.Workload), new() { ["secret.x"] = "aGlkZGVu" }).ToString().ShouldNotContain("aGlkZGVu");

    private static DesiredInstance Desired(Workload workload) => new(Id, Guid.Parse("0198f000-2222-7222-8333-444455556666"), User, 1,
        InstanceNames.NameOf(workload.ServiceSlug, Id), InstanceNames.HostOf(workload.ServiceSlug, Id, "apps.example"), workload, new(500,
            512, 1), 1);

    private static Dictionary<string, string> Content(DesiredInstance desired, ClusterSettings cluster) =>
        InstanceEnvironment.Content(desired, cluster,
        InstanceEnvironment.SecretNames(desired.Workload).ToDictionary(name => name, name => $"generated-{name}"));

    private static KubernetesObject[] Objects(DesiredInstance desired, ClusterSettings cluster) =>
    [
        InstanceManifests.Secret(desired, Content(desired, cluster)),
        InstanceManifests.Volume(desired, cluster.StorageClassName),
        InstanceManifests.Deployment(desired, cluster),
        InstanceManifests.Service(desired),
        InstanceManifests.Ingress(desired, cluster),
    ];

    private static string Plain(string base64) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string Text(IEnumerable<KubernetesObject> objects) =>
        new JsonArray([.. objects.Select(o => JsonSerializer.SerializeToNode(o, o.GetType(), KubernetesJson.Wire))])
            .ToJsonString(Pretty) + "\n";

    private static void Compare(string file, IEnumerable<KubernetesObject> objects)
    {
        if (Environment.GetEnvironmentVariable("PLATFORM_WRITE_GOLDEN") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, file), Text(objects));
        else
            Text(objects).ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", file)));
    }
}
