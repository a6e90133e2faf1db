using System.Net;
using System.Net.Sockets;

namespace Platform.Tool.Layout;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class Ports
{
    // Below the kernel's range for outgoing connections (32768 and up): a port from that range can be lent to any client
    // of the machine while a process of ours is being restarted.
    private const int First = 20_000;
    private const int Last = 32_000;

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The wanted port, or another free one when that is taken or already promised.</summary>
    public static int Choose(int? preferred, ISet<int> promised)
    {
        if (preferred is { } wanted && !promised.Contains(wanted) && IsFree(wanted))
        {
            promised.Add(wanted);
            return wanted;
        }

        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (!promised.Contains(port) && IsFree(port))
            {
                promised.Add(port);
                return port;
            }
        }

        throw new TroubleException($"no free loopback port between {First} and {Last}", "end something that listens there: ss -ltnp");
    }
}
