using System.Data;
using Npgsql;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Books;

/// <summary>
/// Proves that money, seats, machines and messages agree. Reads all five schemas in one snapshot as the database's administrator, the
/// cluster, the broker's queues and the payment gateway's own truth.
/// </summary>
internal sealed class PlatformBooks(RunningPlatform platform)
{
    private static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(45);
    private readonly Queues queues = new(platform);

    /// <summary>
    /// Waits until nothing is under way, and passes only when every promise is kept then; those that hold always must hold meanwhile.
    /// </summary>
    public Task AreCleanAsync() => Until.SeenAsync(
        async () =>
        {
            var found = await CheckAsync();
            found.Where(violation => violation.Holds == Holds.Always).ShouldBeEmpty("the books are wrong");
            return new Findings(found);
        },
        findings => findings.All.Count == 0,
        () => platform.DescribeAsync("subscriptions", "catalog", "wallet", "provisioner"), QuietWithin, "clean books");

    public async Task<IReadOnlyList<Violation>> CheckAsync()
    {
        await using var db = new NpgsqlConnection(platform.Database);
        await db.OpenAsync();
        // What the databases are held against is read first: then whatever it shows has its cause in the snapshot.
        var objects = await platform.Cluster.OursAsync();
        var (truth, parked) = (await platform.PaymentGateway.TruthAsync(), await queues.ParkedAsync());
        await using var snapshot = await db.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return await CheckAsync(db, objects, truth, parked);
    }

    /// <summary>The same over a given state; so a test can plant violations in a transaction that it takes back.</summary>
    public static async Task<IReadOnlyList<Violation>> CheckAsync(NpgsqlConnection db, IReadOnlyList<ClusterObject> objects,
        IReadOnlyDictionary<Guid, long> truth, IReadOnlyList<string> parked)
    {
        var found = new List<Violation>();
        foreach (var promise in Promises.All)
        {
            var offenders = await RowsAsync(db, promise.Sql, reader => reader.GetString(0));
            found.AddRange(offenders.Select(offender => new Violation(promise.Kind, promise.Holds, offender)));
        }

        found.AddRange(await ClusterBook.CheckAsync(db, objects));
        found.AddRange(await GatewayBook.CheckAsync(db, truth));
        found.AddRange(parked.Select(queue => new Violation("message-parked", Holds.WhenQuiet, queue)));
        return found;
    }

    public static async Task<IReadOnlyList<T>> RowsAsync<T>(NpgsqlConnection db, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, db);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private sealed record Findings(IReadOnlyList<Violation> All)
    {
        public override string ToString() => $"{All.Count} violations{string.Concat(All.Select(each => $"{Environment.NewLine}  {each}"))}";
    }
}
