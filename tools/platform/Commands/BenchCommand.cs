using Npgsql;
using Platform.Tool.Processes;
using Platform.Tool.Running;
using Platform.Tool.Servers;

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
            ["PLATFORM_DATABASE"] = new NpgsqlConnectionStringBuilder(system.Postgres.AdministratorConnection)
            {
                Database = PlatformDatabase.Name,
            }.ConnectionString,
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
        // The benchmark is of our time: the simulated cluster answers at once while it runs.
        var cluster = system.ApplicationProcesses.FirstOrDefault(process => process.Name == Applications.KubernetesSimulator);
        if (cluster is null)
        {
            return await run.RunInForegroundAsync(ct);
        }

        cluster.EnvironmentOverrides["Simulator__Pace"] = "instant";
        await cluster.RestartAsync(ct);
        try
        {
            return await run.RunInForegroundAsync(ct);
        }
        finally
        {
            cluster.EnvironmentOverrides.Remove("Simulator__Pace");
            await cluster.RestartAsync(CancellationToken.None);
        }
    }
}
