using Platform.Tool.Processes;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

/// <summary>
/// Runs a benchmark with the running system's addresses in its environment: PLATFORM_GATEWAY_URL, PLATFORM_WALLET_URL and so on.
/// </summary>
internal static class BenchCommand
{
    private const string Project = "benchmarks/Platform.Benchmarks.csproj";

    public static async Task<int> RunAsync(Session session, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        if (PlatformSystem.Find(session.Layout, new() { Clock = session.Clock }) is not { Processes: var processes } system
            || !processes.Any(process => process.IsRunning))
        {
            throw new TroubleException("the platform is not running", "./platform up");
        }

        var project = Path.Combine(session.Layout.Root, Project);
        if (!File.Exists(project))
        {
            throw new TroubleException($"there is no {Project} in {session.Layout.Root}", "benchmarks live there");
        }

        var environment = new Dictionary<string, string?>
        {
            ["PLATFORM_ROOT"] = session.Layout.Root,
            ["PLATFORM_HOME"] = session.Layout.Home,
            ["PLATFORM_POSTGRES"] = system.Postgres.AdministratorConnection,
            ["PLATFORM_RABBITMQ"] = system.RabbitMq.Connection,
            ["PLATFORM_KUBECONFIG_FILE"] = system.Layout.KubeconfigFile,
        };
        foreach (var process in system.ApplicationProcesses)
        {
            environment[$"PLATFORM_{process.Name.ToUpperInvariant().Replace('-', '_')}_URL"] = process.Address;
        }

        var run = new Command("dotnet", ["run", "--project", project, "-c", "Release", "--", .. arguments])
        {
            Environment = environment, WorkingDirectory = session.Layout.Root,
        };
        return await run.RunInForegroundAsync(ct);
    }
}
