using Microsoft.EntityFrameworkCore;
using Platform.Identity.Storage;

namespace Platform.Identity.Sessions;

/// <summary>Deletes what nobody can use or ask about any more: dead sessions with their tokens, old counts of wrong passwords.</summary>
internal sealed partial class SessionCleaner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionCleaner> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Dead sessions stay a month, so that "who was signed in then" can be answered.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(log, e);
            }
        }
    }

    private async Task CleanAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDbContext>();
        var limit = clock.GetUtcNow() - Retention;
        await db.Sessions.Where(s => s.ExpiresAt < limit || s.EndedAt < limit).ExecuteDeleteAsync(ct);
        await db.SignInFailures.Where(f => f.LastAt < limit).ExecuteDeleteAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "Cleaning old sessions failed; the next round is in an hour")]
    private static partial void Failed(ILogger log, Exception fault);
}
