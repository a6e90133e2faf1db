using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Tests.FakeCluster;

namespace Platform.Provisioner.Tests;

public sealed class FailingTests(ProvisionerHost provisioner) : IClassFixture<ProvisionerHost>
{
    [Theory]
    [InlineData(PodFate.ImageMissing, "IMAGE_UNAVAILABLE")]
    [InlineData(PodFate.Crashing, "CRASH_LOOP")]
    [InlineData(PodFate.NoRoom, "UNSCHEDULABLE")]
    [InlineData(PodFate.OverQuota, "QUOTA_EXCEEDED")]
    internal async Task A_reason_that_does_not_go_away_fails_the_wish_once_after_a_minute(PodFate fate, string code)
    {
        provisioner.Deployments.Fate = fate;
        var order = provisioner.Order();
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.BrokenCode == code);
        (await provisioner.RowAsync(order))!.Status.ShouldBe(InstanceStatus.Provisioning);

        provisioner.Clock.Advance(TimeSpan.FromSeconds(61));

        var failed = await provisioner.FailedAsync(order);
        failed.Code.ShouldBe(code);
        failed.CorrelationId.ShouldBe(order.CorrelationId);
        failed.Detail.ShouldEndWith(".");
        (await provisioner.Bus.HearsAsync<InstanceChanged>(c => c.InstanceId == order.InstanceId && c.Status == "ERROR")).HealthStatus
            .ShouldNotBe("Healthy");

        // Late success changes nothing: the saga has been told, and will send the end.
        provisioner.Deployments.Release();
        provisioner.Clock.Advance(TimeSpan.FromMinutes(10));
        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await provisioner.TerminatedAsync(order);
        provisioner.Bus.All<InstanceFailed>().Count(f => f.InstanceId == order.InstanceId).ShouldBe(1);
        provisioner.Bus.All<InstanceReady>().ShouldNotContain(r => r.InstanceId == order.InstanceId);
        provisioner.Store.Labelled(order.InstanceId).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reason_that_goes_away_in_time_does_no_harm()
    {
        provisioner.Deployments.Fate = PodFate.ImageMissing;
        var order = provisioner.Order();
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.BrokenCode is not null);

        provisioner.Deployments.Release();

