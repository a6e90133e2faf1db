using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Reconcile;

namespace Platform.Provisioner.Tests;

/// <summary>The policy alone: what is seen in, the verdict out.</summary>
public sealed class ReadinessTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Everything_in_place_is_ready() => Judge(Seen()).ShouldBe(new Verdict.Ready("pod-b"));

    [Fact]
    public void No_deployment_is_not_ready() => Judge(new(null, [], [])).ShouldBeOfType<Verdict.Waiting>();

    [Fact]
    public void A_deployment_that_the_controller_has_not_seen_is_not_ready() =>
        Judge(Seen(deployment: Deployment(observed: 4))).ShouldBeOfType<Verdict.Waiting>();

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Counts_that_do_not_agree_are_not_ready(int total, int updated, int available) =>
        Judge(Seen(deployment: Deployment(total: total, updated: updated, available: available))).ShouldBeOfType<Verdict.Waiting>();

    [Fact]
    public void Available_alone_is_not_ready_because_the_old_pod_makes_it_true() =>
        Judge(Seen(deployment: Deployment(updated: 0), pods: [Pod("old", 1)], sets: [Set("r1", 1, 1)]))
            .ShouldBe(new Verdict.Waiting("The old pod is ending"));

    [Fact]
    public void An_old_pod_beside_the_new_one_is_not_ready() =>
        Judge(Seen(pods: [Pod("pod-b", 2), Pod("old", 1)])).ShouldBe(new Verdict.Waiting("The old pod is ending", "pod-b"));

    [Fact]
    public void An_old_replica_set_that_still_has_pods_is_not_ready() =>
        Judge(Seen(sets: [Set("r1", 1, 1), Set("r2", 2, 1)])).ShouldBeOfType<Verdict.Waiting>();

    [Fact]
    public void A_pod_on_its_way_out_is_not_ready() =>
        Judge(Seen(pods: [Pod("pod-b", 2) with { Metadata = Meta("pod-b", 2, deleted: true) }])).ShouldBeOfType<Verdict.Waiting>();

    [Fact]
    public void The_newest_pod_counts_and_of_two_of_one_second_the_first_by_name()
    {
        Observation.Newest([Pod("a", 2, Noon), Pod("c", 2, Noon.AddSeconds(1)), Pod("b", 2, Noon.AddSeconds(1))])!.Metadata.Name
            .ShouldBe("b");
        Judge(Seen(pods: [Pod("b", 2, Noon), Pod("a", 2, Noon)])).ShouldBe(new Verdict.Ready("a"));
    }

    [Theory]
    [InlineData("ErrImagePull", "IMAGE_UNAVAILABLE")]
    [InlineData("ImagePullBackOff", "IMAGE_UNAVAILABLE")]
    [InlineData("InvalidImageName", "IMAGE_UNAVAILABLE")]
    [InlineData("CreateContainerConfigError", "REFUSED_BY_CLUSTER")]
    public void Reasons_of_a_waiting_container_are_told_apart(string reason, string code) =>
        Judge(Seen(pods: [Failing(new() { State = new(new(reason), null, null) })])).ShouldBeOfType<Verdict.Broken>().Code.ShouldBe(code);

    [Fact]
    public void A_crash_loop_counts_from_the_third_restart_also_between_two_crashes()
    {
        Judge(Seen(pods: [Failing(new() { RestartCount = 2, State = new(new("CrashLoopBackOff"), null, null) })]))
            .ShouldBeOfType<Verdict.Waiting>();
        Judge(Seen(pods: [Failing(new() { RestartCount = 3, State = new(new("CrashLoopBackOff"), null, null) })]))
            .ShouldBeOfType<Verdict.Broken>();
        var between = Judge(Seen(
            pods: [Failing(new() { RestartCount = 3, State = new(null, null, new(Noon)), LastState =
            new(null, new("OOMKilled", 137), null) })]));
        between.ShouldBeOfType<Verdict.Broken>().Detail.ShouldContain("memory");
    }

    [Fact]
    public void A_quota_that_is_full_is_told_from_other_refusals()
    {
        Judge(Seen(deployment: Refused("pods is forbidden: exceeded quota: plans"), pods: [])).ShouldBeOfType<Verdict.Broken>().Code
            .ShouldBe("QUOTA_EXCEEDED");
        Judge(Seen(deployment: Refused("violates PodSecurity"), pods: [])).ShouldBeOfType<Verdict.Broken>().Code
            .ShouldBe("REFUSED_BY_CLUSTER");
    }

    private static Verdict Judge(Observation seen) => Readiness.Judge(seen, 2, "ghost:5");

    private static Observation Seen(Deployment? deployment = null, IReadOnlyList<ReplicaSet>? sets = null, IReadOnlyList<Pod>? pods =
        null) =>
        new(deployment ?? Deployment(), sets ?? [Set("r1", 1, 0), Set("r2", 2, 1)], pods ?? [Pod("pod-b", 2)]);

    private static Deployment Deployment(long observed = 5, int total = 1, int updated = 1, int available = 1) => new()
    {
        Metadata = new() { Name = "d", Generation = 5 },
        Spec = new() { Replicas = 1 },
        Status = new()
        {
            ObservedGeneration = observed, Replicas = total, UpdatedReplicas = updated, AvailableReplicas = available, Conditions =
                [new("Available", "True")],
        },
    };

    private static Deployment Refused(string message) => Deployment() with
    {
        Status = new() { ObservedGeneration = 5, Conditions = [new("ReplicaFailure", "True", "FailedCreate", message)] },
    };

    private static ReplicaSet Set(string name, int revision, int replicas) => new()
    {
        Metadata = new() { Name = name, Annotations = new() { ["deployment.kubernetes.io/revision"] = $"{revision}" } },
        Status = new() { Replicas = replicas },
    };

    private static ObjectMeta Meta(string name, long generation, DateTimeOffset? created = null, bool deleted = false) => new()
    {
        Name = name, CreationTimestamp = created ?? Noon, DeletionTimestamp = deleted ? Noon : null,
        Annotations = new() { [Labels.Generation] = $"{generation}" },
    };

    private static Pod Pod(string name, long generation, DateTimeOffset? created = null) => new()
    {
        Metadata = Meta(name, generation, created),
        Status = new() { Phase = "Running", Conditions = [new("PodScheduled", "True"), new("Ready", "True")] },
    };

    private static Pod Failing(Pod.ContainerStatus container) => new()
    {
        Metadata = Meta("pod-b", 2),
        Status = new() { Phase = "Pending", Conditions = [new("PodScheduled", "True"), new("Ready", "False")], ContainerStatuses =
            [container] },
    };
}
