using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>Two kinds belong to a user; the others are the platform's own and exist once.</summary>
internal enum AccountKind
{
    /// <summary>What a user can spend.</summary>
    User,

    /// <summary>What a user has set aside for a purchase that is under way.</summary>
    Held,

    /// <summary>The payment gateway: what came in through it is negative here.</summary>
    Gateway,

    /// <summary>What users have paid for.</summary>
    Revenue,
}

/// <summary>
/// An account and, for a user's accounts, its balance: a projection of the ledger, kept in the transaction of each posting.
/// The platform's own accounts store no balance. Nobody spends from them, so nothing has to be guarded, and one row that every user's
/// posting had to update would let only one user pay at a time; their balance is the sum of their entries.
/// </summary>
internal sealed class Account
{
    /// <summary><c>user:{owner}</c>, <c>held:{owner}</c>, <c>gateway</c>, <c>revenue</c>: known without a look-up.</summary>
    public required string Id { get; init; }
    public AccountKind Kind { get; init; }
    public Guid? Owner { get; init; }
    public Money? Balance { get; init; }

    public static bool IsOwned(AccountKind kind) => kind is AccountKind.User or AccountKind.Held;

    public static string IdOf(AccountKind kind, Guid owner) => IsOwned(kind) ? $"{Name(kind)}:{owner}" : Name(kind);

    private static string Name(AccountKind kind) => WireEnum.Text(kind).ToLowerInvariant();
}

/// <summary>What a user has: spendable and set aside.</summary>
internal readonly record struct Balances(Money Available, Money Held)
{
    public Money Total => Available + Held;
}

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("accounts", table =>
        {
            table.HasCheckConstraint("accounts_balance_not_negative", "balance >= 0");
            table.HasCheckConstraint("accounts_owned_have_balance",
                "(kind IN ('USER', 'HELD')) = (owner IS NOT NULL) AND (owner IS NULL) = (balance IS NULL)");
            table.HasCheckConstraint("accounts_id_says_kind_and_owner", "id = lower(kind) || coalesce(':' || owner::text, '')");
            table.HasCheckConstraint("accounts_kind_known", "kind IN ('USER', 'HELD', 'GATEWAY', 'REVENUE')");
        });
        account.HasKey(a => a.Id).HasName("accounts_pkey");
        account.Property(a => a.Id).HasColumnName("id").HasMaxLength(60);
        account.Property(a => a.Kind).HasColumnName("kind").HasMaxLength(20);
        account.Property(a => a.Owner).HasColumnName("owner");
        account.Property(a => a.Balance).HasColumnName("balance");
        account.HasIndex(a => a.Owner).HasDatabaseName("accounts_owner");
        account.HasData(
            new Account { Id = "gateway", Kind = AccountKind.Gateway },
            new Account { Id = "revenue", Kind = AccountKind.Revenue });
    }
}
