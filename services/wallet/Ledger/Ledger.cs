using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// The only place that moves money. Everything else says what to post; the entries and the balances that they lead to are written here,
/// in one round trip, inside the caller's transaction.
/// </summary>
internal sealed class Ledger(WalletDbContext db, TimeProvider clock)
{
    private const string Undo = "ROLLBACK TO SAVEPOINT posting";

    // The order is on purpose. What can wait for nobody comes first; then the user's accounts are locked, always held before user, so that
    // two postings of one user never wait for each other in a circle; the balances, which everybody wants, are touched last.
    private static readonly string[] Steps =
    [
        "SAVEPOINT posting",
        """
        INSERT INTO wallet.accounts (id, kind, owner, balance)
        VALUES ('held:' || @owner::text, 'HELD', @owner, 0), ('user:' || @owner::text, 'USER', @owner, 0)
        ON CONFLICT (id) DO NOTHING
        """,
        """
        WITH posted AS (
            INSERT INTO wallet.ledger_transactions (id, kind, business_key, owner, cause, created_at)
            VALUES (@id, @kind, @key, @owner, @cause, @now)
            ON CONFLICT (business_key) DO NOTHING
            RETURNING id)
        INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount)
        SELECT posted.id, side.account_id, side.amount FROM posted, unnest(@accounts, @amounts) AS side (account_id, amount)
        RETURNING account_id
        """,
        "SELECT kind, balance FROM wallet.accounts WHERE owner = @owner ORDER BY id FOR NO KEY UPDATE",
        """
        UPDATE wallet.accounts SET balance = balance + side.amount
        FROM unnest(@accounts, @amounts) AS side (account_id, amount)
        WHERE accounts.id = side.account_id AND accounts.owner = @owner AND accounts.balance + side.amount >= 0
        RETURNING accounts.kind, accounts.balance
        """,
    ];

    /// <exception cref="InvalidOperationException">No transaction is open, or the amount is zero: there is nothing to post for
    /// it.</exception>
    public async Task<PostingOutcome> PostAsync(Posting posting, CancellationToken ct)
    {
        if (posting.Amount == Money.Zero)
            throw new InvalidOperationException("Nothing to post for an amount of zero.");
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("A posting belongs into a transaction.");
        await using var batch = Batch(posting, (NpgsqlTransaction)transaction.GetDbTransaction());

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var entries = await CountAsync(reader, ct);
        await reader.NextResultAsync(ct);
        var before = await ReadAsync(reader, default, ct);
        await reader.NextResultAsync(ct);
        var moved = 0;
        var after = await ReadAsync(reader, before, ct, () => moved++);
        await reader.CloseAsync();

        if (entries == 2 && moved == Owned(posting))
            return new PostingOutcome.Posted(before, after);
        // The caller goes on in its transaction (a refusal is remembered), so what this posting has written must go.
        await db.Database.ExecuteSqlRawAsync(Undo, ct);
        return entries == 0 ? new PostingOutcome.Repeated() : new PostingOutcome.Short(before);
    }

    private NpgsqlBatch Batch(Posting posting, NpgsqlTransaction transaction)
    {
        var now = clock.GetUtcNow();
        var (id, kind) = (Guid.CreateVersion7(now), WireEnum.Text(posting.Kind));
        string[] accounts = [Account.IdOf(posting.From, posting.Owner), Account.IdOf(posting.To, posting.Owner)];
        long[] amounts = [-posting.Amount.Rupiah, posting.Amount.Rupiah];
        var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var step in Steps)
        {
            var command = new NpgsqlBatchCommand(step);
            Give("id", id);
            Give("kind", kind);
            Give("key", posting.Key);
            Give("owner", posting.Owner);
            Give("cause", posting.Cause);
            Give("now", now);
            Give("accounts", accounts);
            Give("amounts", amounts);
            batch.BatchCommands.Add(command);

            void Give<T>(string name, T value)
            {
                if (step.Contains('@' + name, StringComparison.Ordinal))
                    command.Parameters.Add(new NpgsqlParameter<T>(name, value));
            }
        }

        return batch;
    }

    private static int Owned(Posting posting) => (Account.IsOwned(posting.From) ? 1 : 0) + (Account.IsOwned(posting.To) ? 1 : 0);

    private static async Task<int> CountAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var rows = 0;
        while (await reader.ReadAsync(ct))
            rows++;
        return rows;
    }

    private static async Task<Balances> ReadAsync(NpgsqlDataReader reader, Balances balances, CancellationToken ct, Action? each = null)
    {
        while (await reader.ReadAsync(ct))
        {
            var balance = Money.Idr(reader.GetInt64(1));
            balances = WireEnum.Value<AccountKind>(reader.GetString(0)) == AccountKind.User
                ? balances with { Available = balance }
                : balances with { Held = balance };
            each?.Invoke();
        }

        return balances;
    }
}
