using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway;

/// <summary>One line for each request that a service did not answer. Callers who went away are not our trouble, and get none.</summary>
internal static partial class ForwardingLog
{
    public static void UseForwardingLog(this IReverseProxyApplicationBuilder proxy)
    {
        var log = proxy.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ForwardingLog));
        proxy.Use(async (http, next) =>
        {
            await next(http);
            if (http.GetForwarderErrorFeature() is { } failure && !http.RequestAborted.IsCancellationRequested)
                NotForwarded(log, http.Request.Method, http.GetReverseProxyFeature().Route.Config.RouteId, failure.Error);
        });
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Route} was not answered by its service: {Error}")]
    private static partial void NotForwarded(ILogger log, string method, string route, ForwarderError error);
}