        await provisioner.ReadyAsync(order);
        (await provisioner.RowAsync(order))!.BrokenSince.ShouldBeNull();
    }

    [Fact]
    public async Task What_does_not_become_ready_by_its_deadline_has_failed()
    {
        provisioner.Deployments.Fate = PodFate.Starting;
        var order = provisioner.Order();
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.HealthStatus == "The application is starting");

        provisioner.Clock.Advance(TimeSpan.FromMinutes(7));
        await provisioner.SeesAsync(order, row => row.ObservedAt >= provisioner.Clock.GetUtcNow());
        provisioner.Bus.All<InstanceFailed>().ShouldNotContain(f => f.InstanceId == order.InstanceId);
        provisioner.Clock.Advance(TimeSpan.FromMinutes(1));

        (await provisioner.FailedAsync(order)).Code.ShouldBe("DEADLINE_EXCEEDED");
        provisioner.Store.Find(ProvisionerHost.DeploymentOf(order)).ShouldNotBeNull("the objects stay until the saga sends the end");
        provisioner.Deployments.Release();
    }

    [Fact]
    public async Task A_cluster_that_is_away_is_no_failure_before_the_deadline()
    {
        provisioner.Deployments.Fate = PodFate.Ready;
        var order = provisioner.Order();
        provisioner.Cluster.IsAway = true;
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.Attempts == 1);
        provisioner.Clock.Advance(TimeSpan.FromMinutes(5));
        await provisioner.SeesAsync(order, row => row.Attempts == 2);
        provisioner.Bus.All<InstanceFailed>().ShouldNotContain(f => f.InstanceId == order.InstanceId);

        provisioner.Cluster.IsAway = false;
        provisioner.Clock.Advance(TimeSpan.FromMinutes(1));

        await provisioner.ReadyAsync(order);
    }

    [Fact]
    public async Task A_cluster_that_stays_away_fails_the_wish_at_its_deadline()
    {
        var order = provisioner.Order();
        provisioner.Cluster.IsAway = true;
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.Attempts == 1);

        provisioner.Clock.Advance(TimeSpan.FromMinutes(8));

        (await provisioner.FailedAsync(order)).Code.ShouldBe("DEADLINE_EXCEEDED");
        provisioner.Cluster.IsAway = false;
    }

    [Fact]
    public async Task The_wait_that_the_server_asks_for_is_kept()
    {
        provisioner.Deployments.Fate = PodFate.Ready;
        var order = provisioner.Order();
        provisioner.Cluster.Fail("PATCH", ProvisionerHost.PathOf(order, "/deployments/"), 429, reason: "TooManyRequests", retryAfter: "30");
        await provisioner.Bus.SayAsync(order);

        var row = await provisioner.SeesAsync(order, r => r.Attempts == 1);

        (row!.NextAttemptAt - provisioner.Clock.GetUtcNow())!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
        provisioner.Clock.Advance(TimeSpan.FromSeconds(31));
        await provisioner.ReadyAsync(order);
    }

    [Theory]
    [InlineData("PATCH", "/networkpolicies/")]
    [InlineData("POST", "/secrets")]
    [InlineData("PATCH", "/persistentvolumeclaims/")]
    [InlineData("PATCH", "/deployments/")]
    [InlineData("PATCH", "/services/")]
    [InlineData("PATCH", "/ingresses/")]
    public async Task A_connection_that_is_cut_after_the_server_did_it_leads_to_the_same_end(string method, string path)
    {
        provisioner.Deployments.Fate = PodFate.Ready;
        var order = provisioner.Order();
        provisioner.Cluster.Fail(method, ProvisionerHost.PathOf(order, path), 0, afterDoing: true);
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.Attempts == 1);
        var secret = provisioner.Store.Find(ProvisionerHost.SecretOf(order))?["data"]?.ToJsonString();

        provisioner.Clock.Advance(TimeSpan.FromSeconds(1));

        await provisioner.ReadyAsync(order);
        if (secret is not null)
            provisioner.Store.Find(ProvisionerHost.SecretOf(order))!["data"]!.ToJsonString().ShouldBe(secret);
        provisioner.Bus.All<InstanceProgressed>().Where(p => p.InstanceId == order.InstanceId).GroupBy(p => p.Step)
            .ShouldAllBe(step => step.Count() == 1);
    }

    [Fact]
    public async Task A_strangers_object_is_never_taken_over()
    {
        var order = provisioner.Order();
        var path = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}/services/{ProvisionerHost.NameOf(order)}";
        provisioner.Store.Put(path,
            new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "x" }, ["spec"] =
            new System.Text.Json.Nodes.JsonObject { ["type"] = "NodePort" } });

        await provisioner.Bus.SayAsync(order);

        (await provisioner.FailedAsync(order)).Code.ShouldBe("NAME_TAKEN");
        provisioner.Store.Find(path)!["spec"]!["type"]!.GetValue<string>().ShouldBe("NodePort");
    }

    [Fact]
    public async Task A_strangers_namespace_is_never_taken_over()
    {
        var order = provisioner.Order();
        var path = $"/api/v1/namespaces/{ProvisionerHost.NamespaceOf(order)}";
        provisioner.Store.Put(path,
            new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = ProvisionerHost.NamespaceOf(order) } });

        await provisioner.Bus.SayAsync(order);

        (await provisioner.FailedAsync(order)).Code.ShouldBe("NAME_TAKEN");
        provisioner.Store.Find(path)!["metadata"]!["labels"].ShouldBeNull();
        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(order));
        await provisioner.TerminatedAsync(order);
        provisioner.Store.Find(path).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("n8nio/n8n", "A", "x")]
    [InlineData("n8nio/n8n:latest", "A", "x")]
    [InlineData("n8nio/n8n:1", "LD_PRELOAD", "x")]
    [InlineData("n8nio/n8n:1", "A-B", "x")]
    [InlineData("n8nio/n8n:1", "A", "{{subdomain}}")]
    public async Task A_workload_that_breaks_a_rule_never_reaches_the_cluster(string image, string variable, string value)
    {
        var order = provisioner.Order();
        order = order with { Workload = order.Workload with { Image = image, Environment = [new(variable, value)] } };

        await provisioner.Bus.SayAsync(order);

        (await provisioner.FailedAsync(order)).Code.ShouldBe("INVALID_WORKLOAD");
        provisioner.Cluster.Calls.ShouldNotContain(call => call.Contains(ProvisionerHost.NamespaceOf(order)));
    }

    [Fact]
    public async Task A_running_application_that_breaks_is_shown_as_it_is_and_healed_without_a_second_answer()
    {
        provisioner.Deployments.Fate = PodFate.Ready;
        var order = await provisioner.RunningAsync();

        provisioner.Deployments.Release(PodFate.Crashing);
        await provisioner.SeesAsync(order, row => row.HealthStatus!.StartsWith("Unhealthy", StringComparison.Ordinal));
        provisioner.Clock.Advance(TimeSpan.FromSeconds(61));
        await provisioner.SeesAsync(order, row => row.Status == InstanceStatus.Error);
        provisioner.Deployments.Release();

        await provisioner.SeesAsync(order, row => row is { Status: InstanceStatus.Running, HealthStatus: "Healthy" });
        provisioner.Bus.All<InstanceFailed>().ShouldNotContain(f => f.InstanceId == order.InstanceId);
        provisioner.Bus.All<InstanceReady>().Count(r => r.InstanceId == order.InstanceId).ShouldBe(1);
    }
}
