using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Timeline;

internal sealed record TimelineView(int Number, DateTimeOffset At, string Step, string Detail, Money? Amount);

/// <summary>The owner's timeline: read it, or follow it as server-sent events from a number on.</summary>
internal static class TimelineEndpoints
{
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(1);

    public static void MapTimeline(this IEndpointRouteBuilder routes)
    {
        var timeline = routes.MapGroup("/api/subscriptions/{id:guid}/timeline").WithTags("Timeline");
        timeline.MapGet("/", Read).WithName("ReadTimeline");
        timeline.MapGet("/stream", Follow).WithName("FollowTimeline");
    }

    private static async Task<IResult> Read(Guid id, int? after, CurrentUser user, SubscriptionsDbContext db, CancellationToken ct) =>
        await IsOwnAsync(id, user, db, ct)
            ? Answer.Ok(new { timeline = await NextAsync(db, id, after ?? 0, ct) })
            : SubscriptionsRefusals.SubscriptionNotFound.ToProblem();

    private static async Task<IResult> Follow(Guid id, int? after, CurrentUser user, SubscriptionsDbContext db, IServiceScopeFactory scopes,
        Changes changes, CancellationToken ct) =>
        await IsOwnAsync(id, user, db, ct)
            ? TypedResults.ServerSentEvents(EntriesAsync(id, after ?? 0, scopes, changes, ct))
            : SubscriptionsRefusals.SubscriptionNotFound.ToProblem();

    // The event id is the entry's number: a client that lost the stream asks again with after=number. A token's rights end with the stream.
    private static async IAsyncEnumerable<SseItem<TimelineView?>> EntriesAsync(
        Guid id, int after, IServiceScopeFactory scopes, Changes changes,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var longest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        longest.CancelAfter(LongestStream);
        // Sends the answer's head at once: a client must be able to tell a quiet stream from one that is not there.
        yield return new(null, "open");
        while (!longest.IsCancellationRequested)
        {
            var change = changes.NextChange(id);
            List<TimelineView> entries;
            await using (var scope = scopes.CreateAsyncScope())
                entries = await NextAsync(scope.ServiceProvider.GetRequiredService<SubscriptionsDbContext>(), id, after, ct);
            foreach (var entry in entries)
            {
                after = entry.Number;
                yield return new(entry, "step") { EventId = entry.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            }

            await Task.WhenAny(change, Task.Delay(LookAtLeastEvery, TimeProvider.System, longest.Token));
        }
    }

    private static Task<bool> IsOwnAsync(Guid id, CurrentUser user, SubscriptionsDbContext db, CancellationToken ct) =>
        db.Subscriptions.AnyAsync(s => s.Id == id && s.UserId == user.Id, ct);

    private static Task<List<TimelineView>> NextAsync(SubscriptionsDbContext db, Guid id, int after, CancellationToken ct) =>
        db.Timeline.AsNoTracking().Where(e => e.SubscriptionId == id && e.Number > after).OrderBy(e => e.Number)
            .Select(e => new TimelineView(e.Number, e.At, e.Step, e.Detail, e.Amount)).ToListAsync(ct);
}
