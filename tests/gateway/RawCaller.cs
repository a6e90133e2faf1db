using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Gateway.Tests;

/// <summary>Everything that came back over one connection until it was closed.</summary>
public sealed record RawAnswer(string Text)
{
    public int Status => int.Parse(Text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    public int Answers => Text.Split("HTTP/1.1 ").Length - 1;

    public string Head => Text[..Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    public JsonNode Problem => Text.IndexOf('{', StringComparison.Ordinal) is >= 0 and var start
        ? JsonNode.Parse(Text[start..(Text.LastIndexOf('}') + 1)])!
        : throw new InvalidOperationException($"No JSON in: {Text}");
}

/// <summary>A caller that is as impolite as it likes: sends the bytes that it is given.</summary>
public static class RawCaller
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="lines">The request line and the headers; Host and "Connection: close" are added when they are missing.</param>
    public static Task<RawAnswer> AskAsync(GatewayHost gateway, string[] lines, string body = "")
    {
        List<string> head = [.. lines];
        if (!head.Any(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)))
            head.Insert(1, $"Host: {gateway.Address.Authority}");
        if (!head.Any(line => line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)))
            head.Add("Connection: close");
        return SendAsync(gateway, string.Join("\r\n", head) + "\r\n\r\n" + body);
    }

    public static async Task<RawAnswer> SendAsync(GatewayHost gateway, string bytes)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port, deadline.Token);
        var sending = socket.SendAsync(Encoding.Latin1.GetBytes(bytes), deadline.Token).AsTask();
        var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var count)
                answer.Write(buffer, 0, count);
            await sending;
        }
        catch (SocketException) when (answer.Length > 0)
        {
            // It answered and hung up before it had everything: that is its right.
        }

        return new(Encoding.UTF8.GetString(answer.ToArray()));
    }
}
