using System.Diagnostics;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class RestartingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("simulator-state-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_restarted_simulator_goes_on_with_its_cluster_and_makes_old_watches_list_anew()
    {
        var setting = $"--Simulator:StateFile={Path.Combine(folder, "state.json")}";
        string? uid;
        string version;
        await using (var before = await Cluster.Start(settings: setting))
        {
            await before.Control("pods", """{"match":{"namespace":"shop"},"behaviour":"hold"}""");
            var path = await before.Web();
            await before.Until("/api/v1/namespaces/shop/pods", list =>
                list.Items().Any(each => each.Text("status", "phase") == "Running"), "the pod runs");
            uid = (await before.Get(path)).Text("metadata", "uid");
            version = (await before.Get("/api/v1/nodes")).Version();
        }

        await using var after = await Cluster.Start(settings: setting);
        using var watch = await WatchReader.Open(after, $"/api/v1/pods?resourceVersion={version}");

        (await after.Get("/apis/apps/v1/namespaces/shop/deployments/web")).Text("metadata", "uid").ShouldBe(uid);
        (await watch.Next()).Number("object", "code").ShouldBe(410);
        (await after.Pods()).Single().Condition("Ready").Text("status").ShouldBe("False");
        (await after.Control("release")).Number("released").ShouldBe(1);
        await after.UntilRolledOut("/apis/apps/v1/namespaces/shop/deployments/web");
    }

    [Fact]
    public async Task A_killed_simulator_comes_back_with_what_was_made_moments_before()
    {
        var state = Path.Combine(folder, "killed.json");
        using (var process = await Process(state))
        {
            using var http = new HttpClient { BaseAddress = new(await AddressOf(process)) };
            using var body = new StringContent("""{"metadata":{"name":"kept"}}""", null, "application/json");
            (await http.PostAsync("/api/v1/namespaces", body)).EnsureSuccessStatusCode();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!File.Exists(state) || !(await File.ReadAllTextAsync(state, patience.Token)).Contains("\"name\":\"kept\""))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }

            process.Kill();
            await process.WaitForExitAsync(patience.Token);
        }

        using var second = await Process(state);
        using var again = new HttpClient { BaseAddress = new(await AddressOf(second)) };
        var found = await again.GetStringAsync("/api/v1/namespaces/kept");
        second.Kill();

        found.ShouldContain("\"phase\":\"Active\"");
    }

    [Fact]
    public async Task The_program_refuses_production_with_one_line()
    {
        using var process = await Process(Path.Combine(folder, "none.json"), "Production");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var said = await process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);

        process.ExitCode.ShouldBe(1);
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain("Production");
    }

    private static async Task<Process> Process(string state, string environment = "Development")
    {
        await Task.Yield();
        var start = new ProcessStartInfo("dotnet", [typeof(SimulatorApp).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["ASPNETCORE_ENVIRONMENT"] = environment, ["Simulator__StateFile"] = state,
            },
        };
        return System.Diagnostics.Process.Start(start)!;
    }

    private static async Task<string> AddressOf(Process process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Split("Now listening on: ") is [_, var address])
            {
                return address.Trim();
            }
        }

        throw new InvalidOperationException($"The simulator ended: {await process.StandardError.ReadToEndAsync(patience.Token)}");
    }
}
