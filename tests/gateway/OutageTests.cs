using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task A_service_that_is_down_is_502_with_a_time_to_come_back_and_the_others_answer()
    {
        await using var gateway = await GatewayHost.StartAsync(("Services:Wallet", "http://127.0.0.1:1"));
        using var caller = gateway.Caller();
        var watch = Stopwatch.StartNew();

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var answer = await caller.SendAsync(new(method, "/api/wallet/info"), TestContext.Current.CancellationToken);

            await answer.ShouldBeAsync(502, "SERVICE_UNREACHABLE");
            answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 30);
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        (await (await caller.GetAsync("/api/catalog/services", TestContext.Current.CancellationToken)).ServiceAsync()).ShouldBe("catalog");
    }

    [Fact]
    public async Task A_service_whose_machine_swallows_connections_is_502_within_three_seconds()
    {
        using var hole = new BlackHole();
        await using var gateway = await GatewayHost.StartAsync(("Services:Wallet", hole.Address));
        using var caller = gateway.Caller();
        var watch = Stopwatch.StartNew();

        using var answer = await caller.GetAsync("/api/wallet/info", TestContext.Current.CancellationToken);

        await answer.ShouldBeAsync(502, "SERVICE_UNREACHABLE");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3.5));
    }

    [Theory]
    [InlineData("POST", "{\"amount\":1}")]
    [InlineData("POST", "")]
    [InlineData("PUT", "{\"amount\":1}")]
    [InlineData("PUT", "")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    public async Task What_changes_something_is_sent_once_when_the_service_dies_in_the_middle(string method, string body)
    {
        using var dying = new DyingService();
        await using var gateway = await GatewayHost.StartAsync(("Services:Wallet", dying.Address));
        using var caller = gateway.Caller();

        // The first request leaves an open connection behind: on such a one a client may take the end for a stale connection and try again.
        (await caller.GetAsync("/api/wallet/first", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await RawCaller.AskAsync(gateway,
            [$"{method} /api/wallet/die HTTP/1.1", .. body.Length > 0 ? (string[])[$"Content-Length: {body.Length}"] : []], body);

        answer.ShouldBe(502, "SERVICE_UNREACHABLE");
        dying.Deaths.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_passed_off_as_whole()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway["wallet"].At("/api/wallet/break", async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("the first part", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
        });
        using var caller = gateway.Caller();

        await Should.ThrowAsync<HttpRequestException>(
            () => caller.GetStringAsync("/api/wallet/break", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_the_work_of_the_service()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway["subscriptions"].At("/api/subscriptions/long", async http =>
        {
            http.RequestAborted.Register(ended.SetResult);
            begun.SetResult();
            await ended.Task;
        });
        using var caller = gateway.Caller();
        using var hangUp = new CancellationTokenSource();

        var asking = caller.GetAsync("/api/subscriptions/long", hangUp.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await hangUp.CancelAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Should.ThrowAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Without_identity_every_other_service_is_reached_with_a_token_too()
    {
        await using var gateway = await GatewayHost.StartWithoutKeysAsync(("Services:Identity", "http://127.0.0.1:1"));
        var token = TestTokens.For(Guid.CreateVersion7());
        using var caller = gateway.Caller(token);

        (await (await caller.GetAsync("/api/catalog/services", TestContext.Current.CancellationToken)).ServiceAsync()).ShouldBe("catalog");
        gateway.TheOneAt("/api/catalog/services").Headers.Authorization.ToString().ShouldBe($"Bearer {token}");
        await (await caller.GetAsync("/nothing", TestContext.Current.CancellationToken)).ShouldBeAsync(404, "NOT_FOUND");
    }

    /// <summary>A listener with a full queue: the machine is there, nobody takes the connection, the caller's SYN is dropped.</summary>
    private sealed class BlackHole : IDisposable
    {
        private readonly Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> waiting = [];

        public BlackHole()
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            for (var i = 0; i < 8; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                try
                {
                    socket.Connect(listener.LocalEndPoint!);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // It waits in the queue, as intended.
                }

                waiting.Add(socket);
            }
        }

        public string Address => $"http://{listener.LocalEndPoint}";

        public void Dispose()
        {
            waiting.ForEach(socket => socket.Dispose());
            listener.Dispose();
        }
    }

    /// <summary>Answers everything but /die; there it reads the whole request and breaks the connection without a word.</summary>
    private sealed class DyingService : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource end = new();
        private int deaths;

        public DyingService()
        {
            listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://{listener.LocalEndpoint}";

        public int Deaths => Volatile.Read(ref deaths);

        public void Dispose()
        {
            end.Cancel();
            listener.Dispose();
            end.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (!end.IsCancellationRequested)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(end.Token));
        }

        private async Task ServeAsync(TcpClient connection)
        {
            using var _ = connection;
            var (stream, buffer, text) = (connection.GetStream(), new byte[4096], "");
            while (await stream.ReadAsync(buffer, end.Token) is > 0 and var count)
            {
                text += Encoding.Latin1.GetString(buffer, 0, count);
                if (!IsWhole(text))
                    continue;
                if (text.Contains("/die", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref deaths);
                    return;
                }

                text = "";
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(), end.Token);
            }
        }

        private static bool IsWhole(string text)
        {
            var length = Regex.Match(text, @"Content-Length: (\d+)");
            return text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var head
                && text.Length - head - 4 >= (length.Success ? int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
        }
    }
}
