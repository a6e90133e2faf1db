using System.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Platform.Gateway;

/// <summary>
/// What happens to every request before the host of all services sees it, in this order: the answer gets its security headers, whoever
/// gives it; browsers learn whether they may read it; then the request must have an acceptable form.
/// </summary>
internal sealed class EdgeFilter(IOptions<IngressOptions> ingress) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(SecureAsync);
        app.UseStatusCodePages();
        if (ingress.Value.TrustedNetworks is { Length: > 0 } networks)
            app.UseForwardedHeaders(OneHopFrom(networks));
        app.UseCors();
        app.Use(RequestForm.CheckAsync);
        next(app);
    };

    private static ForwardedHeadersOptions OneHopFrom(string[] networks)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = 1,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        return options;
    }

    private static Task SecureAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(static state =>
        {
            Secure((HttpContext)state);
            return Task.CompletedTask;
        }, http);
        return next(http);
    }

    private static void Secure(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["X-Request-Id"] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        headers.Remove("Server");
        headers.Remove("X-Powered-By");
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
    }
}
