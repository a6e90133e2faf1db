using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>
/// The janitor: notifications get lost, and a page that runs out sends none, so the gateway is asked at the times of
/// <see cref="CheckTimes"/>. Replicas share the work; who claims a row has two minutes before another may.
/// </summary>
internal sealed partial class RecheckTopUps(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RecheckTopUps> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
    private const int AtOnce = 20;
    private const int SideBySide = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.NextTickOrStopAsync(stoppingToken))
            await Rounds.RunAsync(() => CheckDueAsync(stoppingToken), e => RoundFailed(log, e), stoppingToken);
    }

    private async Task CheckDueAsync(CancellationToken ct)
    {
        List<TopUp> due;
        do
        {
            due = await ClaimAsync(ct);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
                async (topUp, token) =>
                    await Rounds.RunAsync(() => CheckAsync(topUp, token), e => NotChecked(log, topUp.OrderId, e), token));
        }
        while (due.Count == AtOnce);
    }

    private async Task<List<TopUp>> ClaimAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<WalletDbContext>(), clock.GetUtcNow());
        return await db.TopUps.FromSql($"""
            UPDATE wallet.top_ups SET next_check_at = {now + Claim}
            WHERE order_id IN (
                SELECT order_id FROM wallet.top_ups WHERE next_check_at <= {now}
                ORDER BY next_check_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
    }

    private async Task CheckAsync(TopUp topUp, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TopUpCheck>().RunAsync(topUp, ct);
    }

    [LoggerMessage(LogLevel.Warning, "A round of checking top-ups ended early; the next one goes on")]
    private static partial void RoundFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Error, "Top-up {OrderId} could not be checked; it is due again in two minutes")]
    private static partial void NotChecked(ILogger log, Guid orderId, Exception e);
}
