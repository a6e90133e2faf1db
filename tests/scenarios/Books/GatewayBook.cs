using Npgsql;

namespace Platform.Scenarios.Books;

/// <summary>The ledger's top-ups, less what was taken back, against what the payment gateway calls paid, order by order.</summary>
internal static class GatewayBook
{
    public static async Task<IReadOnlyList<Violation>> CheckAsync(NpgsqlConnection db, IReadOnlyDictionary<Guid, long> truth)
    {
        var credited = (await PlatformBooks.RowsAsync(db, """
            SELECT t.cause, -sum(e.amount)::bigint
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id AND e.account_id = 'clearing'
            WHERE t.kind IN ('TOP_UP', 'REVERSAL') GROUP BY 1
            """, reader => (Order: reader.GetGuid(0), Amount: reader.GetInt64(1)))).ToDictionary(row => row.Order, row => row.Amount);
        return [.. truth.Keys.Union(credited.Keys)
            .Select(order => (Order: order, Paid: truth.GetValueOrDefault(order), Credited: credited.GetValueOrDefault(order)))
            .Where(row => row.Paid != row.Credited)
            .Select(row => new Violation("credit-differs-from-gateway", Holds.WhenQuiet,
                $"order {row.Order}: the gateway says {row.Paid}, the ledger {row.Credited}"))];
    }
}
