using Microsoft.Extensions.DependencyInjection;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Reconcile;
using Platform.Testing;

namespace Platform.Provisioner.Tests;

public sealed class DriftTests(ProvisionerHost provisioner) : IClassFixture<ProvisionerHost>
{
    [Theory]
    [InlineData("/apis/apps/v1/namespaces/{0}/deployments/{1}")]
    [InlineData("/api/v1/namespaces/{0}/services/{1}")]
    [InlineData("/apis/networking.k8s.io/v1/namespaces/{0}/ingresses/{1}")]
    [InlineData("/apis/networking.k8s.io/v1/namespaces/{0}/networkpolicies/default-deny")]
    [InlineData("/api/v1/namespaces/{0}/resourcequotas/plans")]
    public async Task What_somebody_deletes_is_made_again_at_once(string path)
    {
        var order = await provisioner.RunningAsync();
        await provisioner.SeesAsync(order, row => row.LeaseUntil is null);
        var full = path.Replace("{0}", ProvisionerHost.NamespaceOf(order), StringComparison.Ordinal)
            .Replace("{1}", ProvisionerHost.NameOf(order), StringComparison.Ordinal);

        provisioner.Store.Remove(full);

        await Eventually.IsTrueAsync(() => Task.FromResult(provisioner.Store.Find(full) is not null));
        await provisioner.SeesAsync(order, row => row is { Status: InstanceStatus.Running, HealthStatus: "Healthy" });
    }

    [Fact]
    public async Task An_edited_deployment_is_set_back()
    {
        var order = await provisioner.RunningAsync();

        provisioner.Store.Edit(ProvisionerHost.DeploymentOf(order), deployment => deployment["spec"]!["replicas"] = 7);

        await Eventually.IsTrueAsync(() =>
            Task.FromResult(provisioner.Store.Find(ProvisionerHost.DeploymentOf(order))!["spec"]!["replicas"]!.GetValue<int>() == 1));
    }

    [Fact]
    public async Task What_no_watch_tells_is_found_by_the_regular_comparison()
    {
        var order = await provisioner.RunningAsync();
        var account = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}/serviceaccounts/workload";
        provisioner.Store.Remove(account);

        provisioner.Clock.Advance(TimeSpan.FromMinutes(5));

        await Eventually.IsTrueAsync(() => Task.FromResult(provisioner.Store.Find(account) is not null));
    }

    [Fact]
    public async Task Changes_that_were_missed_while_a_watch_was_too_old_are_found_by_listing_again()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.SeesAsync(order, row => row.LeaseUntil is null);
        provisioner.Cluster.IsAway = true;
        provisioner.Store.DropWatches();
        provisioner.Store.Remove(ProvisionerHost.DeploymentOf(order));
        provisioner.Store.Compact();

        provisioner.Cluster.IsAway = false;

        await Eventually.IsTrueAsync(() => Task.FromResult(provisioner.Store.Find(ProvisionerHost.DeploymentOf(order)) is not null));
    }

    [Fact]
    public async Task A_lost_volume_is_reported_and_not_replaced_by_an_empty_one()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.SeesAsync(order, row => row is { LeaseUntil: null, VolumeUid: not null });

        provisioner.Store.Do("DELETE", $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}", null, []);

        await provisioner.SeesAsync(order, row => row is { Status: InstanceStatus.Error, BrokenCode: "DATA_LOST" });
        provisioner.Store.Labelled(order.InstanceId).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_name_of_a_replaced_pod_follows()
    {
        var order = await provisioner.RunningAsync();
        var before = (await provisioner.ReadyAsync(order)).PodName;
        provisioner.Clock.Advance(TimeSpan.FromSeconds(2));

        provisioner.Deployments.Roll(ProvisionerHost.DeploymentOf(order));

        var row = await provisioner.SeesAsync(order, r => r.PodName != before && r.HealthStatus == "Healthy");
        provisioner.Store.All("pods").Select(pod => pod["metadata"]!["name"]!.GetValue<string>()).ShouldContain(row!.PodName);
    }

    [Fact]
    public async Task Only_one_worker_holds_an_instance_and_what_a_zombie_found_is_dropped()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.SeesAsync(order, row => row.LeaseUntil is null);
        var claims = provisioner.Services.GetRequiredService<Claims>();
        var first = await Eventually.SeesAsync(() => claims.TakeAsync(order.InstanceId, default), claim => claim is not null);
        (await claims.TakeAsync(order.InstanceId, default)).ShouldBeNull();

        provisioner.Clock.Advance(TimeSpan.FromSeconds(31));
        var second = await claims.TakeAsync(order.InstanceId, default);
        await claims.SettleAsync(first!, new() { Verdict = new Verdict.Broken("CRASH_LOOP", "Too late.", AtOnce: true) }, default);

        (await provisioner.RowAsync(order))!.Status.ShouldBe(InstanceStatus.Running);
        if (second is not null)
            await claims.ReleaseAsync(second, default);
    }

    [Fact]
    public async Task Rows_that_turn_to_deletion_without_a_command_delete_nothing()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.SeesAsync(order, row => row.LeaseUntil is null);
        var before = provisioner.Store.Labelled(order.InstanceId);

        await provisioner.Database.ExecuteAsync(
            $"UPDATE provisioner.instances SET wish = 'TERMINATE', next_attempt_at = created_at WHERE id = '{order.InstanceId}'");

        await provisioner.SeesAsync(order, row => row.LeaseUntil is null && row.NextAttemptAt > provisioner.Clock.GetUtcNow());
        provisioner.Store.Labelled(order.InstanceId).ShouldBe(before);
        provisioner.Bus.All<Contracts.InstanceTerminated>().ShouldNotContain(t => t.InstanceId == order.InstanceId);
    }

    [Fact]
    public async Task Objects_that_belong_to_nobody_are_reported_and_left_alone()
    {
        var order = await provisioner.RunningAsync();
        var patrol = provisioner.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<OrphanPatrol>().Single();
        (await patrol.ReportAsync(default)).ShouldNotContain(orphan => orphan.Contains(ProvisionerHost.NamespaceOf(order)));
        var path = "/api/v1/namespaces/u-lost/services/lost";
        provisioner.Store.Put(path, new()
        {
            ["kind"] = "Service",
            ["metadata"] = new System.Text.Json.Nodes.JsonObject
            {
                ["name"] = "lost", ["namespace"] = "u-lost",
                ["labels"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["app.kubernetes.io/managed-by"] = "platform-provisioner", ["provisioner.platform/instance"] = $"{provisioner.NewId()}",
                },
            },
        });

        (await patrol.ReportAsync(default)).ShouldContain("Service u-lost/lost");
        provisioner.Store.Find(path).ShouldNotBeNull();
    }
}
