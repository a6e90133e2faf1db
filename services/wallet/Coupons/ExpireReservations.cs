using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>Frees the uses that nobody confirmed or released in time.</summary>
internal sealed class ExpireReservations(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpireReservations> log)
    : ExpiryJob(scopes, clock, log)
{
    protected override IQueryable<Guid> Overdue(WalletDbContext db, DateTimeOffset now) =>
        db.Redemptions.Where(r => r.State == RedemptionState.Reserved && r.ExpiresAt <= now).OrderBy(r => r.ExpiresAt).Select(r => r.Id);

    protected override async Task EndAsync(IServiceProvider services, WalletDbContext db, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var claimed = await db.Redemptions
            .FromSql($"SELECT * FROM wallet.redemptions WHERE id = {id} AND state = 'RESERVED' FOR UPDATE SKIP LOCKED")
            .SingleOrDefaultAsync(ct);
        if (claimed is null)
            return;
        await services.GetRequiredService<CouponUses>().GiveBackAsync(claimed.CouponId!.Value, ct);
        claimed.Expire(now);
    }
}
