using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class RollingOutTests
{
    [Fact]
    public async Task A_deployment_becomes_available_with_pods_that_tell_where_they_run()
    {
        await using var cluster = await Cluster.Start();

        var deployment = await cluster.UntilRolledOut(await cluster.Web(replicas: 2), 2);
        var pods = await cluster.Pods();

        deployment.Condition("Available").Text("status").ShouldBe("True");
        deployment.Condition("Progressing").Text("reason").ShouldBe("NewReplicaSetAvailable");
        deployment.Text("metadata", "annotations", "deployment.kubernetes.io/revision").ShouldBe("1");
        pods.Count.ShouldBe(2);
        var set = (await cluster.Get("/apis/apps/v1/namespaces/shop/replicasets")).Items().ShouldHaveSingleItem();
        foreach (var pod in pods)
        {
            pod.Name().ShouldStartWith($"{set.Name()}-");
            pod.Text("status", "phase").ShouldBe("Running");
            pod.Condition("Ready").Text("status").ShouldBe("True");
            pod.Text("status", "hostIP")!.ShouldStartWith("192.0.2.");
            pod.Text("status", "startTime").ShouldNotBeNull();
            pod.At("status", "containerStatuses", "0", "state", "running").ShouldNotBeNull();
            pod.Text("metadata", "labels", "pod-template-hash").ShouldBe(set.Text("metadata", "labels", "pod-template-hash"));
        }

        pods.Select(pod => pod.Text("status", "podIP")).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_new_image_rolls_out_through_a_second_replica_set_without_a_gap()
    {
        await using var cluster = await Cluster.Start("quick");
        var path = await cluster.Web(replicas: 2);
        var first = await cluster.UntilRolledOut(path, 2);
        var before = (await cluster.Pods()).Select(pod => pod.Name()).ToList();
        using var watch = await WatchReader.Open(
            cluster, $"/apis/apps/v1/namespaces/shop/deployments?resourceVersion={first.Version()}");

        await cluster.Apply(path, Cluster.Manifest(2, "nginx:1.28"));
        var seen = new List<JsonNode>();
        await watch.Until("MODIFIED", body =>
        {
            seen.Add(body.DeepClone());
            return body.Condition("Progressing").Text("reason") == "NewReplicaSetAvailable"
                && body.Number("status", "observedGeneration") == 2 && body.Number("status", "replicas") == 2
                && body.Number("status", "updatedReplicas") == 2;
        });
        var sets = (await cluster.Get("/apis/apps/v1/namespaces/shop/replicasets")).Items().ToList();

        seen.ShouldAllBe(body => body.Number("status", "availableReplicas") >= 2);
        seen.ShouldAllBe(body => body.Number("status", "replicas") <= 3);
        seen.ShouldContain(body => body.Number("status", "replicas") == 3);
        sets.Select(set => set.Number("spec", "replicas")).Order().ShouldBe([0, 2]);
        sets.Select(set => set.Text("metadata", "annotations", "deployment.kubernetes.io/revision")).Order().ShouldBe(["1", "2"]);
        await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Count() == 2, "the old pods are gone");
        (await cluster.Pods()).Select(pod => pod.Name()).Intersect(before).ShouldBeEmpty();
    }

    [Fact]
    public async Task Recreate_stops_the_old_pod_before_it_starts_the_new_one()
    {
        await using var cluster = await Cluster.Start("quick");
        var path = await cluster.Web(more: "strategy: {type: Recreate}");
        await cluster.UntilRolledOut(path);
        var pods = await cluster.Get("/api/v1/namespaces/shop/pods");
        using var watch = await WatchReader.Open(cluster, $"/api/v1/namespaces/shop/pods?resourceVersion={pods.Version()}");

        await cluster.Apply(path, Cluster.Manifest(1, "nginx:1.28", "strategy: {type: Recreate}"));
        var order = new List<string>();
        while (!order.Contains("ADDED"))
        {
            order.Add((await watch.Next()).Text("type")!);
        }

        order.ShouldContain("DELETED");
        await cluster.UntilRolledOut(path);
        (await cluster.Pods()).Single().Name().ShouldNotBe(pods.Items().Single().Name());
    }

    [Fact]
    public async Task A_deployment_scales_to_nothing_and_back()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web(replicas: 2);
        await cluster.UntilRolledOut(path, 2);

        await cluster.Apply(path, Cluster.Manifest(0, "nginx:1.27"));
        await cluster.UntilRolledOut(path, 0);
        (await cluster.Pods()).ShouldBeEmpty();
        await cluster.Apply(path, Cluster.Manifest(1, "nginx:1.27"));

        await cluster.UntilRolledOut(path);
        (await cluster.Get("/apis/apps/v1/namespaces/shop/replicasets")).Items().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_killed_pod_is_replaced_by_one_with_another_name()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        await cluster.UntilRolledOut(path);
        var killed = (await cluster.Pods()).Single().Name();

        await cluster.Delete($"/api/v1/namespaces/shop/pods/{killed}");
        await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Count() == 1 && list.Items().Single().Name() != killed
            && list.Items().Single().Condition("Ready").Text("status") == "True", "another pod is ready");

        await cluster.UntilRolledOut(path);
    }

    [Fact]
    public async Task A_roll_out_that_does_not_progress_is_overdue_after_its_deadline()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"never-ready"}""");
        var path = await cluster.Web(more: "progressDeadlineSeconds: 1");

        var overdue = await cluster.Until(
            path, body => body.Condition("Progressing").Text("reason") == "ProgressDeadlineExceeded", "the deadline has passed");

        overdue.Condition("Progressing").Text("status").ShouldBe("False");
        overdue.Condition("Available").Text("status").ShouldBe("False");
        overdue.Number("status", "unavailableReplicas").ShouldBe(1);
    }

    [Fact]
    public async Task The_life_of_a_pod_is_written_down_in_events()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web());

        var events = (await cluster.Get("/api/v1/namespaces/shop/events")).Items().ToList();

        events.Select(each => each.Text("reason")).Distinct().Order().ShouldBe(
            ["Created", "Pulled", "Pulling", "ScalingReplicaSet", "Scheduled", "Started", "SuccessfulCreate"]);
        events.Single(each => each.Text("reason") == "Scheduled").Text("source", "component").ShouldBe("default-scheduler");
    }

    [Fact]
    public async Task A_claim_binds_with_its_first_consumer_and_another_class_at_once()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        const string Claims = "/api/v1/namespaces/shop/persistentvolumeclaims";
        const string Spec = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}, storageClassName: CLASS}";
        await cluster.Apply($"{Claims}/local", Spec.Replace("CLASS", "local-path"));
        await cluster.Apply($"{Claims}/unknown", Spec.Replace("CLASS", "gold"));
        await cluster.Apply($"{Claims}/quick", Spec.Replace("CLASS", "standard"));

        var bound = await cluster.Until($"{Claims}/quick", body => body.Text("status", "phase") == "Bound", "bound");
        (await cluster.Get($"{Claims}/local")).Text("status", "phase").ShouldBe("Pending");
        (await cluster.Get($"{Claims}/unknown")).Text("status", "phase").ShouldBe("Pending");
        var grown = await cluster.Patch($"{Claims}/local", "application/merge-patch+json",
            """{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}""", 403);

        bound.Text("status", "capacity", "storage").ShouldBe("2Gi");
        grown.Text("message")!.ShouldContain("must support resize");
    }

    [Fact]
    public async Task A_full_quota_shows_as_a_replica_failure_and_its_use_is_kept()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Apply("/api/v1/namespaces/shop/resourcequotas/plan", "spec: {hard: {pods: '1', limits.cpu: 150m}}");

        var path = await cluster.Web(replicas: 2);
        var failing = await cluster.Until(path, body => body.Condition("ReplicaFailure") is not null, "the failure is reported");
        var quota = await cluster.Until("/api/v1/namespaces/shop/resourcequotas/plan",
            body => body.Text("status", "used", "pods") == "1", "the use is counted");

        failing.Condition("ReplicaFailure").Text("reason").ShouldBe("FailedCreate");
        failing.Condition("ReplicaFailure").Text("message")!.ShouldContain(
            "exceeded quota: plan, requested: limits.cpu=100m,pods=1, used: limits.cpu=100m,pods=1, limited: limits.cpu=150m,pods=1");
        quota.Text("status", "used", "limits.cpu").ShouldBe("100m");

        await cluster.Apply("/api/v1/namespaces/shop/resourcequotas/plan", "spec: {hard: {pods: '3', limits.cpu: '1'}}");
        var healed = await cluster.UntilRolledOut(path, 2);
        healed.Condition("ReplicaFailure").ShouldBeNull();
    }

    [Fact]
    public async Task A_limit_range_completes_containers_and_refuses_greedy_ones()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();
        await cluster.Apply($"{ns}/limitranges/plan",
            "spec: {limits: [{type: Container, default: {memory: 64Mi}, defaultRequest: {memory: 32Mi}, max: {memory: 128Mi}}]}");

        var modest = await cluster.Create($"{ns}/pods", """{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"a:1"}]}}""");
        var greedy = await cluster.Create($"{ns}/pods", """
            {"metadata":{"name":"b"},"spec":{"containers":[{"name":"b","image":"b:1","resources":{"limits":{"memory":"1Gi"}}}]}}
            """, 403);

        modest.Text("spec", "containers", "0", "resources", "limits", "memory").ShouldBe("64Mi");
        modest.Text("spec", "containers", "0", "resources", "requests", "memory").ShouldBe("32Mi");
        greedy.Text("message").ShouldBe("pods \"b\" is forbidden: maximum memory usage per Container is 128Mi, but limit is 1Gi");
    }

    [Fact]
    public async Task A_pod_whose_secret_is_missing_waits_for_it()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web(replicas: 0);
        await cluster.Patch(path, "application/strategic-merge-patch+json", """
            {"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"web","envFrom":[{"secretRef":{"name":"keys"}}]}]}}}}
            """);

        await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Any(pod =>
            pod.Text("status", "containerStatuses", "0", "state", "waiting", "reason") == "CreateContainerConfigError"), "the pod waits");
        await cluster.Apply("/api/v1/namespaces/shop/secrets/keys", "stringData: {a: b}");

        await cluster.UntilRolledOut(path);
    }

    [Fact]
    public async Task A_pod_that_asks_for_more_than_the_nodes_have_is_not_scheduled()
    {
        await using var cluster = await Cluster.Start(settings: ["--Simulator:NodeCpu=50m"]);
        await cluster.Web();

        var list = await cluster.Until("/api/v1/namespaces/shop/pods", list => list.Items().Any(pod =>
            pod.Condition("PodScheduled").Text("reason") == "Unschedulable"), "the pod is unschedulable");

        list.Items().Single().Condition("PodScheduled").Text("message")!.ShouldStartWith("0/2 nodes are available: 2 Insufficient cpu.");
    }
}
