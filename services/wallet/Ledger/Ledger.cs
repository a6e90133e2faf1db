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
    // Locked in one order whoever they belong to, so that two postings never wait for each other in a circle.
    private const string LockAccounts =
        "SELECT owner, kind, balance FROM wallet.accounts WHERE owner = ANY (@owners) ORDER BY id FOR NO KEY UPDATE";

    // After the lock: another posting of the same user under the same key has committed by now, and is seen.
    private const string KnownKeys = "SELECT business_key FROM wallet.ledger_transactions WHERE business_key = ANY (@keys)";

    private const string MakeAccounts = """
        INSERT INTO wallet.accounts (id, kind, owner, balance)
        SELECT lower(k.kind) || ':' || o.owner::text, k.kind, o.owner, 0
        FROM unnest(@owners) AS o (owner), (VALUES ('DEBT'), ('HELD'), ('USER')) AS k (kind) ORDER BY 1
        ON CONFLICT (id) DO NOTHING
        """;

    private static readonly string[] Write =
    [
        """
        INSERT INTO wallet.ledger_transactions (id, kind, business_key, owner, cause, created_at)
        SELECT t.*, @now FROM unnest(@ids, @kinds, @keys, @owners, @causes) AS t
        """,
        "INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount) SELECT * FROM unnest(@transactions, @accounts, @amounts)",
        """
        UPDATE wallet.accounts SET balance = balance + moved.amount
        FROM unnest(@touched, @changes) AS moved (account_id, amount) WHERE accounts.id = moved.account_id
        """,
    ];

    private const int KindsOfAnOwner = 3;

    public async Task<PostingOutcome> PostAsync(Posting posting, CancellationToken ct) => (await PostAsync([posting], ct))[0];

    /// <summary>Posts in this order; each sees the balances that the ones before it have left.</summary>
    /// <returns>What became of each.</returns>
    /// <exception cref="InvalidOperationException">No transaction is open, or an amount is zero: there is nothing to post for
    /// it.</exception>
    public async Task<IReadOnlyList<PostingOutcome>> PostAsync(IReadOnlyList<Posting> postings, CancellationToken ct)
    {
        if (postings.Any(posting => posting.Amount == Money.Zero))
            throw new InvalidOperationException("Nothing to post for an amount of zero.");
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("A posting belongs into a transaction.");
        var pg = (NpgsqlTransaction)transaction.GetDbTransaction();

        Guid[] owners = [.. postings.Select(posting => posting.Owner).Distinct()];
        string[] keys = [.. postings.Select(posting => posting.Key)];
        var (accounts, known) = await LookAsync(pg, owners, keys, ct);
        if (accounts.Count < owners.Length * KindsOfAnOwner)
        {
            await MakeAccountsAsync(pg, owners, ct);
            (accounts, known) = await LookAsync(pg, owners, keys, ct);
        }

        var balances = accounts.GroupBy(account => account.Owner!.Value).ToDictionary(own => own.Key, Balances.Of);
        List<Written> written = [];
        List<PostingOutcome> outcomes = [.. postings.Select(posting => Decide(posting, balances, known, written))];
        if (written.Count > 0)
            await WriteAsync(pg, written, ct);
        return outcomes;
    }

    private static PostingOutcome Decide(Posting posting, Dictionary<Guid, Balances> balances, HashSet<string> known, List<Written> written)
    {
        if (known.Contains(posting.Key))
            return new PostingOutcome.Repeated();
        var before = balances[posting.Owner];
        if (Bookkeeping.Sides(posting, before) is not { } sides)
            return new PostingOutcome.Short(before);
        var after = sides.Aggregate(before, (left, side) => left.With(side));
        balances[posting.Owner] = after;
        known.Add(posting.Key);
        written.Add(new(posting, sides));
        return new PostingOutcome.Posted(before, after);
    }

    private static async Task<(List<Account> Accounts, HashSet<string> Known)> LookAsync(NpgsqlTransaction transaction, Guid[] owners,
        string[] keys, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new(LockAccounts) { Parameters = { new NpgsqlParameter<Guid[]>("owners", owners) } },
                new(KnownKeys) { Parameters = { new NpgsqlParameter<string[]>("keys", keys) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        List<Account> accounts = [];
        while (await reader.ReadAsync(ct))
        {
            var (owner, kind) = (reader.GetGuid(0), WireEnum.Value<AccountKind>(reader.GetString(1)));
            accounts.Add(new() { Id = Account.IdOf(kind, owner), Kind = kind, Owner = owner, Balance = reader.GetInt64(2) });
        }

        await reader.NextResultAsync(ct);
        HashSet<string> known = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
            known.Add(reader.GetString(0));
        return (accounts, known);
    }

    private static async Task MakeAccountsAsync(NpgsqlTransaction transaction, Guid[] owners, CancellationToken ct)
    {
        await using var make = new NpgsqlCommand(MakeAccounts, transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid[]>("owners", owners) },
        };
        await make.ExecuteNonQueryAsync(ct);
    }

    private async Task WriteAsync(NpgsqlTransaction transaction, List<Written> written, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var transactions = written.Select(w => (Id: Guid.CreateVersion7(now), w.Posting, w.Sides)).ToList();
        var entries = transactions
            .SelectMany(t => t.Sides.Select(side => (t.Id, Account: Account.IdOf(side.Account, t.Posting.Owner), side.Amount, side)))
            .ToList();
        var changes = entries.Where(entry => Account.IsOwned(entry.side.Account)).GroupBy(entry => entry.Account)
            .Select(account => (Id: account.Key, Amount: account.Sum(entry => entry.Amount)))
            .OrderBy(change => change.Id, StringComparer.Ordinal).ToList();
        NpgsqlParameter[][] parameters =
        [
            [
                new NpgsqlParameter<Guid[]>("ids", [.. transactions.Select(t => t.Id)]),
                new NpgsqlParameter<string[]>("kinds", [.. transactions.Select(t => WireEnum.Text(t.Posting.Kind))]),
                new NpgsqlParameter<string[]>("keys", [.. transactions.Select(t => t.Posting.Key)]),
                new NpgsqlParameter<Guid[]>("owners", [.. transactions.Select(t => t.Posting.Owner)]),
                new NpgsqlParameter<Guid[]>("causes", [.. transactions.Select(t => t.Posting.Cause)]),
                new NpgsqlParameter<DateTimeOffset>("now", now),
            ],
            [
                new NpgsqlParameter<Guid[]>("transactions", [.. entries.Select(entry => entry.Id)]),
                new NpgsqlParameter<string[]>("accounts", [.. entries.Select(entry => entry.Account)]),
                new NpgsqlParameter<long[]>("amounts", [.. entries.Select(entry => entry.Amount)]),
            ],
            [
                new NpgsqlParameter<string[]>("touched", [.. changes.Select(change => change.Id)]),
                new NpgsqlParameter<long[]>("changes", [.. changes.Select(change => change.Amount)]),
            ],
        ];
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var (statement, values) in Write.Zip(parameters))
        {
            var command = new NpgsqlBatchCommand(statement);
            foreach (var value in values)
                command.Parameters.Add(value);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    private sealed record Written(Posting Posting, IReadOnlyList<Side> Sides);
}
