using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>
/// Ends what has run out. Replicas share the work; each piece is one transaction of its own, so that one that cannot be ended leaves the
/// others alone.
/// </summary>
internal abstract partial class ExpiryJob(IServiceScopeFactory scopes, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>So many that a few which cannot be ended do not stand in the way of the others.</summary>
    private const int InARound = 5_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.NextTickOrStopAsync(stoppingToken))
            await Rounds.RunAsync(() => EndOverdueAsync(stoppingToken), e => RoundFailed(log, GetType().Name, e), stoppingToken);
    }

    /// <summary>What is open though its time is over, the oldest first.</summary>
    protected abstract IQueryable<Guid> Overdue(WalletDbContext db, DateTimeOffset now);

    /// <summary>Locks it and ends it; what another replica is at, or has done, is left alone.</summary>
    protected abstract Task EndAsync(IServiceProvider services, WalletDbContext db, Guid id, DateTimeOffset now, CancellationToken ct);

    private async Task EndOverdueAsync(CancellationToken ct)
    {
        foreach (var id in await OverdueAsync(ct))
            await Rounds.RunAsync(() => EndAsync(id, ct), e => NotEnded(log, GetType().Name, id, e), ct);
    }

    private async Task<List<Guid>> OverdueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        return await Overdue(db, clock.GetUtcNow()).Take(InARound).ToListAsync(ct);
    }

    private async Task EndAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await EndAsync(scope.ServiceProvider, db, id, clock.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "A round of {Job} ended early; the next one goes on")]
    private static partial void RoundFailed(ILogger log, string job, Exception e);

    [LoggerMessage(LogLevel.Error, "{Job} could not end {Id}, which has run out; the next round tries again")]
    private static partial void NotEnded(ILogger log, string job, Guid id, Exception e);
}
