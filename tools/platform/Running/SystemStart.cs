using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Servers;

namespace Platform.Tool.Running;

/// <summary>
/// The order in which a platform comes up. The broker takes longest to boot, so the database, the migrations and the simulators are
/// made ready meanwhile; services start when both servers are there.
/// </summary>
internal sealed class SystemStart(PlatformSystem system, PlatformOptions options)
{
    /// <param name="abort">Cancelled at the first failure, so that the other starts do not go on behind its back.</param>
    public async Task RunAsync(CancellationTokenSource abort)
    {
        if (options.External.KubeconfigPath is null)
        {
            var server = new Uri(system.Ports.UrlOf(Applications.KubernetesSimulator));
            var certificate = ClusterCertificate.LoadOrCreate(system.Layout, options.Clock);
            Kubeconfig.Write(system.Layout, server, certificate, system.Secrets.KubernetesToken);
        }

        await TogetherAsync(abort, [StartDatabaseAsync, StartBrokerAsync, ct => StartAllAsync(ApplicationKind.Simulator, ct)]);
        await TogetherAsync(abort, [ct => StartAllAsync(ApplicationKind.Service, ct), ct => StartAllAsync(ApplicationKind.Gateway, ct)]);
    }

    private async Task StartDatabaseAsync(CancellationToken ct)
    {
        if (!system.IsWanted(Applications.Postgres))
        {
            return;
        }

        await StartOneAsync(system.Postgres, ct);
        await PlatformDatabase.EnsureAsync(system.Postgres.AdministratorConnection, system.Secrets.DatabaseRoles, ct);
        var width = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct };
        await Parallel.ForEachAsync(Wanted(ApplicationKind.Service).Where(service => !service.IsRunning), width, async (service, token) =>
        {
            using var step = options.Progress.Begin("migrated", service.Name);
            await service.MigrateAsync(token);
            step.Done();
        });
    }

    private Task StartBrokerAsync(CancellationToken ct) =>
        system.IsWanted(Applications.RabbitMq) ? StartOneAsync(system.RabbitMq, ct) : Task.CompletedTask;

    private Task StartAllAsync(ApplicationKind kind, CancellationToken ct) =>
        Task.WhenAll(Wanted(kind).Select(process => StartOneAsync(process, ct)));

    private IEnumerable<ApplicationProcess> Wanted(ApplicationKind kind) =>
        system.ApplicationProcesses.Where(process => process.Application.Kind == kind && system.IsWanted(process.Name));

    private async Task StartOneAsync(ManagedProcess process, CancellationToken ct)
    {
        if (process.IsRunning && process.ReadyAfter is not null)
        {
            return;
        }

        using var step = options.Progress.Begin("started", process.Name);
        await process.StartAsync(ct);
        await process.WaitReadyAsync(ct);
        step.Done();
    }

    /// <summary>
    /// Runs all at once and waits for every one of them; the first failure cancels the rest and is the one that is reported.
    /// </summary>
    private static async Task TogetherAsync(CancellationTokenSource abort, IEnumerable<Func<CancellationToken, Task>> starts)
    {
        Exception? first = null;
        await Task.WhenAll(starts.Select(async start =>
        {
            try
            {
                await start(abort.Token);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref first, failure, null);
                await abort.CancelAsync();
            }
        }));

        if (first is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }
}
