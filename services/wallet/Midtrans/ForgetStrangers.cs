using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>
/// Forgets what strangers sent, and the gateway's tests, after a month, a portion at a time: a flood that was stored must not become one
/// long deletion. What the gateway said about orders is kept for good.
/// </summary>
internal sealed partial class ForgetStrangers(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetStrangers> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private const int AtOnce = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.NextTickOrStopAsync(stoppingToken))
            await Rounds.RunAsync(() => ForgetAsync(stoppingToken), e => RoundFailed(log, e), stoppingToken);
    }

    private async Task ForgetAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, before) = (scope.ServiceProvider.GetRequiredService<WalletDbContext>(), clock.GetUtcNow() - Kept);
        int forgotten;
        do
        {
            forgotten = await db.Database.ExecuteSqlAsync($"""
                DELETE FROM wallet.gateway_events WHERE id IN (
                    SELECT id FROM wallet.gateway_events WHERE state IN ('REJECTED', 'TEST') AND received_at < {before}
                    ORDER BY received_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED)
                """, ct);
        }
        while (forgotten == AtOnce);
    }

    [LoggerMessage(LogLevel.Warning, "Old notifications of strangers were not forgotten; the next hour tries again")]
    private static partial void RoundFailed(ILogger log, Exception e);
}
