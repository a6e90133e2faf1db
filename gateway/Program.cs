using System.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Platform.Gateway;
using Platform.Hosting;

return await PlatformHost.RunAsync(args, "gateway", builder =>
{
    builder.Services.AddOptions<BackendOptions>().BindConfiguration(BackendOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<BrowserOptions>().BindConfiguration(BrowserOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<IngressOptions>().BindConfiguration(IngressOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.Configure<KestrelServerOptions>(kestrel => RequestForm.LeaveRoom(kestrel.Limits));
    builder.Services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
    builder.Services.AddSingleton<DistributedContextPropagator, IgnoreCallersTrace>();
    // First, so that it stands around the framework's own filter of Host headers too.
    builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, EdgeFilter>());
    // The proxy would log every address with its query, and queries hold what people look for; and it warns of every caller who
    // leaves a stream. What a service did not answer is logged by the forwarding log.
    builder.Logging.AddFilter("Yarp", LogLevel.Error);
    builder.Services.AddCallers();
    builder.Services.AddBrowsers();
    builder.Services.AddRateLimits();
    builder.Services.AddBackends();
    builder.Services.AddHealth();
}, app =>
{
    app.UseRateLimiter();
    app.Use(RequestForm.ReadBodyAsync);
    app.MapHealth();
    app.MapBackends();
    app.Map("{**anything}", () => CommonRefusals.NotFound.ToProblem()).WithOrder(int.MaxValue).AllowAnonymous();
});
