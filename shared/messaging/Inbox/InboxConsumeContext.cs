using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>Consume context whose sends, publishes and schedules become outbox rows of the consumer's own DbContext.</summary>
internal sealed class InboxConsumeContext<T> : OutboxConsumeContextProxy<T> where T : class
{
    private readonly DbContext db;
    private readonly bool duplicate;

    public InboxConsumeContext(ConsumeContext<T> context, OutboxConsumeOptions options, IServiceProvider services, DbContext db,
        bool duplicate)
        : base(context, options, services)
    {
        this.db = db;
        this.duplicate = duplicate;
        AddOrUpdatePayload<MessageSchedulerContext>(Scheduler, _ => Scheduler());
    }

    // A duplicate presents itself as consumed and delivered: MassTransit then runs nothing and acknowledges.
    public override bool IsMessageConsumed => duplicate;
    public override bool IsOutboxDelivered => duplicate;
    public override bool ContinueProcessing { get; set; }
    public override int ReceiveCount => 1;
    public override long? LastSequenceNumber => null;

    public override Task AddSend<TMessage>(SendContext<TMessage> context)
    {
        // Activities of one consumer may send in parallel; a DbContext may not be used so.
        lock (db)
            db.Add(OutboxEntry.From(context));
        return Task.CompletedTask;
    }

    // The dispatcher delivers; nothing is left for MassTransit's own outbox delivery to do.
    public override Task SetConsumed() => Task.CompletedTask;
    public override Task SetDelivered() => Task.CompletedTask;
    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult<List<OutboxMessageContext>>([]);
    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;
    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    private ConsumeMessageSchedulerContext Scheduler() =>
        new(this, _ => new MessageScheduler(new OutboxScheduler(db, this), ReceiveContext.GetPayload<IBusTopology>()));
}
