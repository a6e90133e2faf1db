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
                $"status must be one of {string.Join(", ", Enum.GetValues<SubscriptionStatus>().Select(WireWords.Of))}.");
        var wanted = status is null ? (SubscriptionStatus?)null : WireWords.Parse<SubscriptionStatus>(status);
        var rows = await (
            from s in db.Subscriptions.AsNoTracking()
            join service in db.Services on s.ServiceId equals service.Id
            join plan in db.Plans on s.PlanId equals plan.Id
            join instance in db.Instances on s.InstanceId equals instance.Id
            where s.UserId == user.Id && (wanted == null || s.Status == wanted)
            orderby s.CreatedAt descending
            select new { s, service, plan, instance }).ToListAsync(ct);
        return Answer.Ok(new { subscriptions = rows.Select(r => new SubscriptionListed(r.s, r.service, r.plan, r.instance)).ToList() });
    }

    private static async Task<IResult> Find(Guid id, CurrentUser user, SubscriptionsDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var row = await (
            from s in db.Subscriptions.AsNoTracking()
            join service in db.Services on s.ServiceId equals service.Id
            join plan in db.Plans on s.PlanId equals plan.Id
            join instance in db.Instances on s.InstanceId equals instance.Id
            where s.Id == id && s.UserId == user.Id
            select new { s, service, plan, instance }).SingleOrDefaultAsync(ct);
        if (row is null)
            return SubscriptionsRefusals.SubscriptionNotFound.ToProblem();
        var charges = await db.Charges.AsNoTracking().Where(c => c.SubscriptionId == id)
            .OrderByDescending(c => c.CapturedAt).Take(10).ToListAsync(ct);
        return Answer.Ok(new
        {
            subscription = new SubscriptionDetails(row.s, row.service, row.plan, row.instance, charges, clock.GetUtcNow()),
        });
    }

    private static bool IsStatus(string word) => Enum.GetValues<SubscriptionStatus>().Any(s => WireWords.Of(s) == word);
}
