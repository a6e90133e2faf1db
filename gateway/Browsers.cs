using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Platform.Gateway;

/// <summary>CORS: listed origins, no cookies. Nobody signs in by cookie here, so there is nothing that a page could borrow.</summary>
internal static class Browsers
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] Headers = ["authorization", "content-type", "idempotency-key", "prefer", "last-event-id"];
    private static readonly string[] Readable = ["x-request-id", "retry-after", "idempotency-replayed"];

    public static void AddBrowsers(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<BrowserOptions>>((cors, browsers) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(browsers.Value.Origins)
            .WithMethods(Methods)
            .WithHeaders(Headers)
            .WithExposedHeaders(Readable)
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }
}
