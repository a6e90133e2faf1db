using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// Gives back what nobody captured or released in time. Replicas share the work; each hold is one transaction of its own.
/// </summary>
internal sealed partial class ExpireHolds(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpireHolds> log) : BackgroundService
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
        return await db.Holds.Where(h => h.State == HoldState.Held && h.ExpiresAt <= now)
            .OrderBy(h => h.ExpiresAt).Select(h => h.Id).Take(AtOnce).ToListAsync(ct);
    }

    private async Task ExpireAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, ledger) =
            (scope.ServiceProvider.GetRequiredService<WalletDbContext>(), scope.ServiceProvider.GetRequiredService<Ledger>());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var claimed = await db.Holds
            .FromSql($"SELECT * FROM wallet.holds WHERE id = {id} AND state = 'HELD' FOR UPDATE SKIP LOCKED").SingleOrDefaultAsync(ct);
        if (claimed is null)
            return;
        await ledger.ExpireAsync(claimed, clock.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "A round of expiring holds ended early; the next one goes on")]
    private static partial void RoundFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Error, "Hold {HoldId} ran out but its money could not be given back; the next round tries again")]
    private static partial void NotExpired(ILogger log, Guid holdId, Exception e);
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
