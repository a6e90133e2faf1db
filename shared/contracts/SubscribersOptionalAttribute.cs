namespace Platform.Contracts;

/// <summary>
/// Marks an event that may be published while nobody listens. Every other message waits in the sender's outbox until a queue is bound,
/// because a fanout exchange without a queue drops what it is given and confirms it all the same.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SubscribersOptionalAttribute : Attribute;
