using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Platform.Messaging.Tests;

/// <summary>A TCP connection to a server that a test can cut: refused and reset, or torn at the very moment of a COMMIT.</summary>
public sealed class Wire : IAsyncDisposable
{
    private readonly IPEndPoint server;
    private readonly ConcurrentDictionary<Socket, Socket> pairs = new();
    private readonly CancellationTokenSource end = new();
    private TcpListener listener;
    private volatile TaskCompletionSource? frozen;
    private int commitsToTear;
    private int tornCommits;

    private Wire(string host, int port)
    {
        server = new(IPAddress.Parse(host), port);
        listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync(listener);
    }

    public int Port { get; }

    public int TornCommits => tornCommits;

    public static Wire To(string host, int port) => new(host, port);

    /// <summary>From now on connections are refused, and those that stand are reset.</summary>
    public void Cut()
    {
        listener.Stop();
        foreach (var (client, remote) in pairs)
            Tear(client, remote);
    }

    public void Mend()
    {
        listener = new(IPAddress.Loopback, Port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    /// <summary>From now on nothing comes through, and nobody is told.</summary>
    public void Freeze() => frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw()
    {
        frozen?.TrySetResult();
        frozen = null;
    }

    /// <summary>The next COMMITs end in a reset: every other one before the server has it, the rest after it has carried it out.</summary>
    public void TearCommits(int count) => Volatile.Write(ref commitsToTear, count);

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        Cut();
        listener.Dispose();
        end.Dispose();
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true)
            {
                var client = await from.AcceptSocketAsync(end.Token);
                var remote = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                await remote.ConnectAsync(server, end.Token);
                pairs[client] = remote;
                _ = PumpAsync(client, remote, watched: true);
                _ = PumpAsync(remote, client, watched: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException)
        {
            // The listener was stopped: the wire is cut.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool watched)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, end.Token) is > 0 and var count)
            {
                if (watched && buffer.AsSpan(0, count).IndexOf("COMMIT"u8) >= 0 && Interlocked.Decrement(ref commitsToTear) >= 0)
                {
                    await TearAtCommitAsync(from, to, buffer.AsMemory(0, count));
                    return;
                }

                if (frozen is { } ice)
                    await ice.Task.WaitAsync(end.Token);
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), end.Token);
            }

            Tear(from, to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Tear(from, to);
        }
    }

    private async Task TearAtCommitAsync(Socket client, Socket remote, ReadOnlyMemory<byte> commit)
    {
        if (Interlocked.Increment(ref tornCommits) % 2 == 0)
        {
            // The client goes first, so that the answer finds nobody; closing in order lets the server read what was sent.
            Reset(client);
            await remote.SendAsync(commit, end.Token);
            remote.Shutdown(SocketShutdown.Send);
            var answer = new byte[1024];
            while (await remote.ReceiveAsync(answer, end.Token) > 0)
            {
            }
        }

        Tear(client, remote);
    }

    private void Tear(Socket one, Socket other)
    {
        pairs.TryRemove(one, out _);
        pairs.TryRemove(other, out _);
        Reset(one);
        Reset(other);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Close();
    }
}
