using System.Security.Cryptography;
using Npgsql;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// The wallets that are debited: made and funded by valid postings of the ledger, so that the books can be checked afterwards.
/// </summary>
internal sealed class Wallets(NpgsqlDataSource database, string run, Guid[] owners)
{
    public const int Count = 1_000;
    private const long Credit = 900_000_000_000;

    public IReadOnlyList<Guid> Owners => owners;

    /// <summary>The first digits of all owners of this run.</summary>
    public string Run => run;

    /// <summary>New wallets for each run, so that no run finds another one's rows in its way.</summary>
    public static async Task<Wallets> FundAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var owners = Enumerable.Range(1, Count).Select(n => DebitScript.Owner(run, n)).ToArray();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var statement in new[]
        {
            """
            INSERT INTO wallet.users (id, version, name, email, member_since)
            SELECT o, 0, 'Load', 'load-' || o || '@example.id', now() FROM unnest($1) AS o WHERE $2 > 0
            """,
            """
            INSERT INTO wallet.accounts (id, kind, owner, balance)
            SELECT lower(k.kind) || ':' || o, k.kind, o, CASE k.kind WHEN 'USER' THEN $2 ELSE 0 END
            FROM unnest($1) AS o, (VALUES ('DEBT'), ('HELD'), ('USER')) AS k (kind)
            """,
            """
            INSERT INTO wallet.ledger_transactions (id, kind, business_key, owner, cause, created_at)
            SELECT o, 'ADJUSTMENT', 'adjust:' || o, o, o, now() FROM unnest($1) AS o WHERE $2 > 0
            """,
            """
            INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount)
            SELECT o, side.account, side.amount
            FROM unnest($1) AS o, LATERAL (VALUES ('adjustment', -$2), ('user:' || o, $2)) AS side (account, amount)
            """,
        })
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction)
            {
                Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = owners }, new NpgsqlParameter<long> { TypedValue = Credit } },
            };
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        // As it would be soon in any case: without statistics the planner reads whole tables, for both sides.
        await using var analyze = database.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync(ct);
        return new(database, run, owners);
    }

    /// <summary>Null when every balance is the sum of its entries and the whole ledger sums to zero; otherwise what is wrong.</summary>
    public async Task<string?> FaultInBooksAsync(CancellationToken ct)
    {
        await using var check = database.CreateCommand("""
            SELECT concat_ws('; ',
                (SELECT 'the ledger sums to ' || sum(amount) FROM wallet.ledger_entries HAVING coalesce(sum(amount), 0) <> 0),
                (SELECT count(*) || ' balances are not the sum of their entries' FROM (
                    SELECT 1 FROM wallet.accounts a LEFT JOIN wallet.ledger_entries e ON e.account_id = a.id
                    WHERE a.balance IS NOT NULL GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)) x HAVING count(*) > 0))
            """);
        return await check.ExecuteScalarAsync(ct) is string { Length: > 0 } fault ? fault : null;
    }
}
