using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>One user's wallet in figures. Whole rupiah; a credit balance is all that somebody has, less what they owe.</summary>
internal sealed record WalletFigures(
    Guid Id, string Email, string Name, long CreditBalance, long TotalTopUp, long TotalSpent, int ActiveSubscriptions,
    int TotalTransactions, DateTimeOffset MemberSince);

/// <summary>All users' wallets summed up.</summary>
/// <param name="Positive">Who has something and owes nothing.</param>
/// <param name="Indebted">Who owes something.</param>
/// <param name="Matching">How many of the users are those that were looked for.</param>
internal sealed record WalletSums(
    int Users, int Positive, int Indebted, long Credit, long Least, long Most, long TopUp, long Spent, int Matching)
{
    /// <summary>Towards zero, in whole rupiah.</summary>
    public long PerUser(long sum) => Users == 0 ? 0 : sum / Users;
}

/// <summary>Whom an administrator looks for. Absent wishes do not narrow the search.</summary>
/// <param name="Text">Part of a name or an e-mail address.</param>
internal sealed record WalletSearch(string? Text, long? MinBalance, long? MaxBalance)
{
    public static WalletSearch Everybody { get; } = new(null, null, null);

    /// <summary>For LIKE; its wildcards are ordinary characters to whoever types them.</summary>
    public string? Pattern => Text is null
        ? null
        : $"%{Text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal)}%";
}

/// <summary>
/// Figures of many wallets in one question. Balances come from the accounts and totals from the ledger by kind of movement, as each
/// user sees them (<see cref="LedgerEndpoints.TotalsOfAsync"/>); they are a view in the store, so that every list counts the same way.
/// </summary>
internal static class WalletFiguresQueries
{
    public static async Task<WalletSums> SumsAsync(this WalletDbContext db, CancellationToken ct, WalletSearch? search = null)
    {
        var wanted = search ?? WalletSearch.Everybody;
        return (await db.Database.SqlQuery<WalletSums>($"""
            SELECT count(*)::int AS "Users", count(*) FILTER (WHERE debt = 0 AND credit > 0)::int AS "Positive",
                count(*) FILTER (WHERE debt < 0)::int AS "Indebted", coalesce(sum(credit), 0)::bigint AS "Credit",
                coalesce(min(credit), 0)::bigint AS "Least", coalesce(max(credit), 0)::bigint AS "Most",
                coalesce(sum(top_up), 0)::bigint AS "TopUp", coalesce(sum(spent), 0)::bigint AS "Spent",
                count(*) FILTER (WHERE ({wanted.Pattern}::text IS NULL OR name ILIKE {wanted.Pattern} OR email ILIKE {wanted.Pattern})
                    AND credit >= coalesce({wanted.MinBalance}, credit) AND credit <= coalesce({wanted.MaxBalance}, credit))::int
                    AS "Matching"
            FROM wallet.wallet_figures
            """).ToListAsync(ct)).Single();
    }

    /// <param name="sortBy">One of the four that api.md names; anything else sorts by nothing but the id.</param>
    public static Task<List<WalletFigures>> FiguresAsync(this WalletDbContext db, WalletSearch wanted, string sortBy, bool descending,
        int skip, int take, CancellationToken ct) =>
        db.Database.SqlQuery<WalletFigures>($"""
            WITH page AS (
                SELECT *, CASE {sortBy} WHEN 'creditBalance' THEN credit WHEN 'totalTopUp' THEN top_up WHEN 'totalSpent' THEN spent
                    WHEN 'createdAt' THEN extract(epoch FROM member_since) END * {(descending ? -1 : 1)} AS rank
                FROM wallet.wallet_figures
                WHERE ({wanted.Pattern}::text IS NULL OR name ILIKE {wanted.Pattern} OR email ILIKE {wanted.Pattern})
                    AND credit >= coalesce({wanted.MinBalance}, credit) AND credit <= coalesce({wanted.MaxBalance}, credit)
                ORDER BY rank, id LIMIT {take} OFFSET {skip})
            SELECT id AS "Id", email AS "Email", name AS "Name", credit AS "CreditBalance", top_up AS "TotalTopUp", spent AS "TotalSpent",
                (SELECT count(*) FROM wallet.subscriptions s WHERE s.user_id = page.id AND s.cancelled_at IS NULL)::int
                    AS "ActiveSubscriptions",
                (SELECT count(*) FROM wallet.transactions t WHERE t.user_id = page.id)::int AS "TotalTransactions",
                member_since AS "MemberSince"
            FROM page ORDER BY rank, id
            """).ToListAsync(ct);
}
