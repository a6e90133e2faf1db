namespace Platform.Simulators.Kubernetes.Tests;

public sealed class DeletingTests
{
    private const string Maps = "/api/v1/namespaces/shop/configmaps";

    [Fact]
    public async Task A_finalizer_keeps_a_deleted_object_until_it_is_taken_off()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Create(Maps, """{"metadata":{"name":"held","finalizers":["example.com/hold"]}}""");

        var marked = await cluster.Delete($"{Maps}/held");
        var present = await cluster.Get($"{Maps}/held");
        await cluster.Patch($"{Maps}/held", "application/merge-patch+json", """{"metadata":{"finalizers":null}}""");

        marked.Text("kind").ShouldBe("ConfigMap");
        present.Text("metadata", "deletionTimestamp").ShouldNotBeNull();
        ((int)(await cluster.Http.GetAsync($"{Maps}/held")).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task An_object_whose_owner_is_gone_is_collected()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        var owner = await cluster.Create(Maps, """{"metadata":{"name":"owner"}}""");
        await cluster.Create(Maps, Owned("owned", owner.Text("metadata", "uid")!));
        await cluster.Create(Maps, Owned("astray", "00000000-0000-4000-8000-000000000000"));

        await cluster.UntilGone($"{Maps}/astray");
        (await cluster.Get($"{Maps}/owned")).Name().ShouldBe("owned");
        await cluster.Delete($"{Maps}/owner");
        await cluster.UntilGone($"{Maps}/owned");
    }

    [Fact]
    public async Task Orphaning_leaves_the_dependents_without_their_owner()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        var owner = await cluster.Create(Maps, """{"metadata":{"name":"owner"}}""");
        await cluster.Create(Maps, Owned("owned", owner.Text("metadata", "uid")!));

        await cluster.Delete($"{Maps}/owner", """{"propagationPolicy":"Orphan"}""");
        await cluster.UntilGone($"{Maps}/owner");

        (await cluster.Get($"{Maps}/owned")).At("metadata", "ownerReferences").ShouldBeNull();
    }

    [Fact]
    public async Task A_foreground_deletion_waits_for_what_is_below()
    {
        await using var cluster = await Cluster.Start("quick");
        var path = await cluster.Web();
        await cluster.UntilRolledOut(path);

        var marked = await cluster.Delete(path, """{"propagationPolicy":"Foreground"}""");
        marked.At("metadata", "finalizers")!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain("foregroundDeletion");
        (await cluster.Pods()).Count.ShouldBe(1);
        await cluster.UntilGone(path);

        (await cluster.Pods()).ShouldBeEmpty();
        (await cluster.Get("/apis/apps/v1/namespaces/shop/replicasets")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_namespace_empties_takes_nothing_new_and_goes()
    {
        await using var cluster = await Cluster.Start("quick");
        var path = await cluster.Web();
        await cluster.UntilRolledOut(path);
        await cluster.Create(Maps, """{"metadata":{"name":"held","finalizers":["example.com/hold"]}}""");

        var marked = await cluster.Delete("/api/v1/namespaces/shop");
        var refused = await cluster.Create(Maps, """{"metadata":{"name":"late"}}""", 403);
        await cluster.UntilGone(path);
        var stuck = await cluster.Until("/api/v1/namespaces/shop", body =>
            body.Condition("NamespaceFinalizersRemaining").Text("status") == "True", "the finalizer is reported");
        await cluster.Patch($"{Maps}/held", "application/json-patch+json", """[{"op":"remove","path":"/metadata/finalizers"}]""");
        await cluster.UntilGone("/api/v1/namespaces/shop");

        marked.Text("status", "phase").ShouldBe("Terminating");
        refused.Text("reason").ShouldBe("Forbidden");
        refused.Text("details", "causes", "0", "reason").ShouldBe("NamespaceTerminating");
        stuck.Condition("NamespaceFinalizersRemaining").Text("message")!.ShouldContain("example.com/hold in 1 resource instances");
        (await cluster.Get("/api/v1/pods")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_namespace_has_a_service_account_and_the_root_certificate()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace("fresh");

        (await cluster.Get($"{ns}/serviceaccounts/default")).Name().ShouldBe("default");
        await cluster.Until(
            $"{ns}/configmaps", list => list.Items().Any(item => item.Name() == "kube-root-ca.crt"), "the certificate is there");
        (await cluster.Get(ns)).Text("metadata", "labels", "kubernetes.io/metadata.name").ShouldBe("fresh");
    }

    [Fact]
    public async Task A_claim_in_use_outlives_its_deletion_until_its_pod_is_gone()
    {
        await using var cluster = await Cluster.Start();
        const string Claim = "/api/v1/namespaces/shop/persistentvolumeclaims/data";
        await cluster.Namespace();
        await cluster.Apply(Claim, "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}");
        var path = await cluster.Web();
        await cluster.Patch(path, "application/strategic-merge-patch+json", """
            {"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]}}}}
            """);
        await cluster.UntilRolledOut(path);
        (await cluster.Get(Claim)).Text("status", "phase").ShouldBe("Bound");

        await cluster.Delete(Claim);
        (await cluster.Get(Claim)).Text("metadata", "deletionTimestamp").ShouldNotBeNull();
        await cluster.Delete(path);

        await cluster.UntilGone(Claim);
    }

    [Fact]
    public async Task A_deletion_with_another_uid_in_mind_is_a_conflict()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Create(Maps, """{"metadata":{"name":"a"}}""");

        var refused = await cluster.Delete($"{Maps}/a", """{"preconditions":{"uid":"another"}}""", 409);

        refused.Text("message")!.ShouldContain("Precondition failed: UID in precondition: another");
    }

    [Fact]
    public async Task Many_objects_are_deleted_by_a_selector()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Apply($"{Maps}/a", "metadata: {labels: {x: y}}");
        await cluster.Apply($"{Maps}/b", "metadata: {labels: {x: z}}");

        await cluster.Delete($"{Maps}?labelSelector=x=y");

        var left = (await cluster.Get(Maps)).Items().Select(item => item.Name()).ToList();
        left.ShouldContain("b");
        left.ShouldNotContain("a");
    }

    private static string Owned(string name, string uid) => $$$"""
        {"metadata":{"name":"{{{name}}}","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{{uid}}}"}]}}
        """;
}
