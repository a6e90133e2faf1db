using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Hosting;

/// <summary>Forgets keys after two days; callers are promised one.</summary>
internal sealed partial class IdempotencyCleaner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<IdempotencyCleaner> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await CleanAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task CleanAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var limit = clock.GetUtcNow() - Kept;
            await scope.ServiceProvider.GetRequiredService<DbContext>().Set<IdempotencyKey>()
                .Where(k => k.CreatedAt < limit).ExecuteDeleteAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(log, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old idempotency keys were not removed; the next hour tries again")]
    private static partial void Failed(ILogger log, Exception e);
}
