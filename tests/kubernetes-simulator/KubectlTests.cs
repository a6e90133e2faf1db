using System.Diagnostics;
using System.Text;

namespace Platform.Simulators.Kubernetes.Tests;

/// <summary>The real kubectl against the simulator, over https with a token, as a developer uses it.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("simulator-kubectl-").FullName;
    private Cluster? cluster;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("PLATFORM_SKIP_KUBECTL") == "1", "PLATFORM_SKIP_KUBECTL=1: kubectl is not asked for here");
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(place => File.Exists(Path.Combine(place, "kubectl")));
        found.ShouldBeTrue(
            "kubectl is not on the PATH: install the package kubernetes-client (Debian) or kubectl, or set PLATFORM_SKIP_KUBECTL=1");
        cluster = await Cluster.Start("quick", "https://127.0.0.1:0", $"--Simulator:KubeconfigFile={Path.Combine(folder, "config")}");
        await File.WriteAllTextAsync(Path.Combine(folder, "web.yaml"), $"""
            apiVersion: v1
            kind: Namespace
            metadata: {"{name: shop}"}
            ---
            {Cluster.Manifest(1, "nginx:1.27").Replace("name: web\n  labels", "name: web\n  namespace: shop\n  labels")}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_manifest_is_applied_rolled_out_shown_and_deleted()
    {
        (await Kubectl("apply", "--server-side", "-f", "web.yaml")).ShouldBe(
            "namespace/shop serverside-applied\ndeployment.apps/web serverside-applied\n");
        (await Kubectl("-n", "shop", "rollout", "status", "deploy/web", "--timeout=20s")).ShouldContain("successfully rolled out");

        var table = await Kubectl("-n", "shop", "get", "deploy");
        var wide = await Kubectl("get", "pods", "-A", "-o", "wide");
        var name = await Kubectl("-n", "shop", "get", "pod", "-o", "name");
        var json = await Kubectl("-n", "shop", "get", "deploy", "web", "-o", "jsonpath={.status.readyReplicas}");
        var yaml = await Kubectl("-n", "shop", "get", "deploy", "web", "-o", "yaml");
        var described = await Kubectl("-n", "shop", "describe", "deploy", "web");
        var deleted = await Kubectl("-n", "shop", "delete", "deploy", "web", "--timeout=20s");

        table.ShouldMatch(@"NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nweb\s+1/1\s+1\s+1\s+\d+s");
        wide.ShouldContain("sim-node-");
        name.ShouldStartWith("pod/web-");
        json.ShouldBe("1");
        yaml.ShouldContain("image: nginx:1.27");
        described.ShouldContain("NewReplicaSetAvailable");
        described.ShouldContain("Scaled up replica set web-");
        deleted.ShouldStartWith("deployment.apps \"web\" deleted");
        await Kubectl("-n", "shop", "wait", "--for=delete", "pod", "-l", "app=web", "--timeout=20s");
    }

    [Fact]
    public async Task Waiting_watching_logs_and_metrics_work()
    {
        using var watch = Start("get", "pods", "-A", "-w", "--no-headers");
        await Kubectl("apply", "--server-side", "-f", "web.yaml");
        await Kubectl("-n", "shop", "wait", "--for=condition=Available", "deploy/web", "--timeout=20s");

        var seen = new StringBuilder();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!seen.ToString().Contains("1/1"))
        {
            seen.AppendLine(await watch.StandardOutput.ReadLineAsync(patience.Token));
        }

        watch.Kill();
        seen.ToString().ShouldContain("ContainerCreating");
        (await Kubectl("-n", "shop", "logs", "deploy/web")).ShouldContain("listening on 0.0.0.0:8080");
        using var follow = Start("-n", "shop", "logs", "-f", "deploy/web");
        string? line;
        do
        {
            line = await follow.StandardOutput.ReadLineAsync(patience.Token);
        }
        while (line is not null && !line.Contains("GET /"));

        line.ShouldNotBeNull();
        follow.Kill();
        (await Kubectl("-n", "shop", "top", "pods")).ShouldMatch(@"web-\S+\s+\d+m\s+\d+Mi");
        (await Kubectl("-n", "shop", "describe", "pod")).ShouldContain("Successfully assigned shop/web-");
    }

    [Fact]
    public async Task Changes_by_hand_work()
    {
        await Kubectl("apply", "-f", "web.yaml");
        (await Kubectl("-n", "shop", "set", "image", "deploy/web", "web=nginx:1.28")).ShouldContain("image updated");
        (await Kubectl("-n", "shop", "rollout", "restart", "deploy/web")).ShouldContain("restarted");
        (await Kubectl("-n", "shop", "rollout", "status", "deploy/web", "--timeout=20s")).ShouldContain("successfully rolled out");
        (await Kubectl("-n", "shop", "scale", "deploy/web", "--replicas=2")).ShouldContain("scaled");
        (await Kubectl("-n", "shop", "label", "deploy", "web", "tier=front")).ShouldContain("labeled");
        (await Kubectl("-n", "shop", "rollout", "undo", "deploy/web", "--to-revision=1")).ShouldContain("rolled back");
        (await Kubectl("-n", "shop", "rollout", "status", "deploy/web", "--timeout=20s")).ShouldContain("successfully rolled out");
        (await Kubectl("-n", "shop", "get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
            .ShouldBe("nginx:1.27");
        (await Kubectl("delete", "ns", "shop", "--timeout=30s")).ShouldContain("deleted");
    }

    [Fact]
    public async Task Objects_are_created_by_word()
    {
        (await Kubectl("create", "namespace", "shop")).ShouldBe("namespace/shop created\n");
        (await Kubectl("-n", "shop", "create", "configmap", "settings", "--from-literal=color=red")).ShouldContain("created");
        (await Kubectl("-n", "shop", "create", "secret", "generic", "keys", "--from-literal=password=abc")).ShouldContain("created");
        (await Kubectl("-n", "shop", "create", "quota", "plan", "--hard=pods=3,limits.memory=1Gi")).ShouldContain("created");
        (await Kubectl("-n", "shop", "create", "deployment", "web", "--image=nginx:1.27", "--replicas=2")).ShouldContain("created");

        (await Kubectl("-n", "shop", "get", "cm", "settings", "-o", "jsonpath={.data.color}")).ShouldBe("red");
        (await Kubectl("-n", "shop", "get", "secret", "keys", "-o", "jsonpath={.data.password}")).ShouldBe("YWJj");
        (await Kubectl("-n", "shop", "get", "quota", "plan", "-o", "jsonpath={.spec.hard.pods}")).ShouldBe("3");
        (await Kubectl("-n", "shop", "get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}"))
            .ShouldBe("2 nginx:1.27");
    }

    [Fact]
    public async Task It_tells_what_it_serves()
    {
        var resources = await Kubectl("api-resources");
        var explained = await Kubectl("explain", "deployment.spec.strategy");
        var nodes = await Kubectl("get", "nodes");
        var typo = await Kubectl(expect: 1, "apply", "--server-side", "--dry-run=server", "-f", "typo.yaml");

        resources.ShouldMatch(@"deployments\s+deploy\s+apps/v1\s+true\s+Deployment");
        explained.ShouldContain("rollingUpdate");
        nodes.ShouldMatch(@"sim-node-1\s+Ready\s+control-plane");
        typo.ShouldContain("field not declared in schema");
    }

    private Task<string> Kubectl(params string[] arguments) => Kubectl(0, arguments);

    private async Task<string> Kubectl(int expect, params string[] arguments)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "typo.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndada: {a: b}\n");
        using var process = Start(arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(expect, $"kubectl {string.Join(' ', arguments)}\n{await output}{await errors}");
        return expect == 0 ? await output : await errors;
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Its cache of discovery documents goes to the home directory, and must not outlive this cluster.
            Environment = { ["HOME"] = folder, ["KUBECONFIG"] = Path.Combine(folder, "config") },
        };
        return Process.Start(start)!;
    }
}
