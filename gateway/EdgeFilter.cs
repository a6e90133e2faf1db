using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Platform.Hosting;

namespace Platform.Gateway;

/// <summary>
/// What happens to every request before it is routed: paths that a proxy and a service could read differently are refused, repeated
/// slashes are collapsed (the frontend sends some), and every answer leaves with the security headers.
/// </summary>
internal sealed partial class EdgeFilter : IStartupFilter
{
    private const long MaxBodyBytes = 64 * 1024;
    private static readonly Refusal Ambiguous = new("AMBIGUOUS_REQUEST", 400, "The request can be read in more than one way");
    private static readonly Refusal TooLarge = new("BODY_TOO_LARGE", 413, "The body is too large");

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(GuardAsync);
        next(app);
    };

    private static async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(static state =>
        {
            Secure((HttpContext)state);
            return Task.CompletedTask;
        }, http);

        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (Ambiguity().IsMatch(question < 0 ? target : target[..question]))
        {
            await Ambiguous.ToProblem("Send the path in its plain form, without encoded separators, dots or percent signs.").ExecuteAsync(http);
            return;
        }

        if (http.Request.Headers.ContentLength is not null && http.Request.Headers.TransferEncoding.Count > 0)
        {
            http.Response.Headers.Connection = "close";
            await Ambiguous.ToProblem("Send Content-Length or Transfer-Encoding, not both.").ExecuteAsync(http);
            return;
        }

        if (http.Request.ContentLength > MaxBodyBytes)
        {
            await TooLarge.ToProblem($"Send at most {MaxBodyBytes / 1024} KB.").ExecuteAsync(http);
            return;
        }

        if (http.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
            http.Request.Path = RepeatedSlashes().Replace(path, "/");
        await next(http);
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

    /// <summary>Encoded slash, backslash, dot, percent or NUL; dot segments; path parameters on them; a backslash; a control character.</summary>
    [GeneratedRegex(@"%(2f|5c|2e|25|00)|(^|/)\.{1,2}(/|;|$)|\\|[\x00-\x1f]", RegexOptions.IgnoreCase)]
    private static partial Regex Ambiguity();

    [GeneratedRegex("/{2,}")]
    private static partial Regex RepeatedSlashes();
}
