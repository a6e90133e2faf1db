namespace Platform.Wallets;

/// <summary>Whose wallet it is, and what the ledger says they brought in and paid (<see cref="Totals"/>). Whole rupiah.</summary>
internal sealed record WalletOwner(Guid Id, string Name, string Email, DateTimeOffset MemberSince, long TopUp, long Spent);
