using System.Runtime.InteropServices;
using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Running;
using Platform.Scenarios.Books;
using Platform.Scenarios.Customers;

namespace Platform.Scenarios.Running;

/// <summary>
/// The whole platform as real processes on data of its own: both servers, both simulators, five services and the gateway. Started once
/// for all scenarios and ended with them, whatever became of them.
/// </summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    /// <summary>How long a deployment may take here; what never comes up is given up after this.</summary>
    private const string ReadyWithin = "00:00:25";

    private readonly PlatformLayout layout;
    private readonly List<PosixSignalRegistration> signals = [];

    public RunningPlatform()
    {
        var home = Path.Combine(Path.GetTempPath(), $"platform-scenarios-{Guid.CreateVersion7():N}");
        layout = new(RepositoryAbove(new(AppContext.BaseDirectory)), home);
        System = PlatformSystem.Open(layout, new PlatformOptions());
        Configure();
        Shoppers = new(this);
        Coupons = new(this);
        Cluster = new(this);
        PaymentGateway = new(this);
        Faults = new(this);
        Books = new(this);
    }

    public PlatformSystem System { get; }
    internal Shoppers Shoppers { get; }
    internal Coupons Coupons { get; }
    internal Cluster Cluster { get; }
    internal PaymentGateway PaymentGateway { get; }
    internal FaultSwitches Faults { get; }
    internal PlatformBooks Books { get; }
    internal IReadOnlyDictionary<string, Offer> Offers { get; private set; } = null!;

    public ManagedProcess this[string process] => System[process];

    /// <summary>The administrator's connection to the database of all services.</summary>
    public string Database => new Npgsql.NpgsqlConnectionStringBuilder(System.Postgres.AdministratorConnection)
    {
        Database = "platform", ApplicationName = "books", MaxPoolSize = 5,
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        // A runner that is told to end does not come to dispose of us, and what we start is detached: it would stay.
        signals.AddRange(new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, EndAtSignal)));
        try
        {
            await System.StartAsync(TestContext.Current.CancellationToken);
            Offers = await Offer.ReadAsync(this);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await System.StopAsync(CancellationToken.None);
        Delete();
    }

    /// <summary>kill -9, then the same process again on its port and data, until it is ready.</summary>
    public async Task KillAndRestartAsync(string process)
    {
        await this[process].KillAsync(CancellationToken.None);
        await ReviveAsync(process);
    }

    public async Task ReviveAsync(string process)
    {
        await this[process].StartAsync(CancellationToken.None);
        await this[process].WaitReadyAsync(CancellationToken.None);
    }

    private void Configure()
    {
        Set("subscriptions", "Lifecycle__ReadyWithin", ReadyWithin);
        Set("provisioner", "Provisioner__ReadyWithin", ReadyWithin);
        Set("provisioner", "Provisioner__FailFastAfter", "00:00:02");
        Set("provisioner", "Provisioner__Recheck", "00:00:01");
        // A worker that was killed is taken for dead well before the deadline above.
        Set("provisioner", "Provisioner__Lease", "00:00:06");
        // All customers come from one address here.
        Set(Applications.Gateway, "RateLimits__Factor", "1000");
        // Longer than any run, so that a token is never what fails.
        Set("identity", "Identity__Sessions__AccessTokenLifetime", "02:00:00");
        // The gateway's own waits between two deliveries of a notification are minutes; here they are seconds.
        Set(Applications.MidtransSimulator, "Simulator__TimeScale", "0.01");
    }

    private void Set(string process, string variable, string value) => this[process].EnvironmentOverrides[variable] = value;

    private void EndAtSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        Environment.Exit(128);
    }

    private void Delete()
    {
        if (Environment.GetEnvironmentVariable("PLATFORM_SCENARIOS_KEEP") == "1")
        {
            return;
        }

        var elsewhere = File.Exists(layout.ServersPointerFile) ? File.ReadAllText(layout.ServersPointerFile).Trim() : null;
        if (elsewhere?.StartsWith("/var/tmp/platform-", StringComparison.Ordinal) == true && Directory.Exists(elsewhere))
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        if (Directory.Exists(layout.Home))
        {
            Directory.Delete(layout.Home, recursive: true);
        }
    }

    private static string RepositoryAbove(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Platform.sln"))
        ? folder.FullName
        : RepositoryAbove(folder.Parent
            ?? throw new DirectoryNotFoundException($"There is no Platform.sln above {AppContext.BaseDirectory}."));
}
