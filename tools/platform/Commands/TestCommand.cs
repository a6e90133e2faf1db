using System.Globalization;
using Platform.Tool.Display;
using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Running;
using Platform.Tool.Servers;
using Platform.Tool.TestRuns;

namespace Platform.Tool.Commands;

/// <summary>
/// Runs every test project, one after another, against a PostgreSQL and a RabbitMQ that exist for this run only and lie beside a
/// platform that may be running. The last line is the sum.
/// </summary>
internal static class TestCommand
{
    private const int DefaultPatienceMinutes = 20;

    public static async Task<int> RunAsync(Session session, IReadOnlyList<string> filters, bool build, CancellationToken ct)
    {
        var progress = session.OpenProgress();
        try
        {
            var tally = await RunAsync(session, filters, build, progress, ct);
            // Nothing may come after this line: scripts read it.
            progress.Dispose();
            Console.WriteLine(tally);
            return tally.IsGood ? 0 : 1;
        }
        finally
        {
            progress.Dispose();
        }
    }

    private static async Task<TestTally> RunAsync(
        Session session, IReadOnlyList<string> filters, bool build, Progress progress, CancellationToken ct)
    {
        var projects = TestProject.Find(session.Layout, filters);
        if (projects.Count == 0)
        {
            throw new TroubleException(
                filters.Count == 0 ? "there is no test project under tests/" : $"no test project is called {string.Join(" or ", filters)}",
                "ls tests");
        }

        var layout = new PlatformLayout(session.Layout.Root, Path.Combine(session.Layout.Home, "test"));
        Directory.CreateDirectory(layout.Home);
        using var alone = LauncherLock.TryTake(layout.LockFile)
            ?? throw new TroubleException("another ./platform test is running here", "wait for it, or give this one its own PLATFORM_HOME");
        await Preparation.RunAsync(session, progress, build, ct);
        await ThrowAwayAsync(layout, session.Clock);
        var system = PlatformSystem.Open(layout, new()
        {
            Only = new HashSet<string> { Applications.Postgres, Applications.RabbitMq }, Progress = progress, Clock = session.Clock,
        });
        try
        {
            await system.StartAsync(ct);
            return await RunAllAsync(projects, new(layout, Environment(session, system), Patience(), session.Clock), progress, ct);
        }
        finally
        {
            await ThrowAwayAsync(layout, session.Clock, keepLogs: true);
        }
    }

    private static async Task<TestTally> RunAllAsync(
        IReadOnlyList<TestProject> projects, TestProjectRun run, Progress progress, CancellationToken ct)
    {
        var sum = new TestTally();
        foreach (var project in projects)
        {
            using var step = progress.Begin("ran", project.Name);
            var report = await run.RunAsync(project, ct);
            step.Done(report.Tally.ToString());
            foreach (var failure in report.Failures)
            {
                progress.Print($"    FAILED {failure.Name}");
                progress.Print(Indented(failure.Message));
            }

            sum += report.Tally;
        }

        return sum;
    }

    private static Dictionary<string, string?> Environment(Session session, PlatformSystem system) => new()
    {
        ["PLATFORM_ROOT"] = session.Layout.Root,
        ["PLATFORM_TEST_POSTGRES"] = system.Postgres.AdministratorConnection,
        ["PLATFORM_TEST_RABBITMQ"] = system.RabbitMq.DefaultConnection,
        ["PLATFORM_TEST_RABBITMQ_API"] = system.RabbitMq.ManagementApi,
        ["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <summary>Ends servers of this or of an interrupted run and deletes their data, which nobody will read again.</summary>
    private static async Task ThrowAwayAsync(PlatformLayout layout, TimeProvider clock, bool keepLogs = false)
    {
        if (PlatformSystem.Find(layout, new() { Clock = clock }) is { } system)
        {
            foreach (ManagedProcess process in new[] { system.RabbitMq, system.RabbitMq.Epmd, system.Postgres })
            {
                await process.KillAsync(CancellationToken.None);
            }
        }

        if (!keepLogs)
        {
            ServerDirectory.DeleteAll(layout);
            return;
        }

        ServerDirectory.DeleteServers(layout);
        File.Delete(layout.StateFile);
    }

    private static TimeSpan Patience()
    {
        var given = System.Environment.GetEnvironmentVariable("PLATFORM_TEST_TIMEOUT_MINUTES");
        var understood = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes);
        return TimeSpan.FromMinutes(understood ? minutes : DefaultPatienceMinutes);
    }

    private static string Indented(string text) =>
        string.Join(System.Environment.NewLine, text.Split('\n').Select(line => "      " + line.TrimEnd()));
}
