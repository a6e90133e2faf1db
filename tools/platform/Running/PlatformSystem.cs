using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Servers;

namespace Platform.Tool.Running;

/// <summary>
/// A whole platform: both servers, the simulators, the services and the gateway. The same object starts it, finds it again from
/// another launcher, and ends it.
/// </summary>
public sealed class PlatformSystem
{
    private readonly PlatformOptions options;
    private readonly Lock saving = new();
    private readonly Dictionary<string, ManagedProcess> processes;

    private PlatformSystem(PlatformLayout layout, PlatformOptions options, Secrets secrets, PortTable ports, SystemState? known)
    {
        this.options = options;
        Layout = layout;
        Secrets = secrets;
        Ports = ports;

        var servers = ServerDirectory.Resolve(layout, options.Progress.Note);
        Postgres = new(layout, servers, ports[Applications.Postgres], secrets.PostgresAdministrator, options.Clock);
        RabbitMq = new(layout, servers, ports.RabbitMq, secrets, options.Clock);
        var environment = new ApplicationEnvironment(layout, secrets, ports, RabbitMq.Connection, options.External);
        ApplicationProcesses = [.. Applications.All
            .Where(application => !IsReplaced(application))
            .Select(application => new ApplicationProcess(
                application, layout, options.BinaryOf?.Invoke(application) ?? layout.BinaryOf(application.Assembly),
                environment.Of(application), options.Clock))];
        Processes = [Postgres, RabbitMq, .. ApplicationProcesses];
        processes = Processes.Append(RabbitMq.Epmd).ToDictionary(process => process.Name);

        foreach (var state in known?.Processes ?? [])
        {
            // A name that the launcher no longer knows, or a simulator that a real system replaced since: the wanted set has changed.
            if (processes.TryGetValue(state.Name, out var process))
            {
                process.Attach(state.Identity, state.StartedAt,
                    state.ReadyMilliseconds is { } ready ? TimeSpan.FromMilliseconds(ready) : null);
            }
        }

        foreach (var process in processes.Values)
        {
            process.Changed = Save;
        }
    }

    public PlatformLayout Layout { get; }
    public Secrets Secrets { get; }
    public PortTable Ports { get; }
    public PostgresServer Postgres { get; }
    public RabbitMqServer RabbitMq { get; }
    public IReadOnlyList<ApplicationProcess> ApplicationProcesses { get; }

    /// <summary>Every process that this platform consists of, in the order of the table.</summary>
    public IReadOnlyList<ManagedProcess> Processes { get; }

    /// <summary>By name, as in <see cref="Applications.Names"/>.</summary>
    public ManagedProcess this[string name] =>
        processes.TryGetValue(name, out var process)
            ? process
            : throw new KeyNotFoundException($"There is no process {name} in this platform.");

    /// <summary>Where the API is.</summary>
    public Uri Gateway => new(Ports.UrlOf(Applications.Gateway));

    /// <summary>The broker's epmd counts too: it can outlive a broker that was killed.</summary>
    internal bool IsAnythingRunning => processes.Values.Any(process => process.IsRunning);

    internal ExternalSystems External => options.External;
    internal IEnumerable<ManagedProcess> Wanted => Processes.Where(process => IsWanted(process.Name));

    /// <summary>Makes a platform in the layout, or finds the one that runs there. Starts nothing.</summary>
    public static PlatformSystem Open(PlatformLayout layout, PlatformOptions options)
    {
        layout.Create();
        var secrets = Secrets.LoadOrCreate(layout, Applications.DatabaseRoles);
        SigningKey.EnsureOne(layout, options.Clock);
        var known = SystemState.Load(layout);
        var alive = known is not null && known.Processes.Any(process => process.Identity.IsAlive);
        return new(layout, options, secrets, alive ? new PortTable(known!.Ports) : PortTable.Choose(options.PreferWellKnownPorts), known);
    }

    /// <summary>The platform that was started in this layout, or null when nothing of it is known.</summary>
    public static PlatformSystem? Find(PlatformLayout layout, PlatformOptions options) =>
        SystemState.Load(layout) is { } known && File.Exists(layout.SecretsFile)
            ? new(layout, options, Secrets.LoadOrCreate(layout, Applications.DatabaseRoles), new PortTable(known.Ports), known)
            : null;

    /// <summary>Starts what is wanted and does not run yet, and returns when all of it is ready.</summary>
    /// <exception cref="TroubleException">A process failed. What this call had started is ended again.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var before = processes.Values.Where(process => process.IsRunning).ToHashSet();
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await new SystemStart(this, options).RunAsync(abort);
        }
        catch
        {
            await StopAsync(process => !before.Contains(process), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Ends everything in reverse order.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await StopAsync(_ => true, ct);
        File.Delete(Layout.StateFile);
    }

    internal bool IsWanted(string name) => options.Only?.Contains(name) ?? true;

    private async Task StopAsync(Func<ManagedProcess, bool> which, CancellationToken ct)
    {
        IEnumerable<ManagedProcess>[] stages =
        [
            Of(ApplicationKind.Gateway), Of(ApplicationKind.Service), Of(ApplicationKind.Simulator), [Postgres, RabbitMq], [RabbitMq.Epmd],
        ];
        foreach (var stage in stages)
        {
            await Task.WhenAll(stage.Where(which).Where(process => process.IsRunning).Select(process => StopOneAsync(process, ct)));
        }
    }

    private async Task StopOneAsync(ManagedProcess process, CancellationToken ct)
    {
        using var step = options.Progress.Begin("stopped", process.Name);
        await process.StopAsync(ct);
        step.Done();
    }

    private IEnumerable<ApplicationProcess> Of(ApplicationKind kind) =>
        ApplicationProcesses.Where(process => process.Application.Kind == kind);

    private bool IsReplaced(Application application) => application.Name switch
    {
        Applications.MidtransSimulator => options.External.Midtrans is not null,
        Applications.KubernetesSimulator => options.External.KubeconfigPath is not null,
        _ => false,
    };

    private void Save()
    {
        lock (saving)
        {
            new SystemState(ProcessStatus.BootId, Ports.All, [.. processes.Values
                .Where(process => process.Identity is not null)
                .Select(process => new ProcessState(
                    process.Name, process.Identity!.Value.Pid, process.Identity.Value.StartTicks, process.StartedAt,
                    process.ReadyAfter?.TotalMilliseconds))]).Save(Layout);
        }
    }
}
