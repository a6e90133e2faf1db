using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Platform.Benchmarks;

/// <summary>
/// Purchases per second, and the time from POST to captured, with 1, 8 and 32 customers at once who buy, cancel and buy again.
/// The cluster answers at once, so the figures are ours. The median is set against the bound of its message hops.
/// </summary>
internal static class PurchaseBenchmark
{
    private const int WarmUps = 10;
    private static readonly (int Customers, int Purchases)[] Levels = [(1, 60), (8, 160), (32, 320)];

    /// <summary>
    /// Messages that must follow one another: PurchaseRequested, ReserveSeat, SeatReserved, HoldFunds, FundsHeld, ProvisionInstance,
    /// InstanceReady, ConfirmSeat, SeatConfirmed, CaptureHold, FundsCaptured.
    /// </summary>
    private const int HopsInSequence = 11;

    private sealed record Level(int AtOnce, int Purchases, double PerSecond,
        double AnswerP50, double AnswerP99, double CapturedP50, double CapturedP99);

    public static async Task<int> RunAsync(bool json, CancellationToken ct)
    {
        var say = json ? Console.Error : Console.Out;
        await say.WriteLineAsync($"Machine: {Surroundings.Machine}");
        var hop = await MessageHopBound.MedianMillisecondsAsync(ct);
        await say.WriteLineAsync(
            Invariant($"One bare message hop (insert, confirmed publish, deliver, insert): p50 {hop:0.00} ms; ")
            + Invariant($"{HopsInSequence} in sequence: {hop * HopsInSequence:0.0} ms"));

        var customers = new List<Customer>();
        try
        {
            await say.WriteLineAsync($"{Levels[^1].Customers} customers register and top up …");
            for (var i = 0; i < Levels[^1].Customers; i++)
                customers.Add(await Customer.ArriveAsync(ct));
            var plan = await customers[0].ChoosePlanAsync(ct);
            await RunLevelAsync(customers.Take(1), plan, WarmUps, ct);
            await RunLevelAsync(customers.Take(8), plan, WarmUps, ct);

            var results = new List<Level>();
            await say.WriteLineAsync("at once  purchases  per second  POST→answer p50/p99 ms  POST→captured p50/p99 ms  p50 ÷ bound");
            foreach (var (atOnce, purchases) in Levels)
            {
                var level = await RunLevelAsync(customers.Take(atOnce), plan, purchases, ct);
                results.Add(level);
                await say.WriteLineAsync(
                    Invariant($"{level.AtOnce,7}  {level.Purchases,9}  {level.PerSecond,10:0.0}  ")
                    + Invariant($"{level.AnswerP50,12:0} / {level.AnswerP99,-8:0}  ")
                    + Invariant($"{level.CapturedP50,14:0} / {level.CapturedP99,-8:0}  ")
                    + Invariant($"{level.CapturedP50 / (hop * HopsInSequence),11:0.0}"));
            }

            if (json)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    benchmark = "purchase", machine = Surroundings.Machine, hopMilliseconds = hop, hops = HopsInSequence, levels = results,
                    ratios = new { oneAtATime = results[0].CapturedP50 / (hop * HopsInSequence) },
                }, JsonSerializerOptions.Web));
            }

            return 0;
        }
        finally
        {
            customers.ForEach(customer => customer.Dispose());
        }
    }

    private static async Task<Level> RunLevelAsync(IEnumerable<Customer> customers, Guid plan, int purchases, CancellationToken ct)
    {
        var (answers, captures) = (new Latencies(), new Latencies());
        var workers = customers.ToList();
        var left = purchases;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(workers.Select(async customer =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var (subscription, toAnswer, toCapture) = await customer.BuyAsync(plan, ct);
                answers.Add(toAnswer);
                captures.Add(toCapture);
                await customer.CancelAsync(subscription, ct);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(workers.Count, captures.Count, captures.Count / seconds, answers.Percentile(50), answers.Percentile(99),
            captures.Percentile(50), captures.Percentile(99));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
