using System.Collections.Concurrent;

namespace Platform.Wallets.ModelTests;

public sealed class ConcurrentHistoryTests(WalletService wallet) : IClassFixture<WalletService>
{
    private const int Runs = 1_000;

    /// <summary>Each run has clients of its own that meet on the same wallets; two runs at once only keep the processors busy.</summary>
    private const int AtOnce = 3;

    [Fact]
    public async Task What_clients_see_who_use_a_wallet_at_once_could_have_happened_one_after_another()
    {
        var first = Seeds.One;
        ConcurrentQueue<string> bad = new();
        var (calls, unknown) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, Seeds.Cases(Runs)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (run, _) =>
            {
                var seed = unchecked(first + run);
                var history = await new ConcurrentRun(wallet, seed).RunAsync();
                Interlocked.Add(ref calls, history.Calls.Count);
                Interlocked.Add(ref unknown, history.Calls.Count(call => call.Said == Said.Unknown));
                if (HistoryChecker.Faults(history) is { Count: > 0 } faults)
                    bad.Enqueue($"{Seeds.Variable}={seed}: {string.Join(Environment.NewLine, faults)}{Environment.NewLine}{history}");
            });

        TestContext.Current.SendDiagnosticMessage($"{calls} calls, {unknown} of them without an answer, begun with seed {first}.");
        string.Join(Environment.NewLine + Environment.NewLine, bad.Take(3)).ShouldBeEmpty($"{bad.Count} histories cannot be");
        await new Books(wallet).ShouldBeWholeAsync();
    }
}
