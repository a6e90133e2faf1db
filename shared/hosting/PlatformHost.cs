using System.Data.Common;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.Hosting;

/// <summary>
/// What every service does the same way: telemetry, health, problem details, tokens, strict JSON, clock, limits, start and end.
/// </summary>
public static class PlatformHost
{
    /// <summary>Longest time that requests and messages under way get to finish after SIGTERM.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);
    private const long MaxBodyBytes = 64 * 1024;

    internal static void AddPlatform(this WebApplicationBuilder builder, string service)
    {
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.AddTelemetry(service);
        builder.AddTokens();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.ConfigureHttpJsonOptions(json => StrictJson.Apply(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemAnyway>();
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
        builder.Services.AddExceptionHandler<ThrownProblems>();
        builder.Services.AddHealthChecks();
    }

    internal static void UsePlatform(this WebApplication app)
    {
        app.UseRouteNamedSpans();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new()
        {
            Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteReadiness,
        }).AllowAnonymous();
    }

    /// <summary>
    /// Composes and runs a service; with the word <c>migrate</c> it brings its schema up to date and ends.
    /// A setting that is missing or weak ends the process with one line that names it, exit code 78 (EX_CONFIG).
    /// </summary>
    public static Task<int> RunAsync<TDb>(string[] args, string service, Action<WebApplicationBuilder> compose, Action<WebApplication> map)
        where TDb : DbContext =>
        RunAsync(service, args, builder =>
        {
            compose(builder);
            builder.Services.AddHostedService<IdempotencyCleaner>();
        }, map, async app =>
        {
            if (args is not ["migrate", ..])
                return false;
            await using var scope = app.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TDb>().Database.MigrateAsync();
            return true;
        });

    /// <summary>Runs a service that stores nothing.</summary>
    public static Task<int> RunAsync(string[] args, string service, Action<WebApplicationBuilder> compose, Action<WebApplication> map) =>
        RunAsync(service, args, compose, map, _ => Task.FromResult(false));

    private static async Task<int> RunAsync(
        string service, string[] args, Action<WebApplicationBuilder> compose, Action<WebApplication> map,
        Func<WebApplication, Task<bool>> doneInstead)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.AddPlatform(service);
            compose(builder);
            await using var app = builder.Build();
            app.UsePlatform();
            map(app);
            if (!await doneInstead(app))
                await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (FaultsOfSettings(e) is { Count: > 0 } faults)
        {
            await Console.Error.WriteLineAsync($"{service} does not start: {string.Join("; ", faults)}");
            return 78;
        }
        catch (DbException e) when (args is ["migrate", ..])
        {
            await Console.Error.WriteLineAsync($"{service} cannot migrate its schema: {e.Message}");
            return 1;
        }
    }

    /// <summary>
    /// What is wrong with the settings, or null when the exception is about something else. Several wrong sections come together.
    /// </summary>
    private static List<string>? FaultsOfSettings(Exception thrown)
    {
        IReadOnlyList<Exception> all = thrown is AggregateException several ? several.InnerExceptions : [thrown];
        return all.All(e => e is OptionsValidationException or MissingSettingException) ? [.. all.Select(e => e.Message).Distinct()] : null;
    }

    private static Task WriteReadiness(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Status.ToString()),
        }));
    }
}
