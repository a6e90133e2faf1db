using MassTransit;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>
/// Runs one consumer or saga inside one database transaction: the inbox row, the consumer's own writes and its outgoing messages
/// commit together or not at all. A concurrent duplicate waits on the inbox row's key until the first delivery ends.
/// </summary>
internal sealed class TransactionalInbox<TDb>(TDb db, IServiceProvider services, FaultPoints faults) : IOutboxContextFactory<TDb>
    where TDb : DbContext
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next) where T : class
    {
        // The original id: a message that was parked and replayed is still the same message.
        var messageId = context.GetOriginalMessageId() ?? throw new MessageException(
            typeof(T), "A message without an id cannot be told from its repetition.");
        faults.Hit($"{typeof(T).Name}.received");

        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        var insert = $"INSERT INTO {db.TableOf<InboxEntry>()} (message_id, consumer_id) VALUES ({{0}}, {{1}}) ON CONFLICT DO NOTHING";
        var first = await db.Database.ExecuteSqlRawAsync(insert, [messageId, options.ConsumerId], context.CancellationToken) == 1;

        await next.Send(new InboxConsumeContext<T>(context, options, services, db, duplicate: !first));
        if (!first)
        {
            MessagingMetrics.Duplicates.Add(1);
            return;
        }

        await db.SaveChangesAsync(context.CancellationToken);
        faults.Hit($"{typeof(T).Name}.before-commit");
        await transaction.CommitAsync(context.CancellationToken);
        faults.Hit($"{typeof(T).Name}.after-commit");
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("transactional-inbox");
}
