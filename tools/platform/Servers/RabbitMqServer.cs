using Platform.Tool.Layout;
using Platform.Tool.Prerequisites;
using Platform.Tool.Processes;

namespace Platform.Tool.Servers;

/// <summary>A private RabbitMQ with its management API, and the epmd that it needs.</summary>
public sealed class RabbitMqServer : ManagedProcess
{
    private readonly string directory;
    private readonly string password;
    private readonly string cookie;
    private readonly EpmdServer epmd;

    internal RabbitMqServer(PlatformLayout layout, string directory, RabbitMqPorts ports, Secrets secrets, TimeProvider clock)
        : base("rabbitmq", layout.LogOf("rabbitmq"), clock)
    {
        this.directory = Path.Combine(directory, "rabbitmq");
        password = secrets.RabbitMq;
        cookie = secrets.ErlangCookie;
        Ports = ports;
        epmd = new(layout, ports.Epmd, clock);
    }

    public RabbitMqPorts Ports { get; }
    public override string Address => $"127.0.0.1:{Ports.Amqp}";

    /// <summary>For the services: their own virtual host.</summary>
    public string Connection => $"amqp://{RabbitMqSettings.User}:{password}@127.0.0.1:{Ports.Amqp}/{RabbitMqSettings.VirtualHost}";

    /// <summary>For tests, which make virtual hosts of their own through <see cref="ManagementApi"/>.</summary>
    public string DefaultConnection => $"amqp://{RabbitMqSettings.User}:{password}@127.0.0.1:{Ports.Amqp}";

    /// <summary>With the credentials in it.</summary>
    public string ManagementApi => $"http://{RabbitMqSettings.User}:{password}@127.0.0.1:{Ports.Management}";

    internal ManagedProcess Epmd => epmd;

    internal override async Task<Command> PrepareAsync(CancellationToken ct)
    {
        var script = new DistributionPackages().RabbitMqServer() ?? throw DistributionPackages.Missing("RabbitMQ");
        var account = ServerAccount.For("rabbitmq");
        await epmd.StartAsync(ct);
        await epmd.WaitReadyAsync(ct);

        ServerDirectory.Make(directory, account);
        var home = ServerDirectory.Make(Path.Combine(directory, "home"), account);
        var cookieFile = Path.Combine(home, ".erlang.cookie");
        ServerDirectory.WriteFile(cookieFile, cookie, account);
        File.SetUnixFileMode(cookieFile, UnixFileMode.UserRead);
        var definitions = Write("definitions.json", RabbitMqSettings.Definitions(password), account);
        var configuration = Write("rabbitmq.conf", RabbitMqSettings.Configuration(Ports, definitions), account);
        var plugins = Write("enabled_plugins", "[rabbitmq_management].\n", account);

        return new(script)
        {
            RunAs = account,
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string?>
            {
                ["HOME"] = home,
                ["RABBITMQ_NODENAME"] = "platform@localhost",
                ["RABBITMQ_DIST_PORT"] = $"{Ports.Distribution}",
                ["ERL_EPMD_PORT"] = $"{Ports.Epmd}",
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                // Without this the distribution port listens on every address of the machine.
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
                ["RABBITMQ_MNESIA_BASE"] = ServerDirectory.Make(Path.Combine(directory, "mnesia"), account),
                ["RABBITMQ_LOG_BASE"] = ServerDirectory.Make(Path.Combine(directory, "log"), account),
                ["RABBITMQ_GENERATED_CONFIG_DIR"] = ServerDirectory.Make(Path.Combine(directory, "generated"), account),
                ["RABBITMQ_CONFIG_FILE"] = configuration,
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = plugins,
                ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
                ["RABBITMQ_PID_FILE"] = Path.Combine(directory, "pid"),
                ["RABBITMQ_LOGS"] = "-",
                // Makes the script become the Erlang machine instead of waiting beside it: our pid is the broker's own, and a
                // SIGTERM is an orderly shutdown.
                ["RUNNING_UNDER_SYSTEMD"] = "true",
                ["NOTIFY_SOCKET"] = null,
            },
        };
    }

    /// <remarks>The port answers before the broker has loaded its definitions; only this line says that everything is there.</remarks>
    protected override Task<string?> ProbeAsync(CancellationToken ct) => Task.FromResult(
        LogTail.Last(LogFile, 2_000).Any(line => line.Contains("Server startup complete", StringComparison.Ordinal))
            ? null
            : LogTail.Last(LogFile, 1) is [var last] ? last : "no output");

    public override async Task StopAsync(CancellationToken ct)
    {
        await base.StopAsync(ct);
        await epmd.StopAsync(ct);
    }

    private string Write(string name, string content, ServerAccount? account)
    {
        var path = Path.Combine(directory, name);
        ServerDirectory.WriteFile(path, content, account);
        return path;
    }
}
