using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class ApplyTests
{
    private const string Settings = "/api/v1/namespaces/shop/configmaps/settings";

    [Fact]
    public async Task A_field_that_a_manager_no_longer_states_goes_away_unless_another_owns_it()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Apply(Settings, "data: {a: '1', b: '2', shared: x}", "first");
        await cluster.Apply(Settings, "data: {shared: x, c: '3'}", "second");

        var after = await cluster.Apply(Settings, "data: {a: '1'}", "first");

        after["data"]!.AsObject().Select(pair => pair.Key).Order().ShouldBe(["a", "c", "shared"]);
        after.Manager("first").At("fieldsV1")!.ToJsonString().ShouldBe("""{"f:data":{"f:a":{}}}""");
        after.Manager("second").At("fieldsV1")!.ToJsonString().ShouldBe("""{"f:data":{"f:c":{},"f:shared":{}}}""");
    }

    [Fact]
    public async Task Another_value_for_an_owned_field_is_a_conflict_that_force_wins_and_the_same_value_is_none()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Apply(Settings, "data: {color: red}", "first");

        var refused = await cluster.Apply(Settings, "data: {color: blue}", "second", expect: 409);
        await cluster.Apply(Settings, "data: {color: red}", "third", expect: 200);
        var forced = await cluster.Apply(Settings, "data: {color: blue}", "second", force: true);

        refused.Text("reason").ShouldBe("Conflict");
        refused.Text("message").ShouldBe("Apply failed with 1 conflict: conflict with \"first\": .data.color");
        refused.Text("details", "causes", "0", "reason").ShouldBe("FieldManagerConflict");
        refused.Text("details", "causes", "0", "field").ShouldBe(".data.color");
        forced.Text("data", "color").ShouldBe("blue");
        forced.Manager("first").ShouldBeNull();
        forced.Manager("third").ShouldBeNull();
    }

    [Fact]
    public async Task A_plain_write_takes_the_field_over_and_a_later_apply_conflicts_with_it()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        await cluster.Patch($"{path}?fieldManager=kubectl-edit", "application/merge-patch+json", """{"spec":{"replicas":3}}""");

        var refused = await cluster.Apply(path, Cluster.Manifest(1, "nginx:1.27"), expect: 409);

        refused.Text("message")!.ShouldStartWith("Apply failed with 1 conflict: conflict with \"kubectl-edit\" using apps/v1 at ");
        refused.Text("message")!.ShouldEndWith(": .spec.replicas");
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing_and_announces_nothing()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        var before = await cluster.UntilRolledOut(path);

        var after = await cluster.Apply(path, Cluster.Manifest(1, "nginx:1.27"));

        after.Version().ShouldBe(before.Version());
        JsonNode.DeepEquals(after, before).ShouldBeTrue();
    }

    [Fact]
    public async Task Items_of_keyed_lists_are_owned_one_by_one()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web(replicas: 0);
        await cluster.Apply(path, """
            {"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[
              {"name":"web","env":[{"name":"PROXY","value":"on"}]},{"name":"mesh","image":"mesh:1"}]}}}}
            """, "mesh");

        var after = await cluster.Apply(path, Cluster.Manifest(0, "nginx:1.28").Replace("containerPort: 8080", "containerPort: 9090"));

        var containers = after.At("spec", "template", "spec", "containers")!.AsArray();
        containers.Select(container => container.Text("name")).ShouldBe(["web", "mesh"]);
        containers[0].Text("image").ShouldBe("nginx:1.28");
        containers[0].Text("env", "0", "name").ShouldBe("PROXY");
        containers[0].At("ports")!.AsArray().Select(port => port.Number("containerPort")).ShouldBe([9090]);
        after.Manager("mesh").At("fieldsV1", "f:spec", "f:template", "f:spec", "f:containers")!.AsObject()
            .Select(item => item.Key).ShouldBe(["k:{\"name\":\"mesh\"}", "k:{\"name\":\"web\"}"]);
        after.Manager("tests").At("fieldsV1", "f:spec", "f:template", "f:spec", "f:containers", "k:{\"name\":\"web\"}", "f:ports")!
            .AsObject().Select(item => item.Key).ShouldBe(["k:{\"containerPort\":9090,\"protocol\":\"TCP\"}"]);
    }

    [Fact]
    public async Task Defaults_belong_to_nobody_and_rules_of_an_ingress_are_one_value()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        const string Path = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web";
        const string Rules = "spec: {rules: [{host: HOST, http: {paths: [{path: /, pathType: Prefix, backend: "
            + "{service: {name: w, port: {number: 80}}}}]}}]}";
        await cluster.Apply(Path, Rules.Replace("HOST", "a.example"), "first");

        var refused = await cluster.Apply(Path, Rules.Replace("HOST", "b.example"), "second", expect: 409);
        var deployment = await cluster.Get(await cluster.Web(replicas: 0));

        refused.Text("details", "causes", "0", "field").ShouldBe(".spec.rules");
        deployment.Text("spec", "strategy", "type").ShouldBe("RollingUpdate");
        deployment.Manager("tests").At("fieldsV1", "f:spec", "f:strategy").ShouldBeNull();
    }

    [Fact]
    public async Task An_apply_needs_a_manager_and_refuses_fields_that_do_not_exist()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();

        var nameless = await cluster.Patch(Settings, "application/apply-patch+yaml", "data: {a: b}", 422);
        var strict = await cluster.Patch(
            $"{Settings}?fieldManager=tests&fieldValidation=Strict", "application/apply-patch+yaml", "dada: {a: b}", 500);

        nameless.Text("message")!.ShouldContain("fieldManager: Required value");
        strict.Text("message")!.ShouldContain(".dada: field not declared in schema");
    }

    [Fact]
    public async Task A_manager_that_stops_stating_replicas_leaves_them_to_who_scales()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web(replicas: 1);
        await cluster.Patch($"{path}/scale?fieldManager=scaler", "application/merge-patch+json", """{"spec":{"replicas":2}}""");

        var after = await cluster.Apply(path, Cluster.Manifest(null, "nginx:1.27"));

        after.Number("spec", "replicas").ShouldBe(2);
        after.Manager("scaler").Text("subresource").ShouldBe("scale");
    }
}
