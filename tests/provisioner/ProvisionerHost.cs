using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Storage;
using Platform.Provisioner.Tests.FakeCluster;
using Platform.Testing;

namespace Platform.Provisioner.Tests;

/// <summary>The provisioner over a fake cluster, and a stranger on the bus who orders and listens.</summary>
public sealed class ProvisionerHost() : ServiceHost<Program, ProvisionerDbContext>("provisioner")
{
    public const string BaseDomain = "apps.example";

    public FakeApi Cluster { get; private set; } = null!;

    public TestBus Bus { get; private set; } = null!;

    internal FakeStore Store => Cluster.Store;

    internal FakeDeployments Deployments => Cluster.Store.Deployments;

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("Kubernetes:KubeconfigPath", Cluster.Kubeconfig),
        new("Kubernetes:BaseDomain", BaseDomain),
        new("Provisioner:Poll", "00:00:00.050"),
        new("Logging:LogLevel:Default", "Warning"),
    ];

    public override async ValueTask InitializeAsync()
    {
        Cluster = await FakeApi.StartAsync(Clock);
        await base.InitializeAsync();
        // A command that is sent before the service's queue exists would reach nobody.
        await Eventually.IsTrueAsync(async () => (await Anonymous().GetAsync("/health/ready")).IsSuccessStatusCode);
        Bus = await TestBus.StartAsync(Broker, (bus, endpoint) =>
        {
            bus.Hear<InstanceReady>(endpoint);
            bus.Hear<InstanceFailed>(endpoint);
            bus.Hear<InstanceTerminated>(endpoint);
            bus.Hear<InstanceProgressed>(endpoint);
            bus.Hear<InstanceChanged>(endpoint);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await base.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    public Guid NewId() => Guid.CreateVersion7(Clock.GetUtcNow());

    /// <summary>An order for an instance of a user of its own.</summary>
    public ProvisionInstance Order(Guid? user = null) =>
        new(NewId(), NewId(), NewId(), user ?? NewId(), 1, Sample.Workload, new(500, 512, 1));

    public static string NamespaceOf(ProvisionInstance order) => InstanceNames.NamespaceOf(order.UserId);

    /// <summary>
    /// Objects of a kind, of this order alone: a fault that is planted for it must not meet another instance that is looked at just now.
    /// </summary>
    public static string PathOf(ProvisionInstance order, string kind) => $"/namespaces/{NamespaceOf(order)}{kind}";

    public static string NameOf(ProvisionInstance order) => InstanceNames.NameOf(order.Workload.ServiceSlug, order.InstanceId);

    public static string DeploymentOf(ProvisionInstance order) =>
        $"/apis/apps/v1/namespaces/{NamespaceOf(order)}/deployments/{NameOf(order)}";

    public static string SecretOf(ProvisionInstance order) => $"/api/v1/namespaces/{NamespaceOf(order)}/secrets/{NameOf(order)}-env";

    public Task<InstanceReady> ReadyAsync(ProvisionInstance order, long generation = 1) =>
        Bus.HearsAsync<InstanceReady>(ready => ready.InstanceId == order.InstanceId && ready.Generation == generation);

    public Task<InstanceFailed> FailedAsync(ProvisionInstance order, long generation = 1) =>
        Bus.HearsAsync<InstanceFailed>(failed => failed.InstanceId == order.InstanceId && failed.Generation == generation);

    public Task<InstanceTerminated> TerminatedAsync(ProvisionInstance order) =>
        Bus.HearsAsync<InstanceTerminated>(ended => ended.InstanceId == order.InstanceId);

    public async Task<ProvisionInstance> RunningAsync(Guid? user = null)
    {
        var order = Order(user);
        await Bus.SayAsync(order);
        await ReadyAsync(order);
        return order;
    }

    public static TerminateInstance EndOf(ProvisionInstance order) =>
        new(order.CorrelationId, order.InstanceId, order.SubscriptionId, order.UserId, "USER");

    internal Task<Instance?> RowAsync(ProvisionInstance order) => InScopeAsync(async db => await db.Instances.FindAsync(order.InstanceId));

    /// <summary>Waits until the row is as wanted.</summary>
    internal Task<Instance?> SeesAsync(ProvisionInstance order, Func<Instance, bool> wanted) =>
        Eventually.SeesAsync(() => RowAsync(order), row => row is not null && wanted(row));
}

internal static class Sample
{
    public static readonly Workload Workload = new("n8n-automation", "n8n", "n8nio/n8n:1.110.1", 5678, "/home/node/.n8n", 1000,
        new("HTTP", "/healthz", null),
        [
            new("N8N_HOST", "{{host}}"), new("WEBHOOK_URL", "{{url}}/"), new("N8N_PORT", "{{port}}"), new("DB_NAME", "{{instance}}"),
            new("N8N_ENCRYPTION_KEY", "{{secret:encryption}}"), new("DSN",
                "postgres://app:{{secret:password}}@db/$(HOME)"), new("DB_PASSWORD", "{{secret:password}}"),
        ]);
}
