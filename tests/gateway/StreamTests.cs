using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class StreamTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Each_event_of_a_stream_arrives_before_the_next_is_made()
    {
        var seen = new SemaphoreSlim(0);
        gateway["subscriptions"].At("/api/subscriptions/1/timeline/stream", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            for (var i = 1; i <= 3; i++)
            {
                await http.Response.WriteAsync($"id: {i}\ndata: step {i}\n\n", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                (await seen.WaitAsync(Patience, http.RequestAborted)).ShouldBeTrue("The caller did not see the event.");
            }
        });
        using var caller = gateway.Caller(TestTokens.For(Guid.CreateVersion7()));

        using var answer = await caller.GetAsync(
            "/api/subscriptions/1/timeline/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var events = new List<string>();
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            events.Add(line);
            seen.Release();
        }

        events.ShouldBe(["data: step 1", "data: step 2", "data: step 3"]);
    }

    [Fact]
    public async Task A_web_socket_passes_both_ways()
    {
        gateway["provisioner"].At("/socket.io/", async http =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var heard = await socket.ReceiveAsync(buffer, http.RequestAborted);
            var echo = Encoding.UTF8.GetBytes("you said " + Encoding.UTF8.GetString(buffer, 0, heard.Count));
            await socket.SendAsync(echo, WebSocketMessageType.Text, true, http.RequestAborted);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        });
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(gateway.Address) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri;
        using var deadline = new CancellationTokenSource(Patience);

        await socket.ConnectAsync(address, deadline.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, deadline.Token);
        var buffer = new byte[100];
        var answer = await socket.ReceiveAsync(buffer, deadline.Token);

        Encoding.UTF8.GetString(buffer, 0, answer.Count).ShouldBe("you said hello");
    }
}
