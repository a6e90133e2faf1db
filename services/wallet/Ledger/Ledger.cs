using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>
/// The only place that moves money. Everything else says what to post; the entries and the balances that they lead to are written here,
/// inside the caller's transaction: one question that locks the users' accounts, a decision by the rules of <see cref="Bookkeeping"/>, one
/// statement for each table. However many postings come together, it is two round trips.
/// </summary>
internal sealed class Ledger(WalletDbContext db, TimeProvider clock)
{
    private const int AccountsOfAnOwner = 3;

    /// <exception cref="InvalidOperationException">No transaction is open, or the amount is zero: there is nothing to post for
    /// it.</exception>
    public async Task<PostingOutcome> PostAsync(Posting posting, CancellationToken ct) => (await PostAsync([posting], ct))[0];

    /// <summary>Posts in this order; each sees the balances that the ones before it have left.</summary>
    /// <exception cref="InvalidOperationException">No transaction is open, or an amount is zero.</exception>
    public async Task<IReadOnlyList<PostingOutcome>> PostAsync(IReadOnlyList<Posting> postings, CancellationToken ct) =>
        [.. (await PostAsync(postings, record: null, ct)).Select(decided => decided.Outcome)];

    /// <summary>Posts in this order; each sees the balances that the ones before it have left.</summary>
    /// <param name="record">
    /// Says what is written down of each posting in the same round trip, given its place and what was decided; null when nothing is, and
    /// then numbers and owners are not looked up.
    /// </param>
    /// <exception cref="InvalidOperationException">No transaction is open, or an amount is zero.</exception>
    public async Task<IReadOnlyList<Decided>> PostAsync(IReadOnlyList<Posting> postings, Func<int, Decided, GroupRows>? record,
        CancellationToken ct)
    {
        if (postings.Any(posting => posting.Amount == Money.Zero))
            throw new InvalidOperationException("Nothing to post for an amount of zero.");
        var open = db.Database.CurrentTransaction ?? throw new InvalidOperationException("A posting belongs into a transaction.");
        var transaction = (NpgsqlTransaction)open.GetDbTransaction();

        Guid[] owners = [.. postings.Select(posting => posting.Owner).Distinct()];
        string[] keys = [.. postings.Select(posting => posting.Key)];
        var numbers = record is null ? 0 : postings.Count;
        var seen = await LookAsync(transaction, owners, keys, numbers, ct);
        Guid[] real = record is null ? owners : [.. seen.Owners.Keys];
        if (seen.Accounts.Count < real.Length * AccountsOfAnOwner)
        {
            await MakeAccountsAsync(transaction, real, ct);
            seen = await LookAsync(transaction, owners, keys, numbers, ct);
        }

        var balances = seen.Accounts.GroupBy(account => account.Owner!.Value).ToDictionary(own => own.Key, Balances.Of);
        List<Written> written = [];
        List<Decided> decided =
        [
            .. postings.Select((posting, at) => new Decided(Decide(posting, balances, seen.Keys, written),
                seen.Numbers.ElementAtOrDefault(at), seen.Owners.GetValueOrDefault(posting.Owner))),
        ];
        List<GroupRows> rows = record is null ? [] : [.. decided.Select((each, at) => record(at, each))];
        await WriteAsync(transaction, written, rows, ct);
        return decided;
    }

    private static PostingOutcome Decide(Posting posting, Dictionary<Guid, Balances> balances, HashSet<string> known,
        List<Written> written)
    {
        if (known.Contains(posting.Key))
            return new PostingOutcome.Repeated();
        if (!balances.TryGetValue(posting.Owner, out var before))
            return new PostingOutcome.NoOwner();
        if (Bookkeeping.Sides(posting, before) is not { } sides)
            return new PostingOutcome.Short(before);
        var after = sides.Aggregate(before, (left, side) => left.With(side));
        balances[posting.Owner] = after;
        known.Add(posting.Key);
        written.Add(new(posting, sides));
        return new PostingOutcome.Posted(before, after);
    }

