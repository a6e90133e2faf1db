using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Platform.Benchmarks.Wallet;

/// <summary>What came of a load: how many were answered as wanted, in which time.</summary>
internal sealed record LoadResult(int Connections, int Answers, int Refusals, double PerSecond, Latencies Latencies);

/// <summary>
/// HTTP/1.1 over sockets that stay open, with requests that are bytes beforehand and answers of which only status line and length are
/// read: the generator shares the processors with what it measures, so it must cost next to nothing.
/// </summary>
internal sealed class HttpLoad(Uri address, Func<int, byte[]> request)
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>Each connection sends its next request when the last is answered.</summary>
    public async Task<LoadResult> ClosedAsync(int connections, TimeSpan duration, CancellationToken ct)
    {
        var (latencies, number, refusals) = (new ConcurrentBag<List<TimeSpan>>(), 0, 0);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = await ConnectAsync(ct);
            List<TimeSpan> own = [];
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                if (!await connection.AskAsync(request(Interlocked.Increment(ref number)), ct))
                    Interlocked.Increment(ref refusals);
                own.Add(Stopwatch.GetElapsedTime(sent));
            }

            latencies.Add(own);
        }, ct)));
        return Result(connections, refusals, Stopwatch.GetElapsedTime(started), latencies.SelectMany(own => own));
    }

    /// <summary>
    /// Requests arrive at a constant rate whether or not earlier ones are answered; the time of one counts from when it was due, so that a
    /// stall counts for all who would have come meanwhile.
    /// </summary>
    public async Task<LoadResult> OpenAsync(double perSecond, TimeSpan duration, int connections, CancellationToken ct)
    {
        var (latencies, next, refusals) = (new ConcurrentBag<List<TimeSpan>>(), -1, 0);
        var total = (int)(perSecond * duration.TotalSeconds);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = await ConnectAsync(ct);
            List<TimeSpan> own = [];
            while (Interlocked.Increment(ref next) is var mine && mine < total)
            {
                var due = TimeSpan.FromSeconds(mine / perSecond);
                // The timer is coarse; a request that leaves a little late is late by the generator's fault, which then counts too.
                if (due - Stopwatch.GetElapsedTime(started) is { TotalMilliseconds: > 1 } early)
                    await Task.Delay(early, TimeProvider.System, ct);
                if (!await connection.AskAsync(request(mine), ct))
                    Interlocked.Increment(ref refusals);
                own.Add(Stopwatch.GetElapsedTime(started) - due);
            }

            latencies.Add(own);
        }, ct)));
        return Result(connections, refusals, Stopwatch.GetElapsedTime(started), latencies.SelectMany(own => own));
    }

    public static byte[] Post(Uri address, string path, string? token, string body) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
        + (token is null ? "" : $"Authorization: Bearer {token}\r\n")
        + $"Content-Length: {Encoding.ASCII.GetByteCount(body)}\r\n\r\n{body}");

    public async Task<HttpConnection> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, ct);
        return new(socket);
    }

    private static LoadResult Result(int connections, int refusals, TimeSpan elapsed, IEnumerable<TimeSpan> all)
    {
        var latencies = new Latencies();
        foreach (var latency in all)
            latencies.Add(latency);
        return new(connections, latencies.Count - refusals, refusals, (latencies.Count - refusals) / elapsed.TotalSeconds, latencies);
    }

    internal sealed class HttpConnection(Socket socket) : IDisposable
    {
        private readonly byte[] buffer = new byte[16 * 1024];

        /// <returns>True for a 2xx.</returns>
        public async Task<bool> AskAsync(byte[] bytes, CancellationToken ct)
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), ct);
            var (have, wanted) = (0, -1);
            while (wanted < 0 || have < wanted)
            {
                if (have == buffer.Length)
                    throw new InvalidOperationException("An answer was larger than a benchmark's answers are.");
                var got = await socket.ReceiveAsync(buffer.AsMemory(have), ct);
                if (got == 0)
                    throw new InvalidOperationException("The connection was closed in the middle of an answer.");
                have += got;
                if (wanted < 0)
                    wanted = LengthOf(buffer.AsSpan(0, have));
            }

            return buffer[9] == (byte)'2';
        }

        public void Dispose() => socket.Dispose();

        // Kestrel tells the length of a small answer beforehand or sends it in chunks; -1 while the end is not known yet.
        private static int LengthOf(ReadOnlySpan<byte> answer)
        {
            var head = answer.IndexOf(EndOfHead);
            if (head < 0)
                return -1;
            var headers = Encoding.ASCII.GetString(answer[..head]);
            var at = headers.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                var line = headers.AsSpan(at + "Content-Length:".Length);
                var end = line.IndexOf('\r');
                return head + 4 + int.Parse(end < 0 ? line : line[..end], System.Globalization.CultureInfo.InvariantCulture);
            }

            return answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length : -1;
        }
    }
}
