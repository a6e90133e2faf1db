using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Catalog.Storage;

namespace Platform.Catalog.Seats;

/// <summary>Frees the seats of reservations that ran out. Replicas share the work: each claims rows that no other one holds.</summary>
internal sealed partial class ExpireReservations(
    IServiceScopeFactory scopes, IOptions<SeatOptions> options, TimeProvider clock, ILogger<ExpireReservations> log) : BackgroundService
{
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ExpireEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            while (await ExpireBatchAsync(ct) == Batch)
            {
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            SweepFailed(log, e);
        }
    }

    /// <returns>How many reservations were ended.</returns>
    private async Task<int> ExpireBatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var plans = await db.Database.SqlQuery<Guid>($"""
            UPDATE catalog.seat_reservations SET state = 'EXPIRED', ended_at = {now}
            WHERE id IN (
                SELECT id FROM catalog.seat_reservations WHERE state = 'RESERVED' AND expires_at <= {now}
                ORDER BY expires_at LIMIT {Batch} FOR UPDATE SKIP LOCKED)
            RETURNING plan_id AS "Value"
            """).ToListAsync(ct);
        foreach (var plan in plans.GroupBy(id => id).OrderBy(plan => plan.Key))
            await db.GiveSeatsBackAsync(plan.Key, plan.Count(), ct);
        await transaction.CommitAsync(ct);
        if (plans.Count > 0)
            Expired(log, plans.Count);
        return plans.Count;
    }

    [LoggerMessage(LogLevel.Information, "{Count} seat reservations ran out; their seats are free again")]
    private static partial void Expired(ILogger log, int count);

    [LoggerMessage(LogLevel.Warning, "Reservations that ran out were not all ended; the next round tries again")]
    private static partial void SweepFailed(ILogger log, Exception e);
}
