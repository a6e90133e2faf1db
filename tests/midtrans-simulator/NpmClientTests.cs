using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>The official npm client, unchanged, against the simulator.</summary>
public sealed class NpmClientTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("midtrans-client-");

    [Fact]
    public async Task The_unchanged_client_works_with_only_its_host_set()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "node")))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        await using var simulator = await SimulatorHost.StartAsync();
        await RunAsync(simulator, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        var lines = await RunAsync(simulator, "node", "client-check.js");

        var steps = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (JsonObject)JsonNode.Parse(line)!).ToDictionary(step => step["step"]!.ToString());
        CheckSnap(steps);
        CheckCharges(steps);
        CheckActions(steps);
        steps.Count.ShouldBe(54, string.Join(", ", steps.Keys));
    }

    [Fact]
    public async Task A_machine_without_Node_is_told_so_in_one_sentence()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var missing = await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(simulator, "node-that-is-not-installed"));

        missing.Message.ShouldBe(
            "This test runs `node-that-is-not-installed`, which is not installed: sudo apt-get install -y nodejs npm");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static void CheckSnap(Dictionary<string, JsonObject> steps)
    {
        steps["snap-create"]["body"]!["redirect_url"]!.ToString().ShouldContain(steps["snap-create"]["body"]!["token"]!.ToString());
        steps["snap-token"]["body"]!.ToString().Length.ShouldBe(36);
        steps["snap-redirect-url"]["body"]!.ToString().ShouldContain("/snap/v4/redirection/");
        Refused(steps["snap-invalid"], "400", "number");
        Refused(steps["snap-wrong-key"], "401", "number");
        Refused(steps["snap-unpaid-status"], "404", "string");
    }

    private static void CheckCharges(Dictionary<string, JsonObject> steps)
    {
        const string methods = "bca bni bri cimb permata permata-by-default permata-of-old echannel gopay shopeepay qris qris-shopee " +
            "indomaret alfamart";
        foreach (var method in methods.Split(' '))
        {
            Resolved(steps["charge-" + method], "201", "pending");
        }

        Resolved(steps["charge-card"], "200", "capture");
        Resolved(steps["charge-card-3ds"], "201", "pending");
        Resolved(steps["status-card-3ds"], "200", "capture");
        Resolved(steps["charge-card-slow"], "201", "pending");
        Resolved(steps["charge-card-fraud"], "202", "deny");
        Resolved(steps["charge-card-denied"], "202", "deny");
        Refused(steps["charge-bad-token"], "411", "string");
        Resolved(steps["charge-keyed"], "201", "pending");
        Resolved(steps["charge-keyed-again"], "201", "pending");
        Refused(steps["charge-invalid"], "400", "number");
        Refused(steps["charge-null"], "500", "number");
        Refused(steps["charge-duplicate"], "406", "string");
    }

    private static void CheckActions(Dictionary<string, JsonObject> steps)
    {
        Resolved(steps["status-pending"], "201", "pending");
        Refused(steps["status-unknown"], "404", "string");
        steps["status-b2b"]["body"]!["transactions"]!.AsArray().Count.ShouldBe(1);
        Resolved(steps["cancel"], "200", "cancel");
        Resolved(steps["status-cancelled"], "200", "cancel");
        Resolved(steps["expire"], "407", "expire");
        Resolved(steps["status-expired"], "407", "expire");
        Refused(steps["cancel-settled"], "412", "string");
        Resolved(steps["approve"], "200", "capture");
        Resolved(steps["deny"], "200", "deny");
        Resolved(steps["refund-partial"], "200", "partial_refund");
        Refused(steps["refund-duplicate"], "406", "string");
        Resolved(steps["refund-rest"], "200", "refund");
        Resolved(steps["capture"], "200", "capture");
        Refused(steps["refund-unsettled"], "412", "string");
        Refused(steps["refund-account"], "412", "string");
        Resolved(steps["notification-object"], "200", "settlement");
        Resolved(steps["notification-text"], "200", "settlement");
        Resolved(steps["notification-overtaken"], "202", "deny");
        Refused(steps["notification-test"], "404", "string");
        Refused(steps["notification-unreadable"], "unreadable", "none");
        Refused(steps["notification-without-id"], "404", "string");
    }

    private static void Resolved(JsonObject step, string code, string status)
    {
        ((bool)step["ok"]!).ShouldBeTrue(step.ToJsonString());
        step["body"]!["status_code"]!.ToString().ShouldBe(code, step.ToJsonString());
        step["body"]!["transaction_status"]!.ToString().ShouldBe(status, step.ToJsonString());
    }

    /// <summary>The client's code is a number when HTTP refused, and a text when only the body did.</summary>
    private static void Refused(JsonObject step, string code, string type)
    {
        ((bool)step["ok"]!).ShouldBeFalse(step.ToJsonString());
        (step["code"]!.ToString(), step["codeType"]!.ToString()).ShouldBe((code, type), step.ToJsonString());
    }

    private async Task<string> RunAsync(SimulatorHost simulator, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SIMULATOR_URL"] = simulator.Url;
        start.Environment["SIMULATOR_SERVER_KEY"] = SimulatorHost.ServerKey;
        start.Environment["SIMULATOR_CLIENT_KEY"] = "SB-Mid-client-test";
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"This test runs `{program}`, which is not installed: sudo apt-get install -y nodejs npm");
        }

        using (process.ShouldNotBeNull())
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"`{program}` did not end within {Deadline}.");
            }

            process.ExitCode.ShouldBe(0, $"{program}: {await output}{await errors}");
            return await output;
        }
    }
}
