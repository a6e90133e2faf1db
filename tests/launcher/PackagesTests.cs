using Platform.Tool;
using Platform.Tool.Prerequisites;

namespace Platform.Launcher.Tests;

/// <summary>The distribution's packages on a machine that is made of an empty directory.</summary>
public sealed class PackagesTests : IDisposable
{
    private readonly string machine = Directory.CreateTempSubdirectory("platform-machine-").FullName;
    private string Policy => Path.Combine(machine, "usr/sbin/policy-rc.d");

    public void Dispose() => Directory.Delete(machine, recursive: true);

    [Fact]
    public async Task Without_root_the_exact_line_is_printed_and_nothing_is_run()
    {
        var trouble = await Should.ThrowAsync<TroubleException>(() => new DistributionPackages(machine).EnsureAsync(
            isRoot: false, _ => throw new InvalidOperationException("nothing may be run"), _ => { }));

        trouble.Message.ShouldBe("postgresql and rabbitmq-server are not installed");
        trouble.Remedy.ShouldBe("sudo apt-get install -y --no-install-recommends postgresql rabbitmq-server");
    }

    [Fact]
    public async Task As_root_both_are_installed_and_their_services_are_kept_from_starting()
    {
        var lines = new List<string>();
        await new DistributionPackages(machine).EnsureAsync(isRoot: true, command =>
        {
            lines.Add($"{command.Program} {string.Join(' ', command.Arguments)}");
            File.ReadAllText(Policy).ShouldContain("exit 101");
            Install();
            return Task.FromResult(0);
        }, _ => { });

        lines.ShouldBe(["apt-get update -q", "apt-get install -y -q --no-install-recommends postgresql rabbitmq-server"]);
        File.Exists(Policy).ShouldBeFalse();
    }

    [Fact]
    public async Task A_policy_that_the_machine_has_already_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Policy)!);
        await File.WriteAllTextAsync(Policy, "the owner's own");

        await new DistributionPackages(machine).EnsureAsync(isRoot: true, _ => Installed(), _ => { });

        (await File.ReadAllTextAsync(Policy)).ShouldBe("the owner's own");
    }

    [Fact]
    public async Task A_failed_installation_is_named_and_the_policy_is_taken_away()
    {
        var trouble = await Should.ThrowAsync<TroubleException>(() =>
            new DistributionPackages(machine).EnsureAsync(isRoot: true, _ => Task.FromResult(100), _ => { }));

        trouble.Message.ShouldContain("ended with 100");
        File.Exists(Policy).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_there_is_not_installed_again()
    {
        Install();

        await new DistributionPackages(machine).EnsureAsync(
            isRoot: true, _ => throw new InvalidOperationException("nothing may be run"), _ => { });
    }

    [Fact]
    public void The_newest_PostgreSQL_is_taken_and_one_that_is_too_old_is_not()
    {
        InstallPostgres("13");
        new DistributionPackages(machine).PostgresBinaries().ShouldBeNull();

        InstallPostgres("9.6");
        InstallPostgres("15");
        InstallPostgres("17");
        new DistributionPackages(machine).PostgresBinaries().ShouldBe(Path.Combine(machine, "usr/lib/postgresql/17/bin"));
        new DistributionPackages(machine).PostgresBinaries("15").ShouldBe(Path.Combine(machine, "usr/lib/postgresql/15/bin"));
    }

    [Fact]
    public void The_doctor_names_what_is_missing_and_the_remedy()
    {
        var findings = Checkup.Packages(new DistributionPackages(machine)).ToList();

        findings.ShouldAllBe(finding => !finding.Holds && finding.Required);
        findings.ShouldAllBe(finding => finding.Remedy == DistributionPackages.InstallLine);
    }

    private Task<int> Installed()
    {
        Install();
        return Task.FromResult(0);
    }

    private void Install()
    {
        InstallPostgres("15");
        Touch("usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server");
        Touch("usr/bin/epmd");
    }

    private void InstallPostgres(string version)
    {
        Touch($"usr/lib/postgresql/{version}/bin/postgres");
        Touch($"usr/lib/postgresql/{version}/bin/initdb");
    }

    private void Touch(string file)
    {
        var path = Path.Combine(machine, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
