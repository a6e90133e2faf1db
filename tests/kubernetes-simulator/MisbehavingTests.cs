using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class MisbehavingTests
{
    private const string Maps = "/api/v1/namespaces/shop/configmaps";

    [Fact]
    public async Task A_rule_set_before_the_namespace_exists_keeps_its_pods_unready_until_it_is_cleared()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"never-ready"}""");
        var path = await cluster.Web();

        var pod = (await cluster.Until("/api/v1/namespaces/shop/pods", list =>
            list.Items().Any(each => each.Text("status", "phase") == "Running"), "the pod runs")).Items().Single();
        pod.Condition("Ready").Text("status").ShouldBe("False");
        pod.Condition("Ready").Text("reason").ShouldBe("ContainersNotReady");
        (await cluster.Get(path)).Condition("Available").Text("status").ShouldBe("False");
        await cluster.Delete("/_simulator/pods");

        await cluster.UntilRolledOut(path);
    }

    [Fact]
    public async Task A_missing_image_backs_off_and_recovers_when_it_is_there()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{"image":"nginx:*"},"behaviour":"image-missing"}""");
        var path = await cluster.Web();

        await UntilWaiting(cluster, "ErrImagePull");
        await UntilWaiting(cluster, "ImagePullBackOff");
        var events = (await cluster.Get("/api/v1/namespaces/shop/events")).Items().Select(each => each.Text("message")).ToList();
        await cluster.Delete("/_simulator/pods");

        await cluster.UntilRolledOut(path);
        events.ShouldContain("Error: ErrImagePull");
        events.ShouldContain("Back-off pulling image \"nginx:1.27\"");
    }

    [Theory]
    [InlineData("crash-loop", "Error", 1)]
    [InlineData("oom", "OOMKilled", 137)]
    public async Task A_failing_container_is_restarted_with_back_off(string behaviour, string reason, int exitCode)
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", $$$"""{"match":{"labelSelector":"app=web"},"behaviour":"{{{behaviour}}}"}""");
        await cluster.Web();

        var list = await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Any(each =>
            each.Number("status", "containerStatuses", "0", "restartCount") >= 2
            && each.Text("status", "containerStatuses", "0", "state", "waiting", "reason") == "CrashLoopBackOff"), "it crashed twice");
        var pod = list.Items().Single();
        var previous = await cluster.Http.GetStringAsync($"/api/v1/namespaces/shop/pods/{pod.Name()}/log?previous=true");

        pod.Text("status", "containerStatuses", "0", "lastState", "terminated", "reason").ShouldBe(reason);
        pod.Number("status", "containerStatuses", "0", "lastState", "terminated", "exitCode").ShouldBe(exitCode);
        previous.ShouldContain(reason == "Error" ? "giving up" : "memory is nearly used up");
    }

    [Fact]
    public async Task A_pending_rule_takes_as_many_pods_as_it_says()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"pending","times":1}""");
        await cluster.Web(replicas: 2);

        var list = await cluster.Until("/api/v1/namespaces/shop/pods", list =>
            list.Items().Count(pod => pod.Condition("Ready").Text("status") == "True") == 1
            && list.Items().Count(pod => pod.Condition("PodScheduled").Text("reason") == "Unschedulable") == 1, "one runs, one waits");

        list.Items().Count().ShouldBe(2);
        (await cluster.Get("/api/v1/namespaces/shop/events")).Items().ShouldContain(each => each.Text("reason") == "FailedScheduling");
    }

    [Fact]
    public async Task Held_pods_become_ready_when_they_are_released()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{},"behaviour":"hold"}""");
        var path = await cluster.Web();
        await cluster.Until("/api/v1/namespaces/shop/pods", list =>
            list.Items().Any(each => each.Text("status", "phase") == "Running"), "the pod runs");

        (await cluster.Control("release", """{"match":{"namespace":"elsewhere"}}""")).Number("released").ShouldBe(0);
        (await cluster.Control("release")).Number("released").ShouldBe(1);

        await cluster.UntilRolledOut(path);
    }

    [Fact]
    public async Task Releasing_while_pods_start_does_not_stop_the_cluster()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{},"behaviour":"hold"}""");
        var path = await cluster.Web(replicas: 20);

        for (var i = 0; i < 300; i++)
        {
            await cluster.Control("release");
        }

        await cluster.Delete("/_simulator/pods");
        await cluster.UntilRolledOut(path, 20);
    }

    [Fact]
    public async Task A_running_pod_can_be_made_to_fail()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        await cluster.UntilRolledOut(path);

        await cluster.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"crash-loop","existing":true}""");

        await UntilWaiting(cluster, "CrashLoopBackOff");
        var broken = await cluster.Until(path, body => body.Number("status", "availableReplicas") is null, "nothing is available");
        broken.Condition("Available").Text("status").ShouldBe("False");
        broken.Condition("Progressing").Text("reason").ShouldBe("NewReplicaSetAvailable");
    }

    [Fact]
    public async Task A_429_names_the_time_to_wait_and_ends_after_its_times()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Control("faults", """
            {"match":{"verb":"patch","resource":"configmaps","namespace":"shop"},"effect":{"status":429,"retryAfter":3},"times":2}
            """);

        using var content = new StringContent("data: {a: b}", null, "application/apply-patch+yaml");
        var refused = await cluster.Http.PatchAsync($"{Maps}/a?fieldManager=tests", content);
        var body = await Cluster.Read(refused, 429);
        await cluster.Apply($"{Maps}/a", "data: {a: b}", expect: 429);
        await cluster.Apply($"{Maps}/a", "data: {a: b}", expect: 201);

        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        body.Text("reason").ShouldBe("TooManyRequests");
        body.Number("details", "retryAfterSeconds").ShouldBe(3);
        var counts = (await cluster.Get("/_simulator/requests"))["requests"]!.AsArray();
        counts.Single(entry => entry.Text("resource") == "configmaps" && entry.Text("status") == "429").Number("count").ShouldBe(2);
    }

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(504, "Timeout")]
    public async Task An_error_is_answered_in_place_of_doing_the_work(int status, string reason)
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Control("faults", $$$"""{"match":{"verb":"create","resource":"configmaps"},"effect":{"status":{{{status}}}}}""");

        var refused = await cluster.Create(Maps, """{"metadata":{"name":"a"}}""", status);

        refused.Text("reason").ShouldBe(reason);
        ((int)(await cluster.Http.GetAsync($"{Maps}/a")).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_cut_connection_leaves_the_work_undone_and_one_cut_after_the_work_leaves_it_done()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Control("faults", """{"match":{"verb":"create","name":"before"},"effect":"disconnect"}""");
        await cluster.Control("faults", """{"match":{"verb":"create","labelSelector":"cut=after"},"effect":"disconnect-after-apply"}""");

        await Should.ThrowAsync<HttpRequestException>(() => cluster.Create(Maps, """{"metadata":{"name":"before"}}"""));
        await Should.ThrowAsync<HttpRequestException>(() =>
            cluster.Create(Maps, """{"metadata":{"name":"after","labels":{"cut":"after"}}}"""));

        (await cluster.Http.GetAsync($"{Maps}/before")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await cluster.Http.GetAsync($"{Maps}/after")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_can_hang_or_be_late()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("faults", """{"match":{"verb":"list","resource":"nodes"},"effect":"hang"}""");
        await cluster.Control("faults", """{"match":{"verb":"get","resource":"nodes"},"effect":{"delay":300}}""");
        using var patience = new CancellationTokenSource();

        var hanging = cluster.Http.GetAsync("/api/v1/nodes", patience.Token);
        await cluster.Until("/_simulator/faults", list => list.Items().First().Number("times") == 0, "the request hangs");
        hanging.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => hanging);
        var clock = Stopwatch.StartNew();
        await cluster.Get("/api/v1/nodes/sim-node-1");

        clock.ElapsedMilliseconds.ShouldBeGreaterThanOrEqualTo(295);
        (await cluster.Get("/api/v1/nodes")).Items().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Faults_are_listed_cleared_and_refused_when_they_make_no_sense()
    {
        await using var cluster = await Cluster.Start();
        var rule = await cluster.Control("faults", """{"match":{"resource":"nodes"},"effect":{"status":500},"times":"forever"}""");
        var wrong = await cluster.Control("faults", """{"effect":{"status":418}}""", 400);
        var alsoWrong = await cluster.Control("pods", """{"behaviour":"dance"}""", 400);

        (await cluster.Get("/_simulator/faults")).Items().Single().Text("times").ShouldBe("forever");
        await Cluster.Read(await cluster.Http.GetAsync("/api/v1/nodes"), 500);
        (await cluster.Delete($"/_simulator/faults/{rule.Number("id")}")).Number("removed").ShouldBe(1);
        await cluster.Get("/api/v1/nodes");
        wrong.Text("message")!.ShouldContain("disconnect-after-apply");
        alsoWrong.Text("message")!.ShouldContain("crash-loop");
    }

    [Fact]
    public async Task A_reset_leaves_a_new_cluster_and_ends_old_watches()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web());
        var old = (await cluster.Get("/api/v1/nodes")).Version();
        using var watch = await WatchReader.Open(cluster, $"/api/v1/nodes?resourceVersion={old}");

        await cluster.Control("reset");
        while (await watch.Next() is not null)
        {
        }

        using var late = await WatchReader.Open(cluster, $"/api/v1/nodes?resourceVersion={old}");
        (await late.Next()).Number("object", "code").ShouldBe(410);
        (await cluster.Get("/api/v1/namespaces")).Items().Select(item => item.Name())
            .ShouldBe(["default", "kube-node-lease", "kube-public", "kube-system"]);
        (await cluster.Pods()).ShouldBeEmpty();
        await cluster.UntilRolledOut(await cluster.Web());
    }

    private static Task<JsonObject> UntilWaiting(Cluster cluster, string reason) => cluster.Until(
        "/api/v1/namespaces/shop/pods",
        list => list.Items().Any(pod => pod.Text("status", "containerStatuses", "0", "state", "waiting", "reason") == reason),
        $"a container waits because of {reason}");
}
