using Microsoft.Extensions.Options;

namespace Platform.Wallets;

/// <summary>
/// Plans the day's run and the hour's, and takes up whatever is due, also what another replica left undone. Replicas may all do this at
/// once: the keys and the claims let each run happen once.
/// </summary>
internal sealed partial class ReconcileDaily(ReconciliationRuns runs, IOptions<ReconciliationOptions> options, TimeProvider clock,
    ILogger<ReconcileDaily> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Past the full hour, at which the jobs of everybody else begin.</summary>
    private static readonly TimeSpan LightAfter = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.NextTickOrStopAsync(stoppingToken))
            await Rounds.RunAsync(() => RunDueAsync(stoppingToken), e => RoundFailed(log, e), stoppingToken);
    }

    private async Task RunDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now.TimeOfDay >= options.Value.DailyAt)
            await runs.PlanAsync(ReconciliationRun.Daily(DateOnly.FromDateTime(now.UtcDateTime), now), ct);
        if (now.Minute >= LightAfter.Minutes)
            await runs.PlanAsync(ReconciliationRun.Light(now), ct);
        foreach (var key in await runs.DueAsync(ct))
            await Rounds.RunAsync(() => runs.WorkAsync(key, ct), e => ReconciliationRuns.RunFailed(log, key, e), ct);
    }

    [LoggerMessage(LogLevel.Warning, "A round of reconciliation ended early; the next one goes on")]
    private static partial void RoundFailed(ILogger log, Exception e);
}

internal static class ReconciliationRegistration
{
    public static void AddReconciliation(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReconciliationOptions>().BindConfiguration(ReconciliationOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddScoped<OrderComparison>();
        builder.Services.AddScoped<Promises>();
        builder.Services.AddSingleton<ReconciliationRuns>();
        builder.Services.AddHostedService<ReconcileDaily>();
    }
}
