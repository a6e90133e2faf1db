namespace Platform.Contracts;

/// <summary>Query to wallet over the bus. Answered by <see cref="WalletBalance"/>; a user without a wallet has zero.</summary>
public sealed record GetWalletBalance(Guid UserId);

/// <param name="Available">What can be spent now: the balance without what is held.</param>
public sealed record WalletBalance(Guid UserId, Money Available, Money Held);
