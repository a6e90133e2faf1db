using Platform.Tool.Layout;
using Platform.Tool.Servers;

namespace Platform.Tool.Running;

/// <summary>The loopback port of every process.</summary>
public sealed class PortTable(IReadOnlyDictionary<string, int> ports)
{
    private const string Management = "rabbitmq-management";
    private const string Epmd = "rabbitmq-epmd";
    private const string Distribution = "rabbitmq-distribution";

    public int this[string process] => ports[process];
    public IReadOnlyDictionary<string, int> All => ports;

    public RabbitMqPorts RabbitMq => new(ports[Applications.RabbitMq], ports[Management], ports[Epmd], ports[Distribution]);

    /// <summary>Without a path. Only the cluster speaks https: kubectl would not send it a token otherwise.</summary>
    public string UrlOf(string application) =>
        $"{(application == Applications.KubernetesSimulator ? "https" : "http")}://127.0.0.1:{ports[application]}";

    /// <param name="preferred">Whether to try the well-known ports first; a system beside others leaves them alone.</param>
    public static PortTable Choose(bool preferred)
    {
        var promised = new HashSet<int>();
        int Pick(int? wanted) => Ports.Choose(preferred ? wanted : null, promised);
        var ports = new Dictionary<string, int>
        {
            [Applications.Postgres] = Pick(Applications.PostgresPort),
            [Applications.RabbitMq] = Pick(Applications.RabbitMqPort),
            [Management] = Pick(Applications.RabbitMqManagementPort),
            [Epmd] = Pick(null),
            [Distribution] = Pick(null),
        };
        foreach (var application in Applications.All)
        {
            ports[application.Name] = Pick(application.PreferredPort);
        }

        return new(ports);
    }

    /// <summary>The processes that did not get their well-known port.</summary>
    public IEnumerable<(string Name, int Wanted, int Got)> Moved() =>
        WellKnown.Where(known => ports[known.Name] != known.Port).Select(known => (known.Name, known.Port, ports[known.Name]));

    private static IEnumerable<(string Name, int Port)> WellKnown =>
    [
        (Applications.Postgres, Applications.PostgresPort),
        (Applications.RabbitMq, Applications.RabbitMqPort),
        (Management, Applications.RabbitMqManagementPort),
        .. Applications.All.Select(application => (application.Name, application.PreferredPort)),
    ];
}
