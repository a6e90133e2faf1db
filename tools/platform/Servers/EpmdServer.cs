using System.Net;
using System.Net.Sockets;
using Platform.Tool.Layout;
using Platform.Tool.Prerequisites;
using Platform.Tool.Processes;

namespace Platform.Tool.Servers;

/// <summary>
/// Erlang's name service. RabbitMQ would start one by itself that stays behind for ever, so we start it ourselves and know whom to end.
/// </summary>
internal sealed class EpmdServer(PlatformLayout layout, int port, TimeProvider clock)
    : ManagedProcess("epmd", layout.LogOf("epmd"), clock)
{
    public override string Address => $"127.0.0.1:{port}";

    internal override Task<Command> PrepareAsync(CancellationToken ct)
    {
        var program = new DistributionPackages().Epmd() ?? throw DistributionPackages.Missing("Erlang's epmd");
        return Task.FromResult(new Command(program, "-port", $"{port}", "-address", "127.0.0.1") { RunAs = ServerAccount.For("rabbitmq") });
    }

    protected override async Task<string?> ProbeAsync(CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, ct);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.Message;
        }
    }
}
