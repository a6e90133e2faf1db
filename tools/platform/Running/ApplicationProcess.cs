using System.Net.Security;
using Platform.Tool.Layout;
using Platform.Tool.Processes;

namespace Platform.Tool.Running;

/// <summary>A service, the gateway or a simulator: `dotnet` with a built assembly, ready when its address says so.</summary>
public sealed class ApplicationProcess : ManagedProcess
{
    // The probe sends nothing and asks its own machine, where the simulated cluster has a certificate that nobody has signed.
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (sender, _, _, _) => sender is SslStream { TargetHostName: "127.0.0.1" },
        },
    })
    { Timeout = TimeSpan.FromSeconds(5) };

    private readonly PlatformLayout layout;
    private readonly string binary;
    private readonly IReadOnlyDictionary<string, string?> settings;

    internal ApplicationProcess(
        Application application, PlatformLayout layout, string binary, IReadOnlyDictionary<string, string?> settings, TimeProvider clock)
        : base(application.Name, layout.LogOf(application.Name), clock)
    {
        Application = application;
        this.layout = layout;
        this.binary = binary;
        this.settings = settings;
        Url = new(settings["ASPNETCORE_URLS"]!);
    }

    public Application Application { get; }
    public Uri Url { get; }
    public override string Address => Url.GetLeftPart(UriPartial.Authority);

    /// <summary>What it is started with, the overrides not counted.</summary>
    public IReadOnlyDictionary<string, string?> Settings => settings;

    /// <summary>Brings the service's schema up to date; returns when that is done.</summary>
    /// <exception cref="TroubleException">The migration failed; the message has the end of its log.</exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        var log = layout.LogOf(Name + "-migrate");
        var command = Dotnet("migrate");
        foreach (var (variable, value) in EnvironmentOverrides)
        {
            command = command with { Environment = new Dictionary<string, string?>(command.Environment) { [variable] = value } };
        }

        if (await command.RunAsync(log, ct) is not 0 and var code)
        {
            throw new TroubleException(
                $"the migration of {Name} ended with {code}; its last lines:{Environment.NewLine}{LogTail.Quote(log)}",
                $"whole log: {log}");
        }
    }

    internal override Task<Command> PrepareAsync(CancellationToken ct) => Task.FromResult(Dotnet());

    protected override async Task<string?> ProbeAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Url, Application.ReadyPath), ct);
            return answer.IsSuccessStatusCode
                ? null
                : $"{(int)answer.StatusCode} from {Application.ReadyPath}: {await answer.Content.ReadAsStringAsync(ct)}";
        }
        catch (HttpRequestException notYet)
        {
            return notYet.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer from {Application.ReadyPath} within {Http.Timeout.TotalSeconds:0} s";
        }
    }

    private Command Dotnet(params string[] arguments)
    {
        if (!File.Exists(binary))
        {
            throw new TroubleException($"{Name} is not built: {binary} does not exist",
                File.Exists(Path.Combine(layout.Root, Application.Project))
                    ? "dotnet build Platform.sln -c Release"
                    : $"{Application.Project} does not exist in {layout.Root}");
        }

        // The working directory is the content root: it holds the program's appsettings.json.
        return new("dotnet", [binary, .. arguments]) { Environment = settings, WorkingDirectory = Path.GetDirectoryName(binary)! };
    }
}
