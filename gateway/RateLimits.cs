using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Hosting;

namespace Platform.Gateway;

/// <summary>Requests per minute (product.md row 104). A bucket belongs to a signed-in user, otherwise to the peer's real address.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Guessing passwords and making accounts is slow work here.</summary>
    [Range(1, 100_000)] public int SignIn { get; init; } = 20;
    [Range(1, 100_000)] public int Catalog { get; init; } = 100;
    [Range(1, 100_000)] public int User { get; init; } = 60;
    [Range(1, 100_000)] public int Admin { get; init; } = 200;

    /// <summary>Pages ask for a subscription, its metrics and its timeline every few seconds.</summary>
    [Range(1, 100_000)] public int Polls { get; init; } = 600;
    [Range(1, 100_000)] public int Webhook { get; init; } = 1000;

    /// <summary>Multiplies all of them: for a machine with one developer, and for load tests.</summary>
    [Range(1, 10_000)] public int Factor { get; init; } = 1;
}

internal static partial class RateLimits
{
    private const int SegmentsPerWindow = 6;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly Refusal TooMany = new("TOO_MANY_REQUESTS", 429, "Too many requests in a short time");

    public static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window / SegmentsPerWindow;
            await TooMany.ToProblem("Wait as long as Retry-After says.", retryAfter: wait).ExecuteAsync(rejected.HttpContext);
        };
    });

    private static RateLimitPartition<string> Partition(HttpContext http)
    {
        var limits = http.RequestServices.GetRequiredService<IOptions<RateLimitOptions>>().Value;
        var (bucket, perMinute) = BucketOf(http.Request, limits);
        if (bucket is null)
            return RateLimitPartition.GetNoLimiter("");
        return RateLimitPartition.GetSlidingWindowLimiter($"{bucket} {CallerOf(http, bucket)}", _ => new()
        {
            PermitLimit = perMinute * limits.Factor,
            Window = Window,
            // A limit below the number of segments would leave a segment without a permit, and the limiter divides by that share.
            SegmentsPerWindow = Math.Min(SegmentsPerWindow, perMinute * limits.Factor),
        });
    }

    private static (string? Bucket, int PerMinute) BucketOf(HttpRequest request, RateLimitOptions limits)
    {
        var path = request.Path.Value ?? "";
        return path switch
        {
            _ when SignIn().IsMatch(path) => ("sign-in", limits.SignIn),
            _ when Begins(path, "/api/wallet/webhook") => ("webhook", limits.Webhook),
            _ when Begins(path, "/api/admin") => ("admin", limits.Admin),
            _ when Begins(path, "/api/catalog") => ("catalog", limits.Catalog),
            _ when HttpMethods.IsGet(request.Method) && Begins(path, "/api/subscriptions/") => ("polls", limits.Polls),
            _ when HttpMethods.IsGet(request.Method) && Begins(path, "/api/instances/") => ("polls", limits.Polls),
            _ when Begins(path, "/socket.io") => ("polls", limits.Polls),
            _ when Begins(path, "/.well-known") => ("catalog", limits.Catalog),
            _ when Begins(path, "/api") => ("user", limits.User),
            _ => (null, 0),
        };
    }

    // Whoever tries passwords may well have a token of his own.
    private static string CallerOf(HttpContext http, string bucket) =>
        bucket is not "sign-in" && Callers.SubjectOf(http) is { } user ? $"user {user}" : $"peer {Callers.PeerOf(http)}";

    private static bool Begins(string path, string prefix) => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^/api/auth/(login|register|refresh-token)/?$", RegexOptions.IgnoreCase)]
    private static partial Regex SignIn();
}
