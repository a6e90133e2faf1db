namespace Platform.Contracts;

/// <summary>Money arrived in a wallet: a top-up was settled by the gateway and credited.</summary>
[SubscribersOptional]
public sealed record PaymentSettled(Guid UserId, Guid OrderId, Money Amount, DateTimeOffset SettledAt);

/// <summary>
/// Money that a top-up had brought in was taken back by the gateway: refund, chargeback or a settlement turned into a denial.
/// </summary>
/// <param name="Debt">What the user owes now, because part of it was spent; nothing can be bought until it is paid.</param>
[SubscribersOptional]
public sealed record PaymentReversed(Guid UserId, Guid OrderId, Money Amount, Money Debt, DateTimeOffset ReversedAt);
