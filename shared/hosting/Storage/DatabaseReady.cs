using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Hosting;

/// <summary>Ready when the database answers and this build's migrations are applied.</summary>
internal sealed class DatabaseReady<TDb>(TDb db) : IHealthCheck where TDb : DbContext
{
    // Migrations of a running build do not become pending again; the check is a query of its own only until it was true once.
    private static volatile bool migrated;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!await db.Database.CanConnectAsync(cancellationToken))
            return HealthCheckResult.Unhealthy("The database does not answer.");
        if (!migrated)
        {
            var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            if (pending.Count > 0)
                return HealthCheckResult.Unhealthy($"{pending.Count} migrations wait: run this program with the word 'migrate'.");
            migrated = true;
        }

        return HealthCheckResult.Healthy();
    }
}
