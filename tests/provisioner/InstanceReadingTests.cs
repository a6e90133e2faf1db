using System.Net;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Provisioner.Tests.FakeCluster;

namespace Platform.Provisioner.Tests;

public sealed class InstanceReadingTests(ProvisionerHost provisioner) : IClassFixture<ProvisionerHost>
{
    private static readonly string[] Row =
    [
        "id", "subscriptionId", "name", "subdomain", "namespace", "podName", "serviceName", "ingressName",
        "deploymentName", "status", "healthStatus",
        "lastHealthCheck", "envVars", "customDomain", "sslEnabled", "cpuUsage", "memoryUsage", "storageUsage",
        "publicUrl", "adminUrl", "createdAt",
        "updatedAt", "lastStarted", "lastStopped", "subscription",
    ];

    [Fact]
    public async Task The_owner_sees_own_instances_in_the_documented_shape_with_secrets_masked()
    {
        var order = await provisioner.RunningAsync();

        var data = await ReadAsync(order.UserId, "/api/instances");

        data["total"]!.GetValue<int>().ShouldBe(1);
        var row = data["instances"]![0]!.AsObject();
        row.Select(member => member.Key).ShouldBe(Row);
        row["status"]!.GetValue<string>().ShouldBe("RUNNING");
        row["healthStatus"]!.GetValue<string>().ShouldBe("Healthy");
        row["sslEnabled"]!.GetValue<bool>().ShouldBeTrue();
        row["envVars"]!["N8N_ENCRYPTION_KEY"]!.GetValue<string>().ShouldBe("********");
        row["envVars"]!["N8N_PORT"]!.GetValue<string>().ShouldBe("{{port}}");
    }

