namespace Platform.Tool.Running;

/// <summary>One of our own programs.</summary>
/// <param name="Name">As in `./platform logs`; for a service also its database role and schema.</param>
/// <param name="Project">The project file, from the root of the repository.</param>
/// <param name="PreferredPort">Used unless somebody else has it.</param>
/// <param name="ReadyPath">Answers 200 when the program can do its work.</param>
/// <param name="Kind">What it is to the others.</param>
public sealed record Application(string Name, string Project, int PreferredPort, string ReadyPath, ApplicationKind Kind)
{
    /// <summary>The assembly, which has the project file's name.</summary>
    public string Assembly => Path.GetFileNameWithoutExtension(Project);
}

/// <summary>Decides when an application is started and what it gets.</summary>
public enum ApplicationKind
{
    /// <summary>Stands for a remote system; needs nothing of ours.</summary>
    Simulator,

    /// <summary>Owns a schema, has migrations, talks over the bus.</summary>
    Service,
    Gateway,
}

/// <summary>Everything that the launcher runs. The one place to add a program.</summary>
public static class Applications
{
    public const string Postgres = "postgres";
    public const string RabbitMq = "rabbitmq";
    public const string MidtransSimulator = "midtrans-simulator";
    public const string KubernetesSimulator = "kubernetes-simulator";
    public const string Gateway = "gateway";

    public const int PostgresPort = 56432;
    public const int RabbitMqPort = 56672;
    public const int RabbitMqManagementPort = 56673;

    private const string Ready = "/health/ready";

    public static IReadOnlyList<Application> All { get; } =
    [
        new("identity", "services/identity/Platform.Identity.csproj", 7101, Ready, ApplicationKind.Service),
        new("catalog", "services/catalog/Platform.Catalog.csproj", 7102, Ready, ApplicationKind.Service),
        new("wallet", "services/wallet/Platform.Wallets.csproj", 7103, Ready, ApplicationKind.Service),
        new("subscriptions", "services/subscriptions/Platform.Subscriptions.csproj", 7104, Ready, ApplicationKind.Service),
        new("provisioner", "services/provisioner/Platform.Provisioner.csproj", 7105, Ready, ApplicationKind.Service),
        new(Gateway, "gateway/Platform.Gateway.csproj", 7100, Ready, ApplicationKind.Gateway),
        new(MidtransSimulator, "simulators/midtrans/Platform.Simulators.Midtrans.csproj", 7110, "/", ApplicationKind.Simulator),
        new(KubernetesSimulator, "simulators/kubernetes/Platform.Simulators.Kubernetes.csproj", 7120, "/healthz",
            ApplicationKind.Simulator),
    ];

    /// <summary>Every name that `--only` and `logs` accept, in the order of the table.</summary>
    public static IReadOnlyList<string> Names { get; } = [Postgres, RabbitMq, .. All.Select(application => application.Name)];

    public static IEnumerable<string> DatabaseRoles =>
        All.Where(application => application.Kind == ApplicationKind.Service).Select(application => application.Name);
}
