using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Life;

/// <summary>
/// The subscription's row under its lock, and what is told of it. Sagas and requests change a subscription only through here, inside
/// their own transaction; whoever watches is woken by that transaction's commit.
/// </summary>
internal sealed class Lifecycle(SubscriptionsDbContext db, TimeProvider clock)
{
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<Subscription> LockAsync(Guid id, CancellationToken ct) =>
        await FindAndLockAsync(id, ct) ?? throw new InvalidOperationException($"Subscription {id} does not exist.");

    public Task<Subscription?> FindAndLockAsync(Guid id, CancellationToken ct) =>
        db.Subscriptions.FromSql($"SELECT * FROM subscriptions.subscriptions WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct);

    /// <summary>
    /// Appends to the timeline. The caller's transaction holds the subscription's row from
    /// here to its end, which keeps the numbers in order.
    /// </summary>
    public async Task TellAsync(Guid subscription, string step, string detail, Money? amount, CancellationToken ct)
    {
        var numbers = await db.Database.SqlQuery<int>(
            $"""
            UPDATE subscriptions.subscriptions SET timeline_length = timeline_length + 1
            WHERE id = {subscription} RETURNING timeline_length
            """)
            .ToListAsync(ct);
        if (numbers is not [var number])
            throw new InvalidOperationException($"Subscription {subscription} does not exist.");
        db.Add(new TimelineEntry
        {
            SubscriptionId = subscription, Number = number, At = Now, Step = step, Detail = detail, Amount = amount,
        });
        await WakeAsync(subscription, ct);
    }

    public async Task DecideAsync(Guid id, string outcome, Money? available, Money? required, CancellationToken ct)
    {
        db.Add(new Decision { Id = id, Outcome = outcome, Available = available, Required = required, At = Now });
        await WakeAsync(id, ct);
    }

    /// <summary>PostgreSQL delivers the notification when, and only when, the transaction commits.</summary>
    private Task<int> WakeAsync(Guid id, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Changes.Channel}, {id.ToString("N")})", ct);
}
