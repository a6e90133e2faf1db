using MassTransit;
using Platform.Contracts;

namespace Platform.Messaging;

/// <summary>
/// One message that waits to be handed to the broker. The body is MassTransit's whole envelope: id, headers, trace context.
/// </summary>
public sealed class OutboxEntry
{
    public long Id { get; set; }
    public Guid MessageId { get; set; }

    /// <summary>Messages of one key leave in the order of their ids: the saga or aggregate they are about.</summary>
    public Guid OrderKey { get; set; }

    /// <summary>Path of the exchange without the broker's address, so that rows outlive a change of address.</summary>
    public required string Destination { get; set; }
    public required string ContentType { get; set; }
    public required string Body { get; set; }

    /// <summary>Null for a message that may leave at once; otherwise a deadline that the saga has set for itself.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Names a scheduled message, so that the saga can call it off.</summary>
    public Guid? Token { get; set; }

    /// <summary>Set after a publish whose outcome is unknown or that no queue took; the row and its followers wait until then.</summary>
    public DateTimeOffset? RetryAt { get; set; }
    public int Attempts { get; set; }
    public string? Error { get; set; }

    /// <summary>The broker must route it to a queue, or hand it back.</summary>
    public bool Mandatory { get; set; }

    /// <summary>The last part of the destination: the message type's name for an event, the queue's name for a deadline.</summary>
    internal string Name => Destination.Split('?')[0].Split('/', ':')[^1];

    internal static OutboxEntry From<T>(SendContext<T> context) where T : class
    {
        var messageId = context.MessageId ?? throw new InvalidOperationException($"{typeof(T)} has no message id.");
        var due = context.TryGetPayload<DueTime>(out var payload) ? payload : null;
        return new()
        {
            MessageId = messageId,
            OrderKey = context.CorrelationId ?? context.ConversationId ?? messageId,
            Destination = PathOf(context.DestinationAddress!),
            ContentType = context.ContentType!.ToString(),
            Body = context.Serializer.GetMessageBody(context).GetString(),
            DueAt = due?.At,
            Token = due?.Token,
            // An answer is not mandatory either: who asked may have given up and gone, and then nobody will ever take it.
            Mandatory = context.RequestId is null && !typeof(T).IsDefined(typeof(SubscribersOptionalAttribute), inherit: false),
        };
    }

    // "queue:x" means: declare the queue x and send to it. Its owner declares it, as a quorum queue; a second declaration with other
    // arguments is refused and the send hangs. The exchange of the same name is enough, and mandatory tells when nobody is behind it.
    private static string PathOf(Uri destination) =>
        destination.Query.Contains("bind=true", StringComparison.Ordinal) ? destination.AbsolutePath : destination.PathAndQuery;
}

/// <summary>Payload of a send that is to leave later.</summary>
internal sealed record DueTime(DateTimeOffset At, Guid Token);
