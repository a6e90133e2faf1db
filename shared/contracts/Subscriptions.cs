namespace Platform.Contracts;

/// <summary>The first period is paid and the instance runs.</summary>
[SubscribersOptional]
public sealed record SubscriptionActivated(
    Guid SubscriptionId, Guid UserId, Guid ServiceId, Guid PlanId, Money Price, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd);

/// <summary>The subscription moved to a bigger plan, whose size is live and whose difference is paid.</summary>
[SubscribersOptional]
public sealed record SubscriptionUpgraded(
    Guid SubscriptionId, Guid UserId, Guid FromPlanId, Guid ToPlanId, Money Charged, DateTimeOffset At);

/// <summary>The subscription has ended; its instance is gone and its seat is free.</summary>
/// <param name="Reason">PROVISIONING_FAILED, PAYMENT_REFUSED, PAYMENT_TIMEOUT, SEAT_REFUSED or USER.</param>
[SubscribersOptional]
public sealed record SubscriptionCancelled(Guid SubscriptionId, Guid UserId, string Reason, DateTimeOffset At);
