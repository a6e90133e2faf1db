using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Tests.FakeCluster;
using Platform.Testing;

namespace Platform.Provisioner.Tests;

public sealed class TerminatingTests(ProvisionerHost provisioner) : IClassFixture<ProvisionerHost>
{
    [Fact]
    public async Task The_end_leaves_nothing_in_the_cluster_and_takes_the_namespace_with_the_last_instance()
    {
        var first = await provisioner.RunningAsync();
        var second = await provisioner.RunningAsync(first.UserId);
        var ns = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(first)}";

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(first));
        await provisioner.TerminatedAsync(first);
        provisioner.Store.Labelled(first.InstanceId).ShouldBeEmpty();
        provisioner.Store.Labelled(second.InstanceId).ShouldNotBeEmpty();
        provisioner.Store.Find(ns).ShouldNotBeNull();

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(second));
        await provisioner.TerminatedAsync(second);
        provisioner.Store.Find(ns).ShouldBeNull();
        (await provisioner.Bus.HearsAsync<InstanceChanged>(c => c.InstanceId == second.InstanceId && c.Status == "TERMINATED")).PodName
            .ShouldBeNull();
    }

    [Fact]
    public async Task An_end_is_told_only_when_the_namespace_is_really_gone()
    {
        var order = await provisioner.RunningAsync();
        provisioner.Store.NamespacesLinger = true;

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await provisioner.SeesAsync(order, row =>
            row is { Status: InstanceStatus.Stopping, HealthStatus: "Terminating", LeaseUntil: null, ObservedAt: not null });
        var path = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}";
        await Eventually.IsTrueAsync(() => Task.FromResult(provisioner.Store.Find(path)!["metadata"]!["deletionTimestamp"] is not null));
        provisioner.Bus.All<InstanceTerminated>().ShouldNotContain(t => t.InstanceId == order.InstanceId);

        provisioner.Store.NamespacesLinger = false;
        provisioner.Store.Remove(path);
        await provisioner.TerminatedAsync(order);
    }

    [Fact]
    public async Task An_end_before_the_beginning_is_answered_and_the_late_order_stays_dead()
    {
        var order = provisioner.Order();

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await provisioner.TerminatedAsync(order);
        await provisioner.Bus.SayAsync(order);

        await Eventually.IsTrueAsync(() =>
            Task.FromResult(provisioner.Bus.All<InstanceTerminated>().Count(t => t.InstanceId == order.InstanceId) == 2));
        provisioner.Store.Find($"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}").ShouldBeNull();
        (await provisioner.RowAsync(order))!.Workload.ShouldBeNull();
    }

    [Fact]
    public async Task An_end_during_the_deployment_leaves_nothing()
    {
        provisioner.Deployments.Fate = PodFate.Starting;
        var (slow, quick) = (provisioner.Order(), provisioner.Order());
        await provisioner.Bus.SayAsync(slow);
        await provisioner.SeesAsync(slow, row => row.AppliedGeneration == 1);

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(slow));
        await Task.WhenAll(provisioner.Bus.SayAsync(quick), provisioner.Bus.SayAsync(ProvisionerHost.EndOf(quick)));

        foreach (var order in new[] { slow, quick })
        {
            await provisioner.TerminatedAsync(order);
            provisioner.Store.Labelled(order.InstanceId).ShouldBeEmpty();
            provisioner.Bus.All<InstanceReady>().ShouldNotContain(r => r.InstanceId == order.InstanceId);
        }

        provisioner.Deployments.Fate = PodFate.Ready;
    }

    [Fact]
    public async Task Everybody_who_asks_for_the_end_is_answered()
    {
        var order = await provisioner.RunningAsync();
        var (first, second, late) =
            (ProvisionerHost.EndOf(order), ProvisionerHost.EndOf(order) with { CorrelationId = provisioner.NewId() },
            ProvisionerHost.EndOf(order) with { CorrelationId = provisioner.NewId() });

        await provisioner.Bus.SayAsync(first);
        await provisioner.Bus.SayAsync(second);
        await provisioner.Bus.HearsAsync<InstanceTerminated>(t => t.CorrelationId == first.CorrelationId);
        await provisioner.Bus.HearsAsync<InstanceTerminated>(t => t.CorrelationId == second.CorrelationId);
        await provisioner.Bus.SayAsync(late);

        await provisioner.Bus.HearsAsync<InstanceTerminated>(t => t.CorrelationId == late.CorrelationId);
    }

    [Fact]
    public async Task A_resize_of_something_that_ends_is_refused()
    {
        var order = await provisioner.RunningAsync();
        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await provisioner.TerminatedAsync(order);

        await provisioner.Bus.SayAsync(new ResizeInstance(provisioner.NewId(), order.InstanceId, 2, new(1000, 1024, 1)));

        (await provisioner.FailedAsync(order, 2)).Code.ShouldBe("TERMINATED");
    }

    [Fact]
    public async Task A_new_instance_waits_for_the_old_namespace_to_go_and_then_runs()
    {
        var old = await provisioner.RunningAsync();
        provisioner.Store.NamespacesLinger = true;
        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(old));
        var path = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(old)}";
        await Eventually.IsTrueAsync(() => Task.FromResult(provisioner.Store.Find(path)!["metadata"]!["deletionTimestamp"] is not null));
        var order = provisioner.Order(old.UserId);
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.HealthStatus == "Something older is still ending");

        provisioner.Store.NamespacesLinger = false;
        provisioner.Store.Remove(path);

        await provisioner.ReadyAsync(order);
        await provisioner.TerminatedAsync(old);
    }

    [Fact]
    public async Task An_API_error_during_the_end_is_tried_again_until_all_is_gone()
    {
        var order = await provisioner.RunningAsync();
        provisioner.Cluster.Fail("DELETE", ProvisionerHost.PathOf(order, "/persistentvolumeclaims/"), 500);
        provisioner.Cluster.Fail("DELETE", ProvisionerHost.PathOf(order, "/services/"), 409, reason: "Conflict");

        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await Eventually.IsTrueAsync(async () =>
        {
            provisioner.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await provisioner.RowAsync(order))!.TerminatedAt is not null;
        });

        provisioner.Store.Labelled(order.InstanceId).ShouldBeEmpty();
    }
}