    private static async Task<Seen> LookAsync(NpgsqlTransaction transaction, Guid[] owners, string[] keys, int numbers,
        CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                Command(DebitStatements.ByIndex),
                Command(DebitStatements.LockAccounts, Value("owners", owners)),
                Command(DebitStatements.KnownKeys, Value("keys", keys)),
            },
        };
        if (numbers > 0)
        {
            batch.BatchCommands.Add(Command(DebitStatements.Numbers, Value("count", numbers)));
            batch.BatchCommands.Add(Command(DebitStatements.Owners, Value("owners", owners)));
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var seen = new Seen([], new(StringComparer.Ordinal), [], []);
        while (await reader.ReadAsync(ct))
        {
            var (owner, kind) = (reader.GetGuid(0), WireEnum.Value<AccountKind>(reader.GetString(1)));
            seen.Accounts.Add(new() { Id = Account.IdOf(kind, owner), Kind = kind, Owner = owner, Balance = reader.GetInt64(2) });
        }

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            seen.Keys.Add(reader.GetString(0));
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            seen.Numbers.Add(reader.GetInt64(0));
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            seen.Owners.Add(reader.GetGuid(0), new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return seen;
    }

    private static async Task MakeAccountsAsync(NpgsqlTransaction transaction, Guid[] owners, CancellationToken ct)
    {
        await using var make = new NpgsqlCommand(DebitStatements.MakeAccounts, transaction.Connection, transaction)
        {
            Parameters = { Value("owners", owners) },
        };
        await make.ExecuteNonQueryAsync(ct);
    }

    private async Task WriteAsync(NpgsqlTransaction transaction, List<Written> written, IReadOnlyList<GroupRows> rows, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var command in Inserts(written, clock.GetUtcNow()).Concat(GroupRows.Insert(rows)))
            batch.BatchCommands.Add(command);
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    private static IEnumerable<NpgsqlBatchCommand> Inserts(List<Written> written, DateTimeOffset now)
    {
        if (written.Count == 0)
            return [];
        var ids = written.Select(_ => Guid.CreateVersion7(now)).ToArray();
        var entries = written.Zip(ids).SelectMany(each => each.First.Sides.Select(side =>
            (Transaction: each.Second, Account: Account.IdOf(side.Account, each.First.Posting.Owner), Side: side))).ToList();
        var changes = entries.Where(entry => Account.IsOwned(entry.Side.Account)).GroupBy(entry => entry.Account)
            .Select(account => (Id: account.Key, Amount: account.Sum(entry => entry.Side.Amount))).ToList();
        return
        [
            Command(DebitStatements.Transactions,
                Value("ids", ids),
                Value("kinds", written.Select(w => WireEnum.Text(w.Posting.Kind)).ToArray()),
                Value("keys", written.Select(w => w.Posting.Key).ToArray()),
                Value("owners", written.Select(w => w.Posting.Owner).ToArray()),
                Value("causes", written.Select(w => w.Posting.Cause).ToArray()),
                Value("now", now)),
            Command(DebitStatements.Entries,
                Value("transactions", entries.Select(entry => entry.Transaction).ToArray()),
                Value("accounts", entries.Select(entry => entry.Account).ToArray()),
                Value("amounts", entries.Select(entry => entry.Side.Amount).ToArray())),
            Command(DebitStatements.Balances,
                Value("touched", changes.Select(change => change.Id).ToArray()),
                Value("changes", changes.Select(change => change.Amount).ToArray())),
        ];
    }

    private static NpgsqlBatchCommand Command(string statement, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(statement);
        foreach (var value in values)
            command.Parameters.Add(value);
        return command;
    }

    private static NpgsqlParameter<T> Value<T>(string name, T value) => new(name, value);

    private sealed record Seen(List<Account> Accounts, HashSet<string> Keys, List<long> Numbers, Dictionary<Guid, WalletOwner> Owners);

    private sealed record Written(Posting Posting, IReadOnlyList<Side> Sides);
}
