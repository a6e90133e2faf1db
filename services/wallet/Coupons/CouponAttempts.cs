using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed class CouponOptions
{
    public const string Section = "Coupons";

    /// <summary>How often a user may try a code within a minute, checking and redeeming together. Each replica counts for itself.</summary>
    [Range(1, 100_000)] public int AttemptsPerMinute { get; init; } = 10;
}

/// <summary>
/// Codes can be guessed, so nobody gets to try many. Counted in memory: with n replicas a user has up to n times as many tries, which
/// guesses no code any sooner that is worth anything. Its minute is real time, even where a test moves the service's clock.
/// </summary>
internal sealed class CouponAttempts(IOptions<CouponOptions> options) : IRateLimiterPolicy<Guid>
{
    public const string Policy = "coupon attempts";
    private const int MostSegments = 6;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => async (rejected, _) =>
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window / MostSegments;
        var remedy = $"A user may try {options.Value.AttemptsPerMinute} codes a minute. Wait as long as Retry-After says.";
        await WalletRefusals.TooManyAttempts.ToProblem(remedy, retryAfter: wait).ExecuteAsync(rejected.HttpContext);
    };

    public RateLimitPartition<Guid> GetPartition(HttpContext httpContext) =>
        RateLimitPartition.GetSlidingWindowLimiter(CurrentUser.Of(httpContext.User).Id, _ => new()
        {
            PermitLimit = options.Value.AttemptsPerMinute,
            Window = Window,
            // A limit below the number of segments would leave a segment without a permit, and the limiter divides by that share.
            SegmentsPerWindow = Math.Min(MostSegments, options.Value.AttemptsPerMinute),
        });
}

internal static class CouponRegistration
{
    public static void AddCoupons(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CouponOptions>().BindConfiguration(CouponOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddRateLimiter(limiter => limiter.AddPolicy<Guid, CouponAttempts>(CouponAttempts.Policy));
        builder.Services.AddScoped<CouponUses>().AddScoped<CouponCredits>();
        builder.Services.AddHostedService<ExpireReservations>();
    }
}