    [Fact]
    public async Task Ended_instances_are_shown_when_asked_for_and_the_status_filter_counts()
    {
        var ended = await provisioner.RunningAsync();
        var running = await provisioner.RunningAsync(ended.UserId);
        await provisioner.Bus.SayAsync(ProvisionerHost.EndOf(ended));
        await provisioner.TerminatedAsync(ended);

        async Task<IEnumerable<string>> Ids(string query) =>
            (await ReadAsync(ended.UserId, $"/api/instances{query}"))["instances"]!.AsArray().Select(row => row!["id"]!.GetValue<string>());

        (await Ids("")).ShouldBe([$"{running.InstanceId}"]);
        (await Ids("?includeTerminated=true")).Count().ShouldBe(2);
        (await Ids("?status=TERMINATED")).ShouldBe([$"{ended.InstanceId}"]);
        (await Ids("?status=ERROR")).ShouldBeEmpty();
        (await provisioner.As(ended.UserId).GetAsync("/api/instances?status=WHATEVER")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/logs")]
    [InlineData("/logs?follow=true")]
    public async Task Somebody_elses_instance_does_not_exist(string part)
    {
        var order = await provisioner.RunningAsync();

        (await provisioner.As(provisioner.NewId()).GetAsync($"/api/instances/{order.InstanceId}{part}")).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await provisioner.As(order.UserId).GetAsync($"/api/instances/{provisioner.NewId()}{part}")).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await provisioner.Anonymous().GetAsync($"/api/instances/{order.InstanceId}{part}")).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task One_instance_comes_with_its_pods_and_addresses_and_without_them_when_the_cluster_is_away()
    {
        var order = await provisioner.RunningAsync();

        var data = await ReadAsync(order.UserId, $"/api/instances/{order.InstanceId}");
        data.AsObject().Select(member => member.Key).ShouldBe(["instance", "kubernetesStatus", "urls", "ssl"]);
        data["kubernetesStatus"]!.AsObject().Select(member => member.Key)
            .ShouldBe(["pods", "namespace", "deployment", "service", "ingress"]);
        data["kubernetesStatus"]!["pods"]![0]!.AsObject().Select(member => member.Key)
            .ShouldBe(["name", "status", "ready", "restarts", "createdAt"]);
        data["ssl"]!.ToJsonString().ShouldBe("""{"enabled":true,"status":"Active"}""");

        provisioner.Cluster.IsAway = true;
        var away = await ReadAsync(order.UserId, $"/api/instances/{order.InstanceId}");
        var logs = await provisioner.As(order.UserId).GetAsync($"/api/instances/{order.InstanceId}/logs");
        provisioner.Cluster.IsAway = false;
        away["kubernetesStatus"].ShouldBeNull();
        away["instance"]!["status"]!.GetValue<string>().ShouldBe("RUNNING");
        logs.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        logs.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Logs_are_the_newest_pods_own_lines_once_or_as_a_stream()
    {
        var order = await provisioner.RunningAsync();
        var pod = (await provisioner.ReadyAsync(order)).PodName;
        provisioner.Store.Log(pod, "2026-11-02T03:04:05.123456789Z Editor is now accessible\n2026-11-02T03:04:06Z [ERROR] it broke\n");

        var data = await ReadAsync(order.UserId, $"/api/instances/{order.InstanceId}/logs?lines=5");
        data["logs"]!.AsArray().Count.ShouldBe(2);
        data["logs"]![0]!.ToJsonString()
            .ShouldBe("""{"timestamp":"2026-11-02T03:04:05.123Z","level":"INFO","message":"Editor is now accessible"}""");
        data["logs"]![1]!["level"]!.GetValue<string>().ShouldBe("ERROR");
        data["options"]!.ToJsonString().ShouldBe("""{"lines":5,"follow":false}""");

        var stream = await provisioner.As(order.UserId).GetAsync($"/api/instances/{order.InstanceId}/logs?follow=true");
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await stream.Content.ReadAsStringAsync();
        text.ShouldContain("event: log-data");
        text.ShouldContain("it broke");
        text.ShouldContain("event: log-end");
    }

    [Theory]
    [InlineData("lines=0")]
    [InlineData("lines=1001")]
    [InlineData("lines=many")]
    public async Task A_number_of_lines_out_of_range_is_refused(string query)
    {
        var order = await provisioner.RunningAsync();

        (await provisioner.As(order.UserId).GetAsync($"/api/instances/{order.InstanceId}/logs?{query}")).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Administrators_see_the_pods_of_the_cluster_with_their_usage_and_others_do_not()
    {
        var order = await provisioner.RunningAsync();
        var pod = (await provisioner.ReadyAsync(order)).PodName;
        Measure(order, pod, "183456789n", "231351Ki");

        (await provisioner.As(order.UserId).GetAsync("/api/admin/k8s/pods")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await provisioner.As(order.UserId, "ADMINISTRATOR").GetAsync("/api/admin/k8s/pods?namespace=../x")).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        var answer = await provisioner.As(order.UserId, "ADMINISTRATOR")
            .GetAsync($"/api/admin/k8s/pods?namespace={ProvisionerHost.NamespaceOf(order)}");
        var view = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!["pods"]![0]!.AsObject();

        view.Select(member => member.Key)
            .ShouldBe(["name", "namespace", "status", "nodeName", "podIP", "hostIP", "restarts", "createdAt", "containers",
            "metricsTimestamp", "metricsWindow"]);
        view["containers"]![0]!.AsObject().Select(member => member.Key)
            .ShouldBe(["name", "image", "ready", "resources", "usage", "ports", "volumeMounts"]);
        var usage = view["containers"]![0]!["usage"]!;
        usage["cpu"]!.ToJsonString().ShouldBe("""{"raw":"183456789n","millicores":183,"cores":0.18}""");
        usage["memory"]!.ToJsonString().ShouldBe("""{"raw":"231351Ki","bytes":236903424,"megabytes":225.93,"gigabytes":0.22}""");
        view["containers"]![0]!["resources"]!["limits"]!.ToJsonString().ShouldBe("""{"cpu":"500m","memory":"512Mi"}""");
    }

    [Fact]
    public async Task Metrics_are_of_the_newest_pod_and_the_last_sample_serves_for_a_minute()
    {
        var order = await provisioner.RunningAsync();
        var pod = (await provisioner.ReadyAsync(order)).PodName;
        (await AskAsync<InstanceMetricsUnavailable>(order.InstanceId)).Code.ShouldBe("METRICS_UNAVAILABLE");
        Measure(order, pod, "7m", "225Mi");

        var sample = await AskAsync<InstanceMetrics>(order.InstanceId);
        sample.ShouldBe(new(order.InstanceId, pod, 7, 225L << 20, provisioner.Clock.GetUtcNow()));

        provisioner.Store.MetricsAreAway = true;
        provisioner.Clock.Advance(TimeSpan.FromSeconds(60));
        (await AskAsync<InstanceMetrics>(order.InstanceId)).ShouldBe(sample);
        provisioner.Clock.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync<InstanceMetricsUnavailable>(order.InstanceId)).Code.ShouldBe("METRICS_UNAVAILABLE");
        provisioner.Store.MetricsAreAway = false;
    }

    [Fact]
    public async Task Metrics_of_what_does_not_run_are_refused_with_the_reason()
    {
        (await AskAsync<InstanceMetricsUnavailable>(provisioner.NewId())).Code.ShouldBe("NO_INSTANCE");
        provisioner.Deployments.Fate = PodFate.Starting;
        var order = provisioner.Order();
        await provisioner.Bus.SayAsync(order);
        await provisioner.SeesAsync(order, row => row.AppliedGeneration == 1);
        provisioner.Deployments.Fate = PodFate.Ready;

        (await AskAsync<InstanceMetricsUnavailable>(order.InstanceId)).Code.ShouldBe("NOT_RUNNING");
    }

    private Task<T> AskAsync<T>(Guid instance) where T : class => provisioner.Bus.AskAsync<GetInstanceMetrics, T>(new(instance));

    private async Task<JsonNode> ReadAsync(Guid user, string path)
    {
        var answer = await provisioner.As(user).GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!["data"]!;
    }

    private void Measure(ProvisionInstance order, string pod, string cpu, string memory)
    {
        var labels = provisioner.Store.All("pods")
            .Single(p => p["metadata"]!["name"]!.GetValue<string>() == pod)["metadata"]!["labels"]!.DeepClone();
        provisioner.Store.Put($"/apis/metrics.k8s.io/v1beta1/namespaces/{ProvisionerHost.NamespaceOf(order)}/pods/{pod}", new()
        {
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = ProvisionerHost.NamespaceOf(order), ["labels"] = labels },
            ["timestamp"] = provisioner.Clock.GetUtcNow(), ["window"] = "15s",
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["usage"] =
                new JsonObject { ["cpu"] = cpu, ["memory"] = memory } }),
        });
    }
}
