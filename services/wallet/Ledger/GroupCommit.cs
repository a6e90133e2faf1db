using Npgsql;

namespace Platform.Wallets;

/// <summary>
/// Commits several waiting postings together. One wallet can be charged only as fast as its row can be locked, written and committed; when
/// all who wait for it go in one transaction, that is paid once for all of them.
/// </summary>
internal sealed class GroupCommit
{
    private const int MostTogether = 128;

    /// <summary>Two, so that one prepares while the other commits; a wallet always goes the same way, or the two would only wait for each
    /// other.</summary>
    private const int Lanes = 2;

    private readonly IServiceScopeFactory scopes;
    private readonly CommitLane<Wish, Decided>[] lanes;

    public GroupCommit(IServiceScopeFactory scopes, ILogger<GroupCommit> log)
    {
        this.scopes = scopes;
        lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new CommitLane<Wish, Decided>(MostTogether, CommitAsync, log))];
    }

    /// <summary>Posts, writes down what <paramref name="record"/> says in the same transaction, and returns when it is committed.</summary>
    /// <param name="record">
    /// Given what was decided; called once for each try, and only the rows of the last try are written.
    /// </param>
    public Task<Decided> PostAsync(Posting posting, Func<Decided, GroupRows> record, CancellationToken ct) =>
        lanes[unchecked((uint)posting.Owner.GetHashCode()) % Lanes].DoAsync(new(posting, record), ct);

    private async Task<IReadOnlyList<Decided>> CommitAsync(IReadOnlyList<Wish> together)
    {
        try
        {
            return await TryAsync(together);
        }
        catch (PostgresException e) when (e is
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: LedgerTransactionConfiguration.BusinessKeyIndex })
        {
            // Somebody else has committed one of these keys between our look and our write. This time it is seen.
            return await TryAsync(together);
        }
    }

    private async Task<IReadOnlyList<Decided>> TryAsync(IReadOnlyList<Wish> together)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var ledger = scope.ServiceProvider.GetRequiredService<Ledger>();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        List<GroupRows> rows = [];
        var decided = await ledger.PostAsync([.. together.Select(wish => wish.Posting)], (at, its) =>
        {
            rows.Add(together[at].Record(its));
            return rows[^1];
        }, CancellationToken.None);
        foreach (var also in rows.Select(row => row.Also).OfType<Action<WalletDbContext>>())
            also(db);
        if (db.ChangeTracker.HasChanges())
            await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return decided;
    }

    private sealed record Wish(Posting Posting, Func<Decided, GroupRows> Record);
}
