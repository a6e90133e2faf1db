using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Catalog.Storage;

namespace Platform.Catalog.Seed;

/// <summary>
/// Seeds once after the start, as soon as the schema is there; the service is not ready before. A failure is tried again,
/// because a database that is away for a moment must not end the process.
/// </summary>
internal sealed partial class SeedAtStart(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SeedAtStart> log)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private volatile bool done;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The assortment is not in the store yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!done)
        {
            try
            {
                done = await SeedAsync(stoppingToken);
                if (done)
                    return;
                SchemaMissing(log);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                SeedFailed(log, e);
            }

            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    /// <returns>False when the migrations were not applied yet.</returns>
    private async Task<bool> SeedAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
            return false;
        await scope.ServiceProvider.GetRequiredService<AssortmentSeed>().RunAsync(ct);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Migrations wait: run this program with the word 'migrate'; the assortment is seeded afterwards")]
    private static partial void SchemaMissing(ILogger log);

    [LoggerMessage(LogLevel.Warning, "The assortment was not seeded; it is tried again in a moment")]
    private static partial void SeedFailed(ILogger log, Exception e);
}
