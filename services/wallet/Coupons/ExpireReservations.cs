using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>
/// Frees the uses that nobody confirmed or released in time. Replicas share the work; each reservation is one transaction of its own.
/// </summary>
internal sealed partial class ExpireReservations(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpireReservations> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private const int AtOnce = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.NextTickOrStopAsync(stoppingToken))
            await Rounds.RunAsync(() => ExpireOverdueAsync(stoppingToken), e => RoundFailed(log, e), stoppingToken);
    }

    private async Task ExpireOverdueAsync(CancellationToken ct)
    {
        foreach (var id in await OverdueAsync(ct))
            await Rounds.RunAsync(() => ExpireAsync(id, ct), e => NotExpired(log, id, e), ct);
    }

    private async Task<List<Guid>> OverdueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<WalletDbContext>(), clock.GetUtcNow());
        return await db.Redemptions.Where(r => r.State == RedemptionState.Reserved && r.ExpiresAt <= now)
            .OrderBy(r => r.ExpiresAt).Select(r => r.Id).Take(AtOnce).ToListAsync(ct);
    }

    private async Task ExpireAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, uses) =
            (scope.ServiceProvider.GetRequiredService<WalletDbContext>(), scope.ServiceProvider.GetRequiredService<CouponUses>());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var claimed = await db.Redemptions
            .FromSql($"SELECT * FROM wallet.redemptions WHERE id = {id} AND state = 'RESERVED' FOR UPDATE SKIP LOCKED")
            .SingleOrDefaultAsync(ct);
        if (claimed is null)
            return;
        await uses.GiveBackAsync(claimed.CouponId!.Value, ct);
        claimed.Expire(clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "A round of expiring coupon reservations ended early; the next one goes on")]
    private static partial void RoundFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Error, "Redemption {RedemptionId} ran out but its use could not be freed; the next round tries again")]
    private static partial void NotExpired(ILogger log, Guid redemptionId, Exception e);
}
