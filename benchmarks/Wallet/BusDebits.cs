using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// Debits over the bus: HoldFunds as subscriptions sends it, counted by FundsHeld and FundsRefused. The whole way is in it: broker, inbox,
/// hold, ledger, outbox, broker.
/// </summary>
internal static class BusDebits
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Answers = ["Platform.Contracts:FundsHeld", "Platform.Contracts:FundsRefused"];

    public static async Task<LoadResult> RunAsync(IReadOnlyList<Guid> owners, int count, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = Surroundings.RabbitMq }.CreateConnectionAsync(ct);
        await using var hearing = await connection.CreateChannelAsync(cancellationToken: ct);
        var queue = (await hearing.QueueDeclareAsync(cancellationToken: ct)).QueueName;
        foreach (var answer in Answers)
            await hearing.QueueBindAsync(queue, answer, "", cancellationToken: ct);

        var run = Guid.CreateVersion7().ToString("N");
        var (heard, refused, done) = (0, 0, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        var consumer = new AsyncEventingBasicConsumer(hearing);
        consumer.ReceivedAsync += (_, message) =>
        {
            // Others may be answered at the same time; ours carry the run in their conversation.
            var body = Encoding.UTF8.GetString(message.Body.Span);
            if (message.Exchange == Answers[1] && body.Contains(run, StringComparison.Ordinal))
                Interlocked.Increment(ref refused);
            if (Interlocked.Increment(ref heard) == count)
                done.TrySetResult(Stopwatch.GetTimestamp());
            return Task.CompletedTask;
        };
        await hearing.BasicConsumeAsync(queue, autoAck: true, consumer, ct);

        await using var saying = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        var started = Stopwatch.GetTimestamp();
        List<Task> confirmed = [];
        for (var i = 0; i < count; i++)
        {
            confirmed.Add(PublishAsync(saying, owners[i % owners.Count], ct));
            if (confirmed.Count == 200)
            {
                await Task.WhenAll(confirmed);
                confirmed.Clear();
            }
        }

        await Task.WhenAll(confirmed);
        var ended = await done.Task.WaitAsync(Patience, TimeProvider.System, ct);
        return new(1, count - refused, refused, count / Stopwatch.GetElapsedTime(started, ended).TotalSeconds, new());
    }

    private static async Task PublishAsync(IChannel channel, Guid owner, CancellationToken ct)
    {
        var (message, saga) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var body = $$$"""
            {"messageId":"{{{message}}}","correlationId":"{{{saga}}}","conversationId":"{{{saga}}}",
             "messageType":["urn:message:Platform.Contracts:HoldFunds"],
             "message":{"correlationId":"{{{saga}}}","holdId":"{{{Guid.CreateVersion7()}}}","userId":"{{{owner}}}","amount":1000,
              "item":{"kind":"SUBSCRIPTION","subscriptionId":"{{{saga}}}","serviceName":"load","serviceSlug":"load","planName":"load",
               "planType":"BASIC","description":"load"},
              "expiresAt":"{{{TimeProvider.System.GetUtcNow().AddDays(1):O}}}"}}
            """;
        var properties = new BasicProperties
        {
            Persistent = true, ContentType = "application/vnd.masstransit+json", MessageId = message.ToString(),
        };
        await channel.BasicPublishAsync("Platform.Contracts:HoldFunds", "", mandatory: true, properties, Encoding.UTF8.GetBytes(body), ct);
    }
}
