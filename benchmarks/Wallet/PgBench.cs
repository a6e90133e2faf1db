using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// The peer: PostgreSQL's own load generator with the statements of one debit, as fast as it can send them: prepared, those that need no
/// answer of each other in one go, no decision taken in between.
/// </summary>
internal sealed class PgBench(NpgsqlConnectionStringBuilder server, string binary)
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(4);
    private static readonly int[] ClientCounts = [1, 2, 4, 8, 16];

    /// <exception cref="InvalidOperationException">pgbench is not on this machine.</exception>
    public static PgBench Find(string connection)
    {
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => d + "/bin") : []);
        var binary = directories.Select(directory => Path.Combine(directory, "pgbench")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("pgbench is not on this machine: apt-get install postgresql-contrib");
        return new(new(connection), binary);
    }

    /// <summary>The best of several numbers of clients, in debits per second.</summary>
    public async Task<(double PerSecond, int Clients)> BestAsync(string script, CancellationToken ct)
    {
        var best = (PerSecond: 0.0, Clients: 0);
        foreach (var clients in ClientCounts)
        {
            var perSecond = await RunAsync(script, clients, $"-T {Each.TotalSeconds.ToString(CultureInfo.InvariantCulture)}", ct);
            if (perSecond > best.PerSecond)
                best = (perSecond, clients);
        }

        return best;
    }

    /// <summary>One debit, for looking at what it writes.</summary>
    public Task OnceAsync(string script, CancellationToken ct) => RunAsync(script, clients: 1, "-t 1", ct);

    private async Task<double> RunAsync(string script, int clients, string howLong, CancellationToken ct)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script, ct);
        try
        {
            var start = new ProcessStartInfo(binary,
                $"-h {server.Host} -p {server.Port} -U {server.Username} -n -M prepared -c {clients} -j {Math.Min(clients, 2)} {howLong} "
                + $"-f {file} {server.Database}")
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment["PGPASSWORD"] = server.Password;
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            var tps = (await output).Split('\n').FirstOrDefault(line => line.StartsWith("tps = ", StringComparison.Ordinal));
            if (process.ExitCode != 0 || tps is null || (await errors).Contains("ERROR", StringComparison.Ordinal))
                throw new InvalidOperationException($"pgbench failed: {await errors}{await output}");
            return double.Parse(tps.Split(' ')[2], CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
