using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Gives back what nobody captured or released in time.</summary>
internal sealed class ExpireHolds(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpireHolds> log) : ExpiryJob(scopes, clock, log)
{
    protected override IQueryable<Guid> Overdue(WalletDbContext db, DateTimeOffset now) =>
        db.Holds.Where(h => h.State == HoldState.Held && h.ExpiresAt <= now).OrderBy(h => h.ExpiresAt).Select(h => h.Id);

    protected override async Task EndAsync(IServiceProvider services, WalletDbContext db, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var claimed = await db.Holds
            .FromSql($"SELECT * FROM wallet.holds WHERE id = {id} AND state = 'HELD' FOR UPDATE SKIP LOCKED").SingleOrDefaultAsync(ct);
        if (claimed is not null)
            await services.GetRequiredService<Ledger>().ExpireAsync(claimed, now, ct);
    }
}

internal static class EndingHolds
{
    public static async Task ExpireAsync(this Ledger ledger, Hold hold, DateTimeOffset now, CancellationToken ct)
    {
        await ledger.GiveBackAsync(hold, ct);
        hold.Expire(now);
    }

    /// <summary>Moves the money of an open, locked hold back to its owner.</summary>
    public static async Task GiveBackAsync(this Ledger ledger, Hold hold, CancellationToken ct)
    {
        if (hold.Amount == Money.Zero)
            return;
        var outcome = await ledger.PostAsync(Posting.Release(hold.Id, hold.UserId!.Value, hold.Amount), ct);
        if (outcome is not PostingOutcome.Posted)
            throw new InvalidOperationException($"The money of open hold {hold.Id} could not be given back: {outcome.GetType().Name}.");
    }
}
