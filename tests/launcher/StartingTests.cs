using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Platform.Tool.Processes;
using Platform.Tool.Running;

namespace Platform.Launcher.Tests;

/// <summary>The launcher as a process, on stand-ins for our programs and on a real PostgreSQL and RabbitMQ.</summary>
public sealed class StartingTests
{
    [Fact]
    public async Task Up_starts_everything_a_second_up_changes_nothing_and_down_leaves_nothing_behind()
    {
        await using var repository = new StandInRepository();

        var first = await repository.RunAsync("up", "--no-build", "--json");
        first.Code.ShouldBe(0, first.ToString());
        var processes = first.Json["processes"]!.AsArray();
        processes.Select(process => (string)process!["name"]!).ShouldBe(Applications.Names);
        processes.ShouldAllBe(process => (string)process!["state"]! == "ready");

        var second = await repository.RunAsync("up", "--no-build");
        second.Code.ShouldBe(0, second.ToString());
        second.Output.ShouldContain("nothing was started");
        second.Output.ShouldContain((string)first.Json["addresses"]!["gateway"]!);

        var status = await repository.RunAsync("status", "--json");
        PidsIn(status.Json).ShouldBe(PidsIn(first.Json));
        ((long)status.Json["servicesResidentMb"]!).ShouldBeGreaterThan(0);
        (await repository.RunAsync("status")).Output.ShouldContain("six services resident: ");

        var down = await repository.RunAsync("down");
        down.Code.ShouldBe(0, down.ToString());
        repository.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Migrations_run_after_the_database_is_there_and_before_any_service_starts()
    {
        await using var repository = new StandInRepository();

        var up = await repository.RunAsync("up", "--no-build", "--only", "postgres," + string.Join(',', Applications.DatabaseRoles));

        up.Code.ShouldBe(0, up.ToString());
        var services = Applications.All
            .Where(application => application.Kind == ApplicationKind.Service).Select(service => service.Assembly).ToList();
        var lines = repository.Journal.Where(line => services.Any(service => line.EndsWith(service, StringComparison.Ordinal))).ToList();
        lines.Take(services.Count).Order().ShouldBe(services.Select(service => $"migrate {service}").Order());
        lines.Skip(services.Count).Order().ShouldBe(services.Select(service => $"start {service}").Order());
    }

    [Fact]
    public async Task A_process_that_dies_while_starting_is_named_with_its_last_lines_and_everything_is_ended_again()
    {
        await using var repository = new StandInRepository();
        repository.Plant("die", "wallet");

        const string only = "postgres,midtrans-simulator,identity,wallet,gateway";
        var up = (await repository.RunAsync("up", "--no-build", "--only", only)).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("wallet died while starting");
        up.Errors.ShouldContain("the moon is in the wrong house");
        up.Errors.ShouldContain(repository.Layout.LogOf("wallet"));
        repository.ProcessesLeft().ShouldBeEmpty();

        repository.Lift("die", "wallet");
        (await repository.RunAsync("up", "--no-build", "--only", "wallet")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_migration_ends_the_start_with_its_log()
    {
        await using var repository = new StandInRepository();
        repository.Plant("migrate", "catalog");

        var up = (await repository.RunAsync("up", "--no-build", "--only", "postgres,identity,catalog")).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("the migration of catalog ended with 4");
        up.Errors.ShouldContain("Platform.Catalog migrates");
        repository.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_replaced_and_said()
    {
        await using var repository = new StandInRepository();
        using var neighbour = new TcpListener(IPAddress.Loopback, 7103);
        try
        {
            neighbour.Start();
        }
        catch (SocketException)
        {
            // Somebody else has the port already: just as good.
        }

        using var launcher = repository.Start(["up", "--no-build", "--only", "wallet"], ("PLATFORM_PORTS", null));
        var up = await launcher.EndAsync();

        up.Code.ShouldBe(0, up.ToString());
        up.Output.ShouldContain("port 7103 is taken: wallet listens on ");
    }

    [Fact]
    public async Task Two_ups_at_once_start_one_platform()
    {
        await using var repository = new StandInRepository();

        using var one = repository.Start(["up", "--no-build", "--json", "--only", "postgres,wallet"]);
        using var other = repository.Start(["up", "--no-build", "--json", "--only", "postgres,wallet"]);
        var (first, second) = (await one.EndAsync(), await other.EndAsync());

        first.Code.ShouldBe(0, first.ToString());
        second.Code.ShouldBe(0, second.ToString());
        PidsIn(first.Json).ShouldBe(PidsIn(second.Json));
        new[] { first, second }.Count(up => (bool)up.Json["started"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_signal_during_up_ends_what_was_started()
    {
        await using var repository = new StandInRepository();
        repository.Plant("unready", "gateway");

        using var launcher = repository.Start(["up", "--no-build", "--only", "postgres,wallet,gateway"]);
        await Eventually.Holds(() => repository.Journal.Contains("start Platform.Gateway"), () => string.Join('\n', repository.Journal));
        launcher.Identity.Send(Signal.Terminate);
        var up = (await launcher.EndAsync()).WithoutStackTrace();

        up.Code.ShouldBe(130, up.ToString());
        repository.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Up_after_a_service_was_killed_starts_that_service_alone()
    {
        await using var repository = new StandInRepository();
        var first = await repository.RunAsync("up", "--no-build", "--json", "--only", "postgres,wallet,identity");
        var wallet = PidsIn(first.Json)["wallet"];
        ProcessIdentity.Of(wallet)!.Value.Send(Signal.Kill);

        (await repository.RunAsync("status")).Output.ShouldContain("dead");
        var second = await repository.RunAsync("up", "--no-build", "--json", "--only", "postgres,wallet,identity");

        second.Code.ShouldBe(0, second.ToString());
        PidsIn(second.Json)["wallet"].ShouldNotBe(wallet);
        PidsIn(second.Json)["identity"].ShouldBe(PidsIn(first.Json)["identity"]);
    }

    [Fact]
    public async Task State_of_processes_that_are_gone_is_recognised()
    {
        await using var repository = new StandInRepository();
        Directory.CreateDirectory(repository.Layout.Home);
        // After a reboot the pids of the state file belong to others: here to this very test.
        var myself = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        new SystemState("an earlier boot", new Dictionary<string, int> { ["postgres"] = 1 },
            [new("postgres", myself.Pid, myself.StartTicks, null, null)]).Save(repository.Layout);

        (await repository.RunAsync("down")).Output.ShouldContain("Nothing was running.");
        var status = await repository.RunAsync("status", "--json");
        status.Code.ShouldBe(0, status.ToString());
        PidsIn(status.Json).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_home_that_the_servers_users_can_not_reach_puts_their_data_elsewhere_and_says_so()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only a launcher that runs as root starts the servers as other users.");
        await using var repository = new StandInRepository(closed: true);

        var up = await repository.RunAsync("up", "--no-build", "--only", "postgres");

        up.Code.ShouldBe(0, up.ToString());
        up.Output.ShouldContain("so their data lies in /var/tmp/platform-");
        var elsewhere = (await File.ReadAllTextAsync(repository.Layout.ServersPointerFile)).Trim();
        (await repository.RunAsync("reset", "--yes")).Code.ShouldBe(0);
        Directory.Exists(elsewhere).ShouldBeFalse();
    }

    [Fact]
    public async Task A_real_gateway_account_and_cluster_replace_the_simulators()
    {
        await using var repository = new StandInRepository();
        var kubeconfig = Path.Combine(repository.Layout.Root, "cluster.yaml");
        await File.WriteAllTextAsync(kubeconfig, "apiVersion: v1\nkind: Config\n");

        using var launcher = repository.Start(
            ["up", "--no-build", "--json", "--only", "postgres,wallet,provisioner,midtrans-simulator,kubernetes-simulator"],
            ("PLATFORM_KUBECONFIG", kubeconfig), ("PLATFORM_MIDTRANS_SERVER_KEY", "SB-Mid-server-of-a-merchant"),
            ("PLATFORM_MIDTRANS_CLIENT_KEY", "client"), ("PLATFORM_MIDTRANS_MERCHANT_ID", "G1"));
        var up = await launcher.EndAsync();

        up.Code.ShouldBe(0, up.ToString());
        PidsIn(up.Json).Keys.ShouldNotContain(name => name.EndsWith("-simulator", StringComparison.Ordinal));
        using var http = new HttpClient();
        var wallet = up.Json["processes"]!.AsArray().Single(process => (string)process!["name"]! == "wallet")!;
        var settings = JsonNode.Parse(await http.GetStringAsync($"{wallet["address"]}/environment"))!;
        ((string)settings["Midtrans__ServerKey"]!).ShouldBe("SB-Mid-server-of-a-merchant");
        ((string)settings["Midtrans__CoreUrl"]!).ShouldBe("https://api.sandbox.midtrans.com/");
    }

    private static Dictionary<string, int> PidsIn(JsonNode report) => report["processes"]!.AsArray()
        .Where(process => process!["pid"] is not null).ToDictionary(process => (string)process!["name"]!, process => (int)process!["pid"]!);
}
