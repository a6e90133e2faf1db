using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace Platform.Messaging;

/// <summary>Re-sends a stored envelope unchanged: the same message id, correlation, headers (trace context among them) and body.</summary>
internal sealed class StoredEnvelope(OutboxEntry row, TimeProvider clock) : IPipe<SendContext>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public Task Send(SendContext context)
    {
        var deserializer = context.Serialization.GetMessageDeserializer(new ContentType(row.ContentType));
        var stored = deserializer.Deserialize(deserializer.GetMessageBody(row.Body), EmptyHeaders.Instance, context.DestinationAddress);
        context.MessageId = row.MessageId;
        context.RequestId = stored.RequestId;
        context.ConversationId = stored.ConversationId;
        context.CorrelationId = stored.CorrelationId;
        context.InitiatorId = stored.InitiatorId;
        context.SourceAddress = stored.SourceAddress;
        context.ResponseAddress = stored.ResponseAddress;
        context.FaultAddress = stored.FaultAddress;
        context.SupportedMessageTypes = stored.SupportedMessageTypes;
        if (stored.ExpirationTime is { } expires)
        {
            // The broker refuses a negative time to live; one that is over becomes the shortest, so that the queue drops the message.
            var left = expires.ToUniversalTime() - clock.GetUtcNow().UtcDateTime;
            context.TimeToLive = left > Shortest ? left : Shortest;
        }

        foreach (var header in stored.Headers.GetAll())
            context.Headers.Set(header.Key, header.Value);
        context.Serializer = stored.GetMessageSerializer();
        if (context is RabbitMqSendContext rabbit)
            rabbit.Mandatory = row.Mandatory;
        return Task.CompletedTask;
    }

    public void Probe(ProbeContext context)
    {
    }
}
