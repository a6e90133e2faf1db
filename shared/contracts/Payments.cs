namespace Platform.Contracts;

/// <summary>Money arrived in a wallet: a top-up was settled by the gateway and credited.</summary>
[SubscribersOptional]
public sealed record PaymentSettled(Guid UserId, Guid OrderId, Money Amount, DateTimeOffset SettledAt);
