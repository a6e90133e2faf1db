using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// Debits per second: PostgreSQL alone, driven by its own pgbench with the same statements, against the wallet service over HTTP and over
/// the bus, from a thousand wallets and from one. And a burst of payment notifications.
/// </summary>
internal static class WalletBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int LeastRounds = 4;
    private const int MostRounds = 12;
    private const int WarmUpConnections = 256;
    private const double NoMoreThan = 1.03;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AtHalf = TimeSpan.FromSeconds(10);
    private static readonly int[] ConnectionCounts = [16, 64, 256, 512];
    private const int OverBus = 4_000;
    private const int WarmUpNotifications = 200;
    private const int Notifications = 500;

    private sealed record Case(string Name, double PgBench, int Clients, double Http, int Connections, double HalfP50, double HalfP99,
        double HalfP999, double Bus)
    {
        public double HttpRatio => Http / PgBench;
        public double BusRatio => Bus / PgBench;
    }

    public static async Task<int> RunAsync(bool json, CancellationToken ct)
    {
        var say = json ? Console.Error : Console.Out;
        await using var database = NpgsqlDataSource.Create(Surroundings.Platform);
        await say.WriteLineAsync($"Machine: {Surroundings.Machine}; {await ServerAsync(database, ct)}");
        var tokens = await DevelopmentTokens.ReadAsync(ct);
        var (wallets, pgbench) = (await Wallets.FundAsync(database, ct), PgBench.Find(Surroundings.Platform));
        await SameRowsAsync(database, wallets, pgbench, tokens, ct);

        List<Case> cases = [];
        await say.WriteLineAsync(
            "wallets  pgbench/s (clients)  HTTP/s (connections)  ratio   bus/s  ratio  HTTP at half: p50/p99/p99.9 ms");
        foreach (var (name, count) in new[] { ("manyWallets", Wallets.Count), ("oneHotWallet", 1) })
        {
            var measured = await MeasureAsync(name, count, wallets, pgbench, tokens, ct);
            cases.Add(measured);
            await say.WriteLineAsync(Invariant($"{count,7}  {measured.PgBench,9:0} ({measured.Clients,2})        ")
                + Invariant($"{measured.Http,7:0} ({measured.Connections,3})          {measured.HttpRatio,5:0.00}  ")
                + Invariant($"{measured.Bus,6:0}  {measured.BusRatio,5:0.00}  ")
                + Invariant($"{measured.HalfP50:0.0} / {measured.HalfP99:0.0} / {measured.HalfP999:0.0}"));
        }

        using var burst = new NotificationBurst(database, tokens);
        // A service that has just started compiles while it works; like the debits, notifications are measured on one that has worked.
        await burst.RunAsync(WarmUpNotifications, ct);
        await Task.Delay(Pause, TimeProvider.System, ct);
        var notified = await burst.RunAsync(Notifications, ct);
        await say.WriteLineAsync(Invariant($"{notified.Notifications} notifications at once: ")
            + (notified.AllAnswered ? "all answered 200 and credited; " : "NOT all answered 200 and credited; ")
            + Invariant($"answer p50/p99/max {notified.AnswerP50:0}/{notified.AnswerP99:0}/{notified.AnswerMax:0} ms, ")
            + Invariant($"credited p50/p99 {notified.CreditedP50:0}/{notified.CreditedP99:0} ms"));
        var fault = await wallets.FaultInBooksAsync(ct);
        await say.WriteLineAsync(fault is null ? "The books balance." : $"THE BOOKS DO NOT BALANCE: {fault}");

        var goals = Goals(cases, notified);
        await say.WriteLineAsync("Goals: " + string.Join(", ", goals.Select(goal => $"{goal.Key} {(goal.Value ? "met" : "missed")}")));
        if (json)
            await Console.Out.WriteLineAsync(Json(cases, notified, goals));
        return fault is null ? 0 : 1;
    }

    private static async Task<Case> MeasureAsync(string name, int count, Wallets wallets, PgBench pgbench, DevelopmentTokens tokens,
        CancellationToken ct)
    {
        var load = Debits(wallets, count, tokens);
        await WarmUpAsync(load, ct);
        var (perSecond, clients) = await pgbench.BestAsync(DebitScript.For(wallets.Run, count), ct);
        var best = new LoadResult(0, 0, 0, 0, new());
        foreach (var connections in ConnectionCounts)
        {
            var result = await load.ClosedAsync(connections, Each, ct);
            if (result.Refusals > 0)
                throw new InvalidOperationException($"{result.Refusals} debits were refused: the figures would mean nothing.");
            best = result.PerSecond > best.PerSecond ? result : best;
        }

        var half = await load.OpenAsync(best.PerSecond / 2, AtHalf, best.Connections, ct);
        var bus = await BusDebits.RunAsync([.. wallets.Owners.Take(count)], OverBus, ct);
        return new(name, perSecond, clients, best.PerSecond, best.Connections, half.Latencies.Percentile(50),
            half.Latencies.Percentile(99), half.Latencies.Percentile(99.9), bus.PerSecond);
    }

    // A service that has just started compiles while it works, and better code takes its place when there is a pause. It is warm when
    // another round brings no more than the best before.
    private static async Task WarmUpAsync(HttpLoad load, CancellationToken ct)
    {
        var best = 0.0;
        for (var (round, more) = (0, true); round < LeastRounds || (more && round < MostRounds); round++)
        {
            var rate = (await load.ClosedAsync(WarmUpConnections, WarmUp, ct)).PerSecond;
            (more, best) = (rate > best * NoMoreThan, Math.Max(rate, best));
            await Task.Delay(Pause, TimeProvider.System, ct);
        }
    }

    private static HttpLoad Debits(Wallets wallets, int count, DevelopmentTokens tokens)
    {
        var token = tokens.For(Guid.CreateVersion7(), "ADMINISTRATOR");
        var requests = wallets.Owners.Take(count).Select(owner => HttpLoad.Post(Surroundings.Wallet,
            $"/api/admin/wallets/users/{owner}/deduct-credit", token, """{"amount":1000,"reason":"benchmark"}""")).ToArray();
        return new(Surroundings.Wallet, number => requests[(int)((uint)number * 2_654_435_761u % (uint)requests.Length)]);
    }

    // pgbench is a peer only while it writes what a debit over HTTP writes.
    private static async Task SameRowsAsync(NpgsqlDataSource database, Wallets wallets, PgBench pgbench, DevelopmentTokens tokens,
        CancellationToken ct)
    {
        var before = await RowsAsync(database, ct);
        using (var connection = await Debits(wallets, 1, tokens).ConnectAsync(ct))
        {
            if (!await connection.AskAsync(HttpLoad.Post(Surroundings.Wallet,
                $"/api/admin/wallets/users/{wallets.Owners[0]}/deduct-credit", tokens.For(Guid.CreateVersion7(), "ADMINISTRATOR"),
                """{"amount":1000,"reason":"benchmark"}"""), ct))
                throw new InvalidOperationException("A debit over HTTP was refused.");
        }

        var between = await RowsAsync(database, ct);
        await pgbench.OnceAsync(DebitScript.For(wallets.Run, 1), ct);
        var after = await RowsAsync(database, ct);
        var (service, peer) = (between.Zip(before, (x, y) => x - y).ToArray(), after.Zip(between, (x, y) => x - y).ToArray());
        if (!service.SequenceEqual(peer))
        {
            throw new InvalidOperationException(
                $"One debit adds rows [{string.Join(", ", service)}], pgbench's [{string.Join(", ", peer)}] "
                + $"to [{string.Join(", ", Tables)}]: they do not do the same.");
        }
    }

    private static readonly string[] Tables = ["ledger_transactions", "ledger_entries", "transactions", "audit_entries", "outbox", "inbox"];

    private static async Task<long[]> RowsAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var count = database.CreateCommand(
            $"SELECT ARRAY[{string.Join(", ", Tables.Select(table => $"(SELECT count(*) FROM wallet.{table})"))}]");
        return (long[])(await count.ExecuteScalarAsync(ct))!;
    }

    private static async Task<string> ServerAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var ask = database.CreateCommand(
            "SELECT format('PostgreSQL %s, fsync %s, synchronous_commit %s', current_setting('server_version'), current_setting('fsync'), "
            + "current_setting('synchronous_commit'))");
        return (string)(await ask.ExecuteScalarAsync(ct))!;
    }

    private static Dictionary<string, bool> Goals(List<Case> cases, BurstResult notified) => new()
    {
        ["manyWallets ≥ 0.7"] = cases[0].HttpRatio >= 0.7,
        ["oneHotWallet ≥ 1.0"] = cases[1].HttpRatio >= 1.0,
        ["p99 at half < 100 ms"] = cases.All(each => each.HalfP99 < 100),
        ["notifications answered < 5 s"] = notified is { AllAnswered: true, AnswerMax: < 5_000 },
        ["notifications p99 < 500 ms"] = notified.AnswerP99 < 500,
        ["credited p99 < 2 s"] = notified.CreditedP99 < 2_000,
    };

    private static string Json(List<Case> cases, BurstResult notified, Dictionary<string, bool> goals) => JsonSerializer.Serialize(new
    {
        benchmark = "wallet",
        machine = Surroundings.Machine,
        ratios = new
        {
            manyWallets = cases[0].HttpRatio, oneHotWallet = cases[1].HttpRatio,
            manyWalletsOverBus = cases[0].BusRatio, oneHotWalletOverBus = cases[1].BusRatio,
        },
        cases,
        notifications = notified,
        goals,
    }, JsonSerializerOptions.Web);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
