namespace Platform.Gateway;

internal sealed record HealthView(bool Success, string Message, DateTimeOffset Timestamp);

internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/health", "/api/health"])
            routes.MapGet(path, (TimeProvider clock) => TypedResults.Ok(new HealthView(true, "The gateway is up.", clock.GetUtcNow()))).AllowAnonymous();
    }
}
