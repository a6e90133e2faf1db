namespace Platform.Contracts;

// Commands to wallet and its answers: two-phase money. CorrelationId names the saga that asked and comes back unchanged.

/// <summary>What a charge is for, frozen when it was agreed, so that statements stay the same when the catalog changes.</summary>
/// <param name="Kind">SUBSCRIPTION, UPGRADE or RENEWAL.</param>
public sealed record ChargedItem(
    string Kind, Guid SubscriptionId, string ServiceName, string ServiceSlug, string PlanName, string PlanType, string Description);

/// <summary>
/// Set an amount aside until <paramref name="ExpiresAt"/>. Answered by <see cref="FundsHeld"/> or <see cref="FundsRefused"/>.
/// </summary>
public sealed record HoldFunds(
    Guid CorrelationId, Guid HoldId, Guid UserId, Money Amount, ChargedItem Item, DateTimeOffset ExpiresAt);

public sealed record FundsHeld(Guid CorrelationId, Guid HoldId, Money Amount);

/// <param name="Code">INSUFFICIENT_CREDIT, WALLET_IN_DEBT, or HOLD_ENDED when the hold was released before it arrived.</param>
public sealed record FundsRefused(Guid CorrelationId, Guid HoldId, string Code, Money Available, Money Required);

/// <summary>
/// Take the held money for good. <paramref name="BusinessKey"/> is unique for ever, e.g. <c>period:{subscription}:1</c>:
/// a second capture under the same key is answered like the first and moves nothing.
/// Answered by <see cref="FundsCaptured"/> or <see cref="CaptureRefused"/>.
/// </summary>
public sealed record CaptureHold(Guid CorrelationId, Guid HoldId, string BusinessKey);

/// <param name="TransactionId">The wallet transaction that the owner sees.</param>
/// <param name="CustomId">The same transaction's number for people, <c>TXMP-101</c>.</param>
public sealed record FundsCaptured(
    Guid CorrelationId, Guid HoldId, Guid TransactionId, string CustomId, Money Amount, DateTimeOffset CapturedAt);

/// <param name="Code">HOLD_EXPIRED, HOLD_ENDED or HOLD_UNKNOWN. Nothing was taken.</param>
public sealed record CaptureRefused(Guid CorrelationId, Guid HoldId, string Code);

/// <summary>Give held money back. Works in every state but captured, and before the hold itself arrived (which is then refused).</summary>
public sealed record ReleaseHold(Guid CorrelationId, Guid HoldId, string Reason);

public sealed record HoldReleased(Guid CorrelationId, Guid HoldId);

/// <summary>
/// Give a captured charge back to the wallet, wholly or in part. Refunds of one charge never exceed it.
/// Answered by <see cref="FundsRefunded"/> or <see cref="RefundRefused"/>; a repetition under the same id is answered like the first time.
/// </summary>
/// <param name="RefundId">Made by the asker; names this refund for ever.</param>
/// <param name="ChargeId">The wallet transaction of the charge, as <see cref="FundsCaptured"/> named it.</param>
public sealed record RefundCharge(Guid CorrelationId, Guid RefundId, Guid ChargeId, Guid UserId, Money Amount, string Reason);

public sealed record FundsRefunded(
    Guid CorrelationId, Guid RefundId, Guid TransactionId, string CustomId, Money Amount, DateTimeOffset RefundedAt);

/// <param name="Code">CHARGE_UNKNOWN or EXCEEDS_REFUNDABLE. Nothing was given back.</param>
/// <param name="Refundable">What is left of the charge.</param>
public sealed record RefundRefused(Guid CorrelationId, Guid RefundId, string Code, Money Refundable);
