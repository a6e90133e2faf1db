using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Platform.Wallets;

/// <summary>Whose wallet it is, and what the ledger says they brought in and paid (<see cref="Totals"/>). Whole rupiah.</summary>
internal sealed record WalletOwner(Guid Id, string Name, string Email, DateTimeOffset MemberSince, long TopUp, long Spent);

internal static class WalletOwners
{
    /// <summary>Null for somebody whom nobody knows.</summary>
    public static async Task<WalletOwner?> FindOwnerAsync(this WalletDbContext db, Guid user, CancellationToken ct) =>
        (await db.Database.SqlQueryRaw<WalletOwner>(DebitStatements.Owners, new NpgsqlParameter<Guid[]>("owners", [user])).ToListAsync(ct))
        .SingleOrDefault();
}
