using Microsoft.EntityFrameworkCore;
using Platform.Hosting;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Life;

/// <summary>What an owner reads. Another user's subscription is "not found": the answer must not say that the id exists.</summary>
internal static class ReadEndpoints
{
    public static void MapSubscriptionReads(this IEndpointRouteBuilder routes)
    {
        var subscriptions = routes.MapGroup("/api/subscriptions").WithTags("Subscriptions");
        subscriptions.MapGet("/", List).WithName("ListSubscriptions");
        subscriptions.MapGet("/{id:guid}", Find).WithName("FindSubscription");
    }

    private static async Task<IResult> List(
        string? status, bool? includeInstances, CurrentUser user, SubscriptionsDbContext db, CancellationToken ct)
    {
        // includeInstances is part of the contract and without effect: the frontend needs the instances always.
        _ = includeInstances;
        if (status is not null && !IsStatus(status))
            return CommonRefusals.Invalid.ToProblem(
                $"status must be one of {string.Join(", ", Enum.GetValues<SubscriptionStatus>().Select(WireEnum.Text))}.");
        var wanted = status is null ? (SubscriptionStatus?)null : WireEnum.Value<SubscriptionStatus>(status);
        var rows = await db.Whole()
            .Where(row => row.Subscription.UserId == user.Id && (wanted == null || row.Subscription.Status == wanted))
            .OrderByDescending(row => row.Subscription.CreatedAt).ToListAsync(ct);
        return Answer.Ok(new { subscriptions = rows.Select(r =>
            new SubscriptionListed(r.Subscription, r.Service, r.Plan, r.Instance)).ToList() });
    }

    private static async Task<IResult> Find(Guid id, CurrentUser user, SubscriptionsDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var row = await db.Whole().SingleOrDefaultAsync(r => r.Subscription.Id == id && r.Subscription.UserId == user.Id, ct);
        if (row is null)
            return SubscriptionsRefusals.SubscriptionNotFound.ToProblem();
        var charges = await db.Charges.AsNoTracking().Where(c => c.SubscriptionId == id)
            .OrderByDescending(c => c.CapturedAt).Take(10).ToListAsync(ct);
        return Answer.Ok(new
        {
            subscription = new SubscriptionDetails(row.Subscription, row.Service, row.Plan, row.Instance, charges, clock.GetUtcNow()),
        });
    }

    private static bool IsStatus(string word) => Enum.GetValues<SubscriptionStatus>().Any(s => WireEnum.Text(s) == word);
}
