namespace Platform.Messaging;

/// <summary>
/// One message that one consumer has dealt with; written in the consumer's own transaction, so that a second delivery finds it.
/// </summary>
public sealed class InboxEntry
{
    public Guid MessageId { get; set; }
    public Guid ConsumerId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}
