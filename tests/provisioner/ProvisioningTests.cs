using System.Text;
using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Tests.FakeCluster;
using Platform.Testing;

namespace Platform.Provisioner.Tests;

public sealed class ProvisioningTests(ProvisionerHost provisioner) : IClassFixture<ProvisionerHost>
{
    [Fact]
    public async Task An_order_ends_with_a_running_application_and_every_step_told_once()
    {
        var order = provisioner.Order();

        await provisioner.Bus.SayAsync(order);

        var ready = await provisioner.ReadyAsync(order);
        ready.CorrelationId.ShouldBe(order.CorrelationId);
        ready.PodName.ShouldStartWith(ProvisionerHost.NameOf(order));
        var changed = await provisioner.Bus.HearsAsync<InstanceChanged>(c => c.InstanceId == order.InstanceId && c.Status == "RUNNING");
        changed.HealthStatus.ShouldBe("Healthy");
        changed.PodName.ShouldBe(ready.PodName);
        changed.CorrelationId.ShouldBe(order.SubscriptionId);
        changed.PublicUrl.ShouldBe($"https://{changed.Subdomain}");
        changed.Subdomain.ShouldMatch("^n8n-automation-[a-z2-7]{8}\\.apps\\.example$");
        string[] steps = ["NAMESPACE", "SECRET", "VOLUME", "DEPLOYMENT_APPLIED", "SERVICE", "INGRESS", "POD_SCHEDULED", "IMAGE_PULLED",
            "POD_READY", "ROUTE_LIVE"];
        await provisioner.Bus.HearsAsync<InstanceProgressed>(p => p.InstanceId == order.InstanceId && p.Step == "ROUTE_LIVE");
        provisioner.Bus.All<InstanceProgressed>().Where(p => p.InstanceId == order.InstanceId).Select(p => p.Step)
            .ShouldBe(steps, ignoreOrder: true);
        var versions = provisioner.Bus.All<InstanceChanged>().Where(c => c.InstanceId == order.InstanceId).Select(c => c.Version).ToList();
        versions.Order().ShouldBe(Enumerable.Range(1, versions.Count).Select(v => (long)v));
    }

    [Fact]
    public async Task A_repeated_order_is_answered_again_and_makes_nothing_twice()
    {
        var order = await provisioner.RunningAsync();
        var first = await provisioner.ReadyAsync(order);

        await provisioner.Bus.SayAsync(order);

        await Eventually.IsTrueAsync(() =>
            Task.FromResult(provisioner.Bus.All<InstanceReady>().Count(r => r.InstanceId == order.InstanceId) == 2));
        provisioner.Bus.All<InstanceReady>().Where(r => r.InstanceId == order.InstanceId).ShouldAllBe(r => r == first);
        provisioner.Store.All("pods").Count(pod => pod["metadata"]!["namespace"]!.GetValue<string>() == ProvisionerHost.NamespaceOf(order))
            .ShouldBe(1);
    }

    [Fact]
    public async Task Generated_credentials_differ_per_instance_and_are_nowhere_but_in_the_Secret()
    {
        var (first, second) = (await provisioner.RunningAsync(), await provisioner.RunningAsync());

        var secrets = new[] { first, second }.SelectMany(order =>
            provisioner.Store.Find(ProvisionerHost.SecretOf(order))!["data"]!.AsObject())
            .Where(entry => entry.Key.StartsWith("secret.", StringComparison.Ordinal))
            .Select(entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry.Value!.GetValue<string>()))).ToList();

        secrets.Count.ShouldBe(4);
        secrets.Distinct().Count().ShouldBe(4);
        secrets.ShouldAllBe(secret => secret.Length == 32);
        var elsewhere = new StringBuilder();
        foreach (var plural in new[] { "deployments", "pods", "replicasets", "services", "ingresses", "namespaces",
            "persistentvolumeclaims", "networkpolicies" })
            elsewhere.AppendJoin('\n', provisioner.Store.All(plural).Select(o => o.ToJsonString()));
        elsewhere.AppendJoin('\n', provisioner.Bus.All<object>());
        elsewhere.Append(await provisioner.Database.QueryAsync<string>("SELECT string_agg(i::text, ' ') FROM provisioner.instances i"));
        elsewhere.Append(await provisioner.As(first.UserId).GetStringAsync($"/api/instances/{first.InstanceId}"));
        secrets.ShouldAllBe(secret => !elsewhere.ToString().Contains(secret));
    }

    [Fact]
    public async Task A_bigger_size_is_ready_only_when_the_new_pod_runs_and_the_old_one_is_gone()
    {
        var order = await provisioner.RunningAsync();
        var old = (await provisioner.ReadyAsync(order)).PodName;
        provisioner.Deployments.Fate = PodFate.OldStays;

        await provisioner.Bus.SayAsync(new ResizeInstance(provisioner.NewId(), order.InstanceId, 2, new(1000, 1024, 1)));

        await provisioner.SeesAsync(order, row => row.AppliedGeneration == 2);
        await provisioner.SeesAsync(order, row =>
            row is { Status: InstanceStatus.Provisioning, HealthStatus: "Resizing", ObservedGeneration: 1 });
        provisioner.Bus.All<InstanceReady>().ShouldNotContain(r => r.InstanceId == order.InstanceId && r.Generation == 2);

        provisioner.Deployments.Release();
        var ready = await provisioner.ReadyAsync(order, 2);
        ready.PodName.ShouldNotBe(old);
        var container = provisioner.Store.Find(ProvisionerHost.DeploymentOf(order))!["spec"]!["template"]!["spec"]!["containers"]![0]!;
        container["resources"]!["limits"]!["cpu"]!.GetValue<string>().ShouldBe("1000m");
        container["resources"]!.AsObject()["requests"]!.ToJsonString().ShouldBe(container["resources"]!["limits"]!.ToJsonString());
    }

    [Fact]
    public async Task An_older_generation_than_the_known_one_changes_nothing()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.Bus.SayAsync(new ResizeInstance(provisioner.NewId(), order.InstanceId, 3, new(1000, 1024, 1)));
        await provisioner.ReadyAsync(order, 3);

        await provisioner.Bus.SayAsync(new ResizeInstance(provisioner.NewId(), order.InstanceId, 2, new(9000, 9000, 9)));
        await provisioner.Bus.SayAsync(new ResizeInstance(provisioner.NewId(), order.InstanceId, 4, new(700, 700, 1)));

        await provisioner.ReadyAsync(order, 4);
        provisioner.Bus.All<InstanceReady>().ShouldNotContain(r => r.InstanceId == order.InstanceId && r.Generation == 2);
    }

    [Fact]
    public async Task A_resize_of_an_unknown_instance_is_answered_with_a_failure()
    {
        var wish = new ResizeInstance(provisioner.NewId(), provisioner.NewId(), 2, new(1000, 1024, 1));

        await provisioner.Bus.SayAsync(wish);

        (await provisioner.Bus.HearsAsync<InstanceFailed>(f => f.CorrelationId == wish.CorrelationId)).Code.ShouldBe("NO_INSTANCE");
    }
}
