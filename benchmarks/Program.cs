using Platform.Benchmarks;

// Started by ./platform bench, which says in the environment where the running system is.
string[] names = ["purchase"];
if (args is not ["purchase", ..])
{
    await Console.Error.WriteLineAsync($"Usage: ./platform bench <{string.Join("|", names)}> [--json]");
    return 2;
}

return await PurchaseBenchmark.RunAsync(json: args.Contains("--json"), CancellationToken.None);
