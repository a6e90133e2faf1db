using System.Diagnostics;
using Platform.Gateway;
using Platform.Hosting;

return await PlatformHost.RunAsync(args, "gateway", builder =>
{
    builder.Services.AddOptions<BackendOptions>().BindConfiguration(BackendOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddSingleton<DistributedContextPropagator, IgnoreCallersTrace>();
    builder.Services.AddSingleton<IStartupFilter, EdgeFilter>();
    builder.Services.AddBackends();
    builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
        .WithOrigins(builder.Configuration.GetSection("Cors:Origins").Get<string[]>() ?? [])
        .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders("authorization", "content-type", "idempotency-key", "prefer")
        .WithExposedHeaders("x-request-id", "retry-after", "idempotency-replayed")
        .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    builder.Services.AddRateLimits();
}, app =>
{
    app.UseCors();
    app.UseRateLimiter();
    app.MapHealth();
    app.MapBackends();
    app.MapFallback(() => CommonRefusals.NotFound.ToProblem()).AllowAnonymous();
});
