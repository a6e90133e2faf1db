using Platform.Contracts;

namespace Platform.Messaging.Victim;

// The happy path: OrderPlaced (orders) → ChargeOrder (ledger) → OrderCharged (orders) → OrderCompleted (ledger).

/// <param name="Limit">How long the order waits for its charge.</param>
public sealed record OrderPlaced(Guid CorrelationId, long Amount, TimeSpan Limit);

/// <summary>Command to ledger. It charges every amount but zero, which it leaves without an answer.</summary>
public sealed record ChargeOrder(Guid CorrelationId, long Amount);

public sealed record OrderCharged(Guid CorrelationId);

public sealed record OrderCompleted(Guid CorrelationId);

/// <summary>The deadline that an order sets for itself.</summary>
public sealed record OrderOverdue(Guid CorrelationId);

/// <summary>Something that an order counts while it waits; many may come at once.</summary>
public sealed record OrderNoted(Guid CorrelationId);

/// <summary>Ledger cannot handle it while it is broken.</summary>
public sealed record FragileOrder(Guid CorrelationId);

/// <summary>One of a row of facts about the same thing; no service of the victim subscribes.</summary>
public sealed record NumberedFact(Guid CorrelationId, int Number);

[SubscribersOptional]
public sealed record OptionalFact(Guid CorrelationId);

public sealed record GetCharges(Guid OrderId);

public sealed record Charges(int Count);

/// <summary>Ledger asks itself a question while it handles this.</summary>
public sealed record CountCharges(Guid CorrelationId);
