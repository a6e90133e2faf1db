using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class WritingTests
{
    private const string Map = """{"metadata":{"name":"settings","labels":{"a":"1"}},"data":{"color":"red"}}""";

    [Fact]
    public async Task A_request_without_the_token_is_unauthorized_and_health_is_open()
    {
        await using var cluster = await Cluster.Start();
        using var stranger = cluster.Client(null);

        var refused = await Cluster.Read(await stranger.GetAsync("/api/v1/namespaces"), 401);

        refused.Text("kind").ShouldBe("Status");
        refused.Text("reason").ShouldBe("Unauthorized");
        ((int)(await stranger.GetAsync("/version")).StatusCode).ShouldBe(200);
        (await stranger.GetStringAsync("/readyz")).ShouldBe("ok");
        (await stranger.GetStringAsync("/")).ShouldContain("simulator");
    }

    [Fact]
    public async Task Production_is_refused_in_one_line()
    {
        var problem = Should.Throw<InvalidOperationException>(() => SimulatorApp.Build(["--environment=Production"]));

        problem.Message.ShouldContain("does not start when ASPNETCORE_ENVIRONMENT is Production");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Missing_and_existing_objects_are_refused_with_their_status()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();
        await cluster.Create($"{ns}/configmaps", Map);

        var again = await cluster.Create($"{ns}/configmaps", Map, 409);
        var missing = await Cluster.Read(await cluster.Http.GetAsync("/apis/apps/v1/namespaces/shop/deployments/none"), 404);
        var homeless = await cluster.Create("/api/v1/namespaces/nowhere/configmaps", Map, 404);
        var unknown = await Cluster.Read(await cluster.Http.GetAsync("/apis/batch/v1/jobs"), 404);

        again.Text("reason").ShouldBe("AlreadyExists");
        again.Text("details", "kind").ShouldBe("configmaps");
        missing.Text("message").ShouldBe("deployments.apps \"none\" not found");
        missing.Text("details", "group").ShouldBe("apps");
        homeless.Text("message").ShouldBe("namespaces \"nowhere\" not found");
        unknown.Text("message").ShouldBe("the server could not find the requested resource");
    }

    [Fact]
    public async Task A_put_with_a_stale_version_is_a_conflict_and_changes_nothing()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();
        var first = await cluster.Create($"{ns}/configmaps", Map);
        var path = $"{ns}/configmaps/settings";
        var second = first.DeepClone().AsObject();
        second["data"]!["color"] = "blue";
        await cluster.Put(path, second);

        first["data"]!["color"] = "green";
        var refused = await cluster.Put(path, first, 409);
        var patched = await cluster.Patch(
            path, "application/merge-patch+json",
            $$$"""{"metadata":{"resourceVersion":"{{{first.Version()}}}"},"data":{"color":"green"}}""", 409);

        refused.Text("reason").ShouldBe("Conflict");
        refused.Text("message").ShouldBe(
            "Operation cannot be fulfilled on configmaps \"settings\": the object has been modified; "
            + "please apply your changes to the latest version and try again");
        patched.Text("reason").ShouldBe("Conflict");
        (await cluster.Get(path)).Text("data", "color").ShouldBe("blue");
    }

    [Fact]
    public async Task Generation_counts_changes_of_spec_only()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        var before = await cluster.UntilRolledOut(path);

        var labelled = await cluster.Patch(path, "application/merge-patch+json", """{"metadata":{"labels":{"x":"y"}}}""");
        var scaled = await cluster.Patch(path, "application/merge-patch+json", """{"spec":{"replicas":2}}""");

        labelled.Number("metadata", "generation").ShouldBe(before.Number("metadata", "generation"));
        labelled.Version().ShouldNotBe(before.Version());
        scaled.Number("metadata", "generation").ShouldBe(before.Number("metadata", "generation") + 1);
    }

    [Fact]
    public async Task A_generated_name_gets_five_letters_and_the_same_seed_gives_the_same_name()
    {
        async Task<string> Generate(int seed)
        {
            await using var cluster = await Cluster.Start(settings: $"--seed={seed}");
            return (await cluster.Create("/api/v1/namespaces", """{"metadata":{"generateName":"user-"}}""")).Name();
        }

        var name = await Generate(7);

        name.ShouldMatch("^user-[a-z0-9]{5}$");
        (await Generate(7)).ShouldBe(name);
        (await Generate(8)).ShouldNotBe(name);
    }

    [Fact]
    public async Task Each_kind_of_patch_does_what_it_says()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();
        await cluster.UntilRolledOut(path);

        var strategic = await cluster.Patch(path, "application/strategic-merge-patch+json", """
            {"spec":{"template":{"spec":{"containers":[
              {"name":"web","env":[{"name":"A","value":"1"}],"image":"nginx:1.28"},{"name":"helper","image":"busybox:1.36"}]}}}}
            """);
        var json = await cluster.Patch(path, "application/json-patch+json", """
            [{"op":"test","path":"/spec/replicas","value":1},{"op":"add","path":"/metadata/annotations/a~1b","value":"c"},
             {"op":"remove","path":"/spec/template/spec/containers/1"}]
            """);
        var failed = await cluster.Patch(path, "application/json-patch+json", """[{"op":"test","path":"/spec/replicas","value":9}]""", 422);
        var unknown = await cluster.Patch(path, "text/plain", "x", 415);

        var containers = strategic.At("spec", "template", "spec", "containers")!.AsArray();
        containers.Select(container => container.Text("name")).ShouldBe(["web", "helper"]);
        containers[0].Text("image").ShouldBe("nginx:1.28");
        containers[0].Number("ports", "0", "containerPort").ShouldBe(8080);
        json.Text("metadata", "annotations", "a/b").ShouldBe("c");
        json.At("spec", "template", "spec", "containers")!.AsArray().Count.ShouldBe(1);
        failed.Text("reason").ShouldBe("Invalid");
        unknown.Text("reason").ShouldBe("UnsupportedMediaType");
    }

    [Fact]
    public async Task Status_is_written_on_its_own_path_and_ignored_on_the_main_one()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();
        var path = $"{ns}/persistentvolumeclaims/data";
        await cluster.Create($"{ns}/persistentvolumeclaims", """
            {"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}
            """);

        var main = await cluster.Patch(path, "application/merge-patch+json", """{"status":{"phase":"Lost"}}""");
        var own = await cluster.Patch($"{path}/status", "application/merge-patch+json",
            """{"status":{"phase":"Lost"},"spec":{"volumeName":"x"}}""");

        main.Text("status", "phase").ShouldBe("Pending");
        own.Text("status", "phase").ShouldBe("Lost");
        own.At("spec", "volumeName").ShouldBeNull();
    }

    [Fact]
    public async Task What_is_invalid_is_refused_with_causes_and_unknown_fields_by_wish()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        const string Deployments = "/apis/apps/v1/namespaces/shop/deployments";
        const string Wrong = """
            {"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"other"}},"spec":{"containers":[{"name":"web"}]}}}}
            """;
        const string Surge = """
            {"metadata":{"name":"web"},"spec":{"strategy":{"rollingUpdate":{"maxSurge":"many"}},"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"a:1"}]}}}}
            """;
        const string Typo = """{"metadata":{"name":"c"},"dada":{"a":"b"}}""";

        var refused = await cluster.Create(Deployments, Wrong, 422);
        var surging = await cluster.Create(Deployments, Surge, 422);
        var mistyped = await cluster.Create(Deployments, """{"metadata":{"name":"web"},"spec":{"replicas":"two"}}""", 400);
        var strict = await cluster.Create("/api/v1/namespaces/shop/configmaps?fieldValidation=Strict", Typo, 400);
        var warned = await cluster.Http.PostAsync("/api/v1/namespaces/shop/configmaps", new StringContent(Typo, null, "application/json"));

        refused.Text("reason").ShouldBe("Invalid");
        refused.At("details", "causes")!.AsArray().Select(cause => cause.Text("field")).ShouldBe(
            ["spec.template.spec.containers[0].image", "spec.template.metadata.labels"]);
        surging.Text("details", "causes", "0", "field").ShouldBe("spec.strategy.rollingUpdate.maxSurge");
        mistyped.Text("message")!.ShouldContain("cannot unmarshal string");
        strict.Text("message")!.ShouldContain("unknown field \"dada\"");
        warned.Headers.GetValues("Warning").ShouldContain("299 - \"unknown field \\\"dada\\\"\"");
    }

    [Fact]
    public async Task A_dry_run_answers_the_object_and_keeps_nothing()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();

        var answered = await cluster.Create($"{ns}/configmaps?dryRun=All", Map);

        answered.Text("data", "color").ShouldBe("red");
        ((int)(await cluster.Http.GetAsync($"{ns}/configmaps/settings")).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_secret_takes_plain_text_and_keeps_base64()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();

        var secret = await cluster.Create($"{ns}/secrets", """{"metadata":{"name":"s"},"stringData":{"password":"abc"}}""");

        secret.Text("data", "password").ShouldBe("YWJj");
        secret.At("stringData").ShouldBeNull();
        secret.Text("type").ShouldBe("Opaque");
    }

    [Fact]
    public async Task The_scale_path_reads_and_writes_replicas()
    {
        await using var cluster = await Cluster.Start();
        var path = await cluster.Web();

        var scale = await cluster.Patch($"{path}/scale", "application/merge-patch+json", """{"spec":{"replicas":3}}""");

        scale.Text("kind").ShouldBe("Scale");
        await cluster.UntilRolledOut(path, 3);
        (await cluster.Get($"{path}/scale")).Number("status", "replicas").ShouldBe(3);
    }

    [Fact]
    public async Task Every_object_has_its_identity_and_a_version_of_one_counter()
    {
        await using var cluster = await Cluster.Start();
        var ns = await cluster.Namespace();
        var versions = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            JsonObject made = await cluster.Create($"{ns}/configmaps", $$$"""{"metadata":{"name":"m{{{i}}}"}}""");
            Guid.TryParse(made.Text("metadata", "uid"), out _).ShouldBeTrue();
            made.Text("metadata", "creationTimestamp")!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
            versions.Add(long.Parse(made.Version(), null));
        }

        versions.ShouldBeInOrder(SortDirection.Ascending);
        versions.Distinct().Count().ShouldBe(3);
    }
}
