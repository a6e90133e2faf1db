using System.ComponentModel.DataAnnotations;
using MassTransit;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Purchase;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Cancellation;

/// <param name="Reason">In the user's own words; kept with the timeline's entry only as the fact that it was given.</param>
/// <param name="Mode">immediate is what is offered so far.</param>
public sealed record Cancel([property: StringLength(500, MinimumLength = 3)] string? Reason = null, string Mode = "immediate");

/// <summary>
/// DELETE /subscriptions/{id}. The subscription is over with this answer; the deletion of its application and its seat follow.
/// While the money is being taken the answer is 409: a moment later it is decided whether there is something to pay for.
/// </summary>
internal static class CancelEndpoint
{
    private static readonly string[] NextSteps = ["The application and its data are being deleted."];

    public static void MapCancel(this IEndpointRouteBuilder routes) =>
        routes.MapDelete("/api/subscriptions/{id:guid}", End)
            .WithTags("Subscriptions").WithName("CancelSubscription").AcceptsIdempotencyKey();

    private static async Task<IResult> End(
        Guid id, [FromBody] Cancel? request, CurrentUser user, SubscriptionsDbContext db, IPublishEndpoint publish,
        Lifecycle life, CancellationToken ct)
    {
        if (request is { Mode: not "immediate" })
            return SubscriptionsRefusals.ModeNotOffered.ToProblem("mode must be immediate.");
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        var subscription = await life.FindAndLockAsync(id, ct);
        if (subscription is null || subscription.UserId != user.Id)
            return SubscriptionsRefusals.SubscriptionNotFound.ToProblem();
        switch (subscription.Phase)
        {
            case SubscriptionPhase.Ending or SubscriptionPhase.Ended:
                return SubscriptionsRefusals.AlreadyCancelled.ToProblem();
            case SubscriptionPhase.Capturing or SubscriptionPhase.Upgrading:
                return Eligibility.Busy();
            case SubscriptionPhase.Pending or SubscriptionPhase.Provisioning:
                await publish.Publish(new PurchaseCancelled(id), ct);
                break;
            case SubscriptionPhase.Running:
                await publish.Publish(new CancellationRequested(Guid.CreateVersion7(life.Now), id, user.Id, subscription.InstanceId,
                    subscription.ReservationId, subscription.PlanId, "USER"), ct);
                break;
            default:
                throw new InvalidOperationException($"The phase {subscription.Phase} is not known to cancelling.");
        }

        subscription.BeginEnd("USER", life.Now);
        await life.TellAsync(id, Steps.CancelRequested, "The owner cancelled the subscription.", null, ct);
        await db.SaveChangesAsync(ct);
        if (own is not null)
            await own.CommitAsync(ct);

        const string message = "The subscription is cancelled.";
        return Answer.Ok(new
        {
            subscription = new SubscriptionRow(subscription),
            refundAmount = Money.Zero,
            refundProcessed = false,
            instancesTerminated = 1,
            daysRemaining = 0,
            endDate = subscription.EndedAt,
            message,
            nextSteps = NextSteps,
        }, message);
    }
}
