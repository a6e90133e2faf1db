using Platform.Benchmarks;
using Platform.Benchmarks.Wallet;

// Started by ./platform bench, which says in the environment where the running system is.
var json = args.Contains("--json");
switch (args)
{
    case ["purchase", ..]:
        return await PurchaseBenchmark.RunAsync(json, CancellationToken.None);
    case ["wallet", ..]:
        return await WalletBenchmark.RunAsync(json, CancellationToken.None);
    default:
        await Console.Error.WriteLineAsync("Usage: ./platform bench <purchase|wallet> [--json]");
        return 2;
}
