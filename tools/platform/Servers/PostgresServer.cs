using Npgsql;
using Platform.Tool.Layout;
using Platform.Tool.Prerequisites;
using Platform.Tool.Processes;

namespace Platform.Tool.Servers;

/// <summary>A private PostgreSQL: own data, own loopback port, no Unix socket (whose path could be too long for the kernel).</summary>
public sealed class PostgresServer : ManagedProcess
{
    private readonly string directory;
    private readonly string password;

    /// <param name="layout">Whose server; its log goes there.</param>
    /// <param name="directory">Holds the data directory; both users must be able to reach it.</param>
    /// <param name="port">The loopback port.</param>
    /// <param name="password">Of the administrator, postgres. Only used for the first start.</param>
    /// <param name="clock">Time.</param>
    internal PostgresServer(PlatformLayout layout, string directory, int port, string password, TimeProvider clock)
        : base("postgres", layout.LogOf("postgres"), clock)
    {
        this.directory = directory;
        this.password = password;
        Port = port;
    }

    public int Port { get; }
    public override string Address => $"127.0.0.1:{Port}";

    /// <summary>The connection string of the administrator.</summary>
    public string AdministratorConnection => $"Host=127.0.0.1;Port={Port};Username=postgres;Password={password};Database=postgres";

    public string DataDirectory => Path.Combine(directory, "pgdata");

    protected override Signal StopSignal => Signal.Interrupt;

    internal override async Task<Command> PrepareAsync(CancellationToken ct)
    {
        var account = ServerAccount.For("postgres");
        var binaries = Binaries();
        if (!Directory.Exists(DataDirectory))
        {
            await InitialiseAsync(binaries, account, ct);
        }

        return new(Path.Combine(binaries, "postgres"), [
            "-D", DataDirectory,
            "-c", $"port={Port}",
            "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=",
            "-c", "max_connections=300",
            // Development data only: it survives the death of any process, but not a power cut.
            "-c", "fsync=off",
            "-c", "full_page_writes=off",
        ])
        { RunAs = account, WorkingDirectory = DataDirectory };
    }

    protected override async Task<string?> ProbeAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(AdministratorConnection + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(ct);
            return null;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new TroubleException($"the data in {DataDirectory} has another administrator password than the kept one",
                "./platform reset starts again with empty data", refused);
        }
        catch (NpgsqlException notYet)
        {
            return notYet.Message;
        }
    }

    /// <summary>The programs that belong to the data, or the newest ones when there is no data yet.</summary>
    private string Binaries()
    {
        var packages = new DistributionPackages();
        var versionFile = Path.Combine(DataDirectory, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            return packages.PostgresBinaries() ?? throw DistributionPackages.Missing("PostgreSQL");
        }

        var version = File.ReadAllText(versionFile).Trim();
        return packages.PostgresBinaries(version)
            ?? throw new TroubleException($"the data in {DataDirectory} was made by PostgreSQL {version}, which is not installed",
                $"install postgresql-{version}, or start with empty data: ./platform reset");
    }

    private async Task InitialiseAsync(string binaries, ServerAccount? account, CancellationToken ct)
    {
        // The data directory appears under its name only when it is whole: an interrupted first start leaves nothing half made behind.
        var draft = ServerDirectory.Make(Path.Combine(directory, "pgdata.new"), account);
        Directory.Delete(draft, recursive: true);
        ServerDirectory.Make(draft, account);
        var passwordFile = Path.Combine(directory, "pgdata.password");
        ServerDirectory.WriteFile(passwordFile, password, account);
        try
        {
            var initdb = new Command(Path.Combine(binaries, "initdb"), [
                "-D", draft, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                "--auth=scram-sha-256", $"--pwfile={passwordFile}",
            ])
            { RunAs = account };
            if (await initdb.RunAsync(LogFile, ct) != 0)
            {
                throw new TroubleException(
                    $"PostgreSQL could not make its data directory:{Environment.NewLine}{LogTail.Quote(LogFile)}", $"whole log: {LogFile}");
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(draft, DataDirectory);
    }
}
