using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>
/// A scheduled message is an outbox row with a due time, written and called off in the saga's own transaction; the broker needs no plugin.
/// </summary>
internal sealed class OutboxScheduler(DbContext db, ISendEndpointProvider endpoints) : IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(Uri destinationAddress, DateTime scheduledTime, T message,
        IPipe<SendContext<T>> pipe, CancellationToken cancellationToken) where T : class
    {
        var endpoint = await endpoints.GetSendEndpoint(destinationAddress);
        var due = new DateTimeOffset(scheduledTime.Kind == DateTimeKind.Local
            ? scheduledTime.ToUniversalTime()
            : DateTime.SpecifyKind(scheduledTime, DateTimeKind.Utc));
        var token = Guid.Empty;
        await endpoint.Send(message, Pipe.ExecuteAsync<SendContext<T>>(async send =>
        {
            if (pipe.IsNotEmpty())
                await pipe.Send(send);
            token = send.ScheduledMessageId ??= NewId.NextGuid();
            // With the token a late copy of a deadline that was called off is recognised by the saga.
            send.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("D"));
            send.GetOrAddPayload(() => new DueTime(due, token));
        }), cancellationToken);
        return new Scheduled<T>(token, scheduledTime, destinationAddress, message);
    }

    /// <exception cref="InvalidOperationException">There is no transaction that the call-off could be undone with.</exception>
    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Begin a transaction first: a call-off must be undone when the caller's own changes are.");
        foreach (var entry in db.ChangeTracker.Entries<OutboxEntry>().Where(x => x.Entity.Token == tokenId).ToList())
            entry.State = EntityState.Detached;
        return db.Set<OutboxEntry>().Where(x => x.Token == tokenId).ExecuteDeleteAsync(cancellationToken);
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);

    private sealed record Scheduled<T>(Guid TokenId, DateTime ScheduledTime, Uri Destination, T Payload)
        : ScheduledMessage<T> where T : class;
}
