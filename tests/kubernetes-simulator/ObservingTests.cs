namespace Platform.Simulators.Kubernetes.Tests;

public sealed class ObservingTests
{
    [Fact]
    public async Task A_log_starts_with_the_application_and_every_reader_sees_the_same()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web());
        var log = await LogOf(cluster);

        var first = await cluster.Http.GetStringAsync($"{log}?container=web&limitBytes=200");
        var second = await cluster.Http.GetStringAsync($"{log}?limitBytes=200");
        var tail = await cluster.Http.GetStringAsync($"{log}?tailLines=1&timestamps=true");

        first.ShouldStartWith("INFO  starting nginx:1.27 as web-");
        first.ShouldContain("listening on 0.0.0.0:8080");
        second.ShouldBe(first);
        tail.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z INFO .*\n$");
        (await cluster.Http.GetStringAsync($"{log}?sinceTime=2100-01-01T00:00:00Z")).ShouldBe("");
    }

    [Fact]
    public async Task Following_a_log_brings_new_lines_and_ends_with_the_pod()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web());
        var log = await LogOf(cluster);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var answer = await cluster.Http.GetAsync($"{log}?follow=true", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token));

        string? line;
        do
        {
            line = await lines.ReadLineAsync(patience.Token);
        }
        while (line is not null && !line.Contains("GET /"));

        line.ShouldNotBeNull();
        await cluster.Delete("/apis/apps/v1/namespaces/shop/deployments/web");
        while (await lines.ReadLineAsync(patience.Token) is not null)
        {
        }
    }

    [Fact]
    public async Task A_container_that_has_not_started_has_no_log()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{},"behaviour":"pending"}""");
        await cluster.Web();
        await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Any(), "the pod is there");
        var log = await LogOf(cluster);

        var waiting = await Cluster.Read(await cluster.Http.GetAsync(log), 400);
        var previous = await Cluster.Read(await cluster.Http.GetAsync($"{log}?previous=true"), 400);
        var other = await Cluster.Read(await cluster.Http.GetAsync($"{log}?container=none"), 400);

        waiting.Text("message")!.ShouldContain("is waiting to start: ContainerCreating");
        previous.Text("message")!.ShouldContain("previous terminated container \"web\"");
        other.Text("message")!.ShouldContain("container none is not valid for pod");
    }

    [Fact]
    public async Task Metrics_are_those_of_running_pods_and_stay_below_their_limits()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"pending","times":1}""");
        await cluster.Web(replicas: 2);
        await cluster.Until("/api/v1/namespaces/shop/pods", list =>
            list.Items().Count(pod => pod.Text("status", "phase") == "Running") == 1 && list.Items().Count() == 2, "one of two runs");

        var list = await cluster.Get("/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app=web");
        var nodes = await cluster.Get("/apis/metrics.k8s.io/v1beta1/nodes");

        var pod = list.Items().ShouldHaveSingleItem();
        var cpu = pod.Text("containers", "0", "usage", "cpu")!;
        var memory = pod.Text("containers", "0", "usage", "memory")!;
        cpu.ShouldMatch(@"^\d+n$");
        memory.ShouldMatch(@"^\d+Ki$");
        long.Parse(cpu.TrimEnd('n'), null).ShouldBeInRange(1, 100_000_000);
        long.Parse(memory[..^2], null).ShouldBeInRange(1, 64 * 1024);
        pod.Text("kind").ShouldBe("PodMetrics");
        nodes.Items().Count().ShouldBe(2);
        (await cluster.Get($"/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/{pod.Name()}")).Text("window").ShouldBe("15s");
    }

    [Fact]
    public async Task Discovery_names_every_kind_with_its_verbs()
    {
        await using var cluster = await Cluster.Start();

        var core = await cluster.Get("/api/v1");
        var apps = await cluster.Get("/apis/apps/v1");
        var groups = await cluster.Get("/apis");
        var version = await cluster.Get("/version");

        core["resources"]!.AsArray().Select(each => each.Text("name")).ShouldBe(
        [
            "namespaces", "namespaces/status", "nodes", "nodes/status", "pods", "pods/status", "pods/log", "pods/eviction", "services",
            "services/status", "secrets", "configmaps", "serviceaccounts", "events", "resourcequotas", "resourcequotas/status",
            "limitranges", "persistentvolumeclaims", "persistentvolumeclaims/status",
        ]);
        apps["resources"]!.AsArray().Select(each => each.Text("name")).ShouldContain("deployments/scale");
        groups["groups"]!.AsArray().Select(each => each.Text("name")).ShouldContain("metrics.k8s.io");
        version.Text("minor").ShouldBe("32");
    }

    private static async Task<string> LogOf(Cluster cluster) =>
        $"/api/v1/namespaces/shop/pods/{(await cluster.Pods()).Single().Name()}/log";
}
