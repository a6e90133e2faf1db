using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Platform.Wallets.ModelTests;

/// <summary>What the database says about some wallets, and which of the ledger's promises it breaks.</summary>
internal sealed class Books(WalletService wallet)
{
    // One line for each violation; M1 … M10 are the names that the promises have in the specification. @p0 are the owners.
    private const string Violations = """
        WITH own AS MATERIALIZED (SELECT * FROM wallet.ledger_transactions WHERE owner = ANY (@p0)),
        sides AS MATERIALIZED (SELECT t.id, t.kind, t.cause, e.account_id, e.amount
            FROM own t LEFT JOIN wallet.ledger_entries e ON e.transaction_id = t.id),
        purse AS MATERIALIZED (SELECT a.*, (SELECT coalesce(sum(amount), 0) FROM wallet.ledger_entries e WHERE e.account_id = a.id)
                AS entries FROM wallet.accounts a WHERE owner = ANY (@p0)),
        hold AS MATERIALIZED (SELECT h.*, (SELECT count(*) FROM own WHERE cause = h.id AND kind = 'HOLD') AS taken,
                (SELECT count(*) FROM own WHERE cause = h.id AND kind = 'RELEASE') AS given_back,
                (SELECT count(*) FROM own WHERE cause = h.id AND kind = 'CAPTURE') AS captured,
                (SELECT coalesce(sum(amount), 0) FROM sides WHERE cause = h.id AND kind = 'CAPTURE' AND amount > 0) AS charge
            FROM wallet.holds h WHERE user_id = ANY (@p0))
        SELECT 'M1 not whole: ' || id::text FROM sides GROUP BY id HAVING coalesce(sum(amount), 0) <> 0 OR count(amount) < 2
        UNION ALL SELECT 'M2 balance is not its entries: ' || id || ' ' || balance || ' <> ' || entries FROM purse WHERE balance <> entries
        UNION ALL SELECT 'M3 money made or lost: ' || sum(amount) FROM sides HAVING sum(amount) <> 0
        UNION ALL SELECT 'M4 below zero: ' || id || ' ' || balance FROM purse WHERE (balance < 0) <> (kind = 'DEBT' AND balance <> 0)
        UNION ALL SELECT 'M4 owes and has: ' || d.id FROM purse d JOIN purse u ON u.owner = d.owner AND u.kind = 'USER'
            WHERE d.kind = 'DEBT' AND d.balance < 0 AND u.balance > 0
        UNION ALL SELECT 'M6 key used twice: ' || business_key FROM own GROUP BY business_key HAVING count(*) > 1
        UNION ALL SELECT 'M7 refunded above the charge: ' || s.cause::text FROM sides s JOIN wallet.transactions t ON t.id = s.cause
            WHERE s.kind = 'REFUND' AND s.amount > 0 GROUP BY s.cause, t.amount HAVING sum(s.amount) > t.amount
        UNION ALL SELECT 'M10 hold resolved otherwise: ' || id::text || ' ' || state FROM hold
            WHERE ARRAY[taken, given_back, captured] <> CASE WHEN amount = 0 OR state = 'REFUSED' THEN '{0,0,0}'::bigint[]
                WHEN state = 'HELD' THEN '{1,0,0}' WHEN state = 'CAPTURED' THEN '{1,0,1}' ELSE '{1,1,0}' END
        UNION ALL SELECT 'M10 captured more than held: ' || id::text FROM hold WHERE charge > amount
        UNION ALL SELECT 'held account is not the open holds: ' || id FROM purse WHERE kind = 'HELD' AND balance <>
            (SELECT coalesce(sum(h.amount), 0) FROM hold h WHERE h.user_id = purse.owner AND h.state = 'HELD')
        """;

    public async Task<List<string>> ViolationsAsync(params Guid[] owners)
    {
        await using var connection = new NpgsqlConnection(wallet.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Violations, connection) { Parameters = { new NpgsqlParameter<Guid[]>("p0", owners) } };
        await using var reader = await command.ExecuteReaderAsync();
        List<string> found = [];
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));
        return found;
    }

    /// <summary>The whole ledger, whoever it belongs to, sums to zero (M3), and each number for people is there once (M12).</summary>
    public async Task ShouldBeWholeAsync()
    {
        (await wallet.AskAsync<decimal>("SELECT coalesce(sum(amount), 0) FROM wallet.ledger_entries")).ShouldBe(0);
        (await wallet.AskAsync<long>("SELECT count(*) - count(DISTINCT number) FROM wallet.transactions")).ShouldBe(0);
        var everybody = await wallet.AskAsync<Guid[]>(
            "SELECT coalesce(array_agg(DISTINCT owner), '{}') FROM wallet.accounts WHERE owner IS NOT NULL");
        (await ViolationsAsync(everybody)).ShouldBeEmpty();
    }

    public async Task<Dictionary<Guid, Purse>> PursesAsync(IReadOnlyCollection<Guid> owners)
    {
        await using var connection = new NpgsqlConnection(wallet.Database.ConnectionString);
        await connection.OpenAsync();
        return await PursesAsync(connection, owners);
    }

    public static async Task<Dictionary<Guid, Purse>> PursesAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> owners)
    {
        await using var command = new NpgsqlCommand(
            "SELECT owner, kind, balance FROM wallet.accounts WHERE owner = ANY (@owners)", connection)
        {
            Parameters = { new NpgsqlParameter<Guid[]>("owners", [.. owners]) },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var purses = owners.ToDictionary(owner => owner, _ => default(Purse));
        while (await reader.ReadAsync())
        {
            var (owner, balance) = (reader.GetGuid(0), reader.GetInt64(2));
            purses[owner] = reader.GetString(1) switch
            {
                "USER" => purses[owner] with { Available = balance },
                "HELD" => purses[owner] with { Held = balance },
                _ => purses[owner] with { Debt = -balance },
            };
        }

        return purses;
    }

    public Task<(long TopUp, long Spent)> TotalsAsync(Guid owner) => wallet.InScopeAsync(async services =>
    {
        var totals = await services.GetRequiredService<WalletDbContext>().TotalsOfAsync(owner, CancellationToken.None);
        return (totals.TopUp, totals.Spent);
    });

    public Task<Dictionary<Guid, HoldState>> HoldsAsync(IReadOnlyCollection<Guid> ids) => wallet.InScopeAsync(services =>
        services.GetRequiredService<WalletDbContext>().Holds.AsNoTracking().Where(hold => ids.Contains(hold.Id))
            .ToDictionaryAsync(hold => hold.Id, hold => hold.State));
}
