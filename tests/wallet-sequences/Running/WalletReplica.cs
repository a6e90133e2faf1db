namespace Platform.WalletSequences.Running;

/// <summary>One process of the wallet service, with fault points of its own.</summary>
internal sealed class WalletReplica : IDisposable
{
    private readonly string faults;
    private readonly ChildProcess process;
    private string? armed;

    private WalletReplica(string faults, ChildProcess process)
    {
        (this.faults, this.process) = (faults, process);
        Http = new HttpClient { BaseAddress = process.Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Http { get; }

    public bool IsAlive => process.IsAlive;

    public IEnumerable<string> Said => process.Said;

    public static async Task<WalletReplica> StartAsync(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var faults = Directory.CreateTempSubdirectory("wallet-sequences-").FullName;
        var process = await ChildProcess.StartAsync(World.Wallet, settings.Append(new("PLATFORM_FAULTS", faults)));
        return new(faults, process);
    }

    /// <summary>The process kills itself with SIGKILL when it next gets to this place.</summary>
    public void Arm(string point)
    {
        armed = Path.Combine(faults, $"wallet.{point}");
        File.WriteAllText(armed, "");
    }

    public void Disarm() => File.Delete(armed!);

    public Task DeathAsync(CancellationToken ct) => process.DeathAsync(ct);

    public Task KillAsync() => process.KillAsync();

    public void Dispose()
    {
        Http.Dispose();
        process.Dispose();
        Directory.Delete(faults, recursive: true);
    }
}
