using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>Three kinds belong to a user; the others are the platform's own and exist once.</summary>
internal enum AccountKind
{
    /// <summary>What a user can spend.</summary>
    User,

    /// <summary>What a user has set aside for a purchase that is under way.</summary>
    Held,

    /// <summary>
    /// What a user owes, zero or less: the part of a reversed payment that was spent before it was taken back. Nothing else leads here, and
    /// whatever reaches the user pays it first.
    /// </summary>
    Debt,

    /// <summary>
    /// Payments that were credited on the gateway's word and are not yet reconciled with its books. Order by order it returns to zero.
    /// </summary>
    Clearing,

    /// <summary>The payment gateway: what reconciliation has found there is negative here.</summary>
    Gateway,

    /// <summary>What users have paid for.</summary>
    Revenue,

    /// <summary>What was given back of it.</summary>
    Refunds,

    /// <summary>Credit that the platform gave away: coupons and the welcome bonus.</summary>
    Bonus,

    /// <summary>What administrators added and deducted.</summary>
    Adjustment,
}

/// <summary>
/// An account and, for a user's accounts, its balance: a projection of the ledger, kept in the transaction of each posting.
/// The platform's own accounts store no balance. Nobody spends from them, so nothing has to be guarded, and one row that every user's
/// posting had to update would let only one user pay at a time; their balance is the sum of their entries.
/// </summary>
internal sealed class Account
{
    /// <summary><c>user:{owner}</c>, <c>held:{owner}</c>, <c>debt:{owner}</c>, <c>clearing</c> …: known without a look-up.</summary>
    public required string Id { get; init; }
    public AccountKind Kind { get; init; }
    public Guid? Owner { get; init; }

    /// <summary>Whole rupiah, the sum of the account's entries; below zero for a debt only.</summary>
    public long? Balance { get; init; }

    public static bool IsOwned(AccountKind kind) => kind is AccountKind.User or AccountKind.Held or AccountKind.Debt;

    public static string IdOf(AccountKind kind, Guid owner) => IsOwned(kind) ? $"{Name(kind)}:{owner}" : Name(kind);

    private static string Name(AccountKind kind) => WireEnum.Text(kind).ToLowerInvariant();
}

/// <summary>What a user has, spendable and set aside, and what they owe.</summary>
internal readonly record struct Balances(Money Available, Money Held, Money Debt)
{
    /// <summary>All of it in whole rupiah; below zero for somebody who owes more than they have.</summary>
    public long Total => Available.Rupiah + Held.Rupiah - Debt.Rupiah;

    public static Balances Of(IEnumerable<Account> accounts)
    {
        var balances = accounts.ToDictionary(account => account.Kind, account => account.Balance!.Value);
        return new(
            Money.Idr(balances.GetValueOrDefault(AccountKind.User)),
            Money.Idr(balances.GetValueOrDefault(AccountKind.Held)),
            Money.Idr(-balances.GetValueOrDefault(AccountKind.Debt)));
    }

    /// <summary>What is left after one side of a movement; the platform's own accounts change nothing here.</summary>
    public Balances With(Side side) => side.Account switch
    {
        AccountKind.User => this with { Available = Money.Idr(Available.Rupiah + side.Amount) },
        AccountKind.Held => this with { Held = Money.Idr(Held.Rupiah + side.Amount) },
        AccountKind.Debt => this with { Debt = Money.Idr(Debt.Rupiah - side.Amount) },
        AccountKind.Clearing or AccountKind.Gateway or AccountKind.Revenue or AccountKind.Refunds or AccountKind.Bonus
            or AccountKind.Adjustment => this,
    };
}

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("accounts", table =>
        {
            table.HasCheckConstraint("accounts_balance_not_negative", "CASE kind WHEN 'DEBT' THEN balance <= 0 ELSE balance >= 0 END");
            table.HasCheckConstraint("accounts_owned_have_balance",
                "(kind IN ('USER', 'HELD', 'DEBT')) = (owner IS NOT NULL) AND (owner IS NULL) = (balance IS NULL)");
            table.HasCheckConstraint("accounts_id_says_kind_and_owner", "id = lower(kind) || coalesce(':' || owner::text, '')");
            table.HasCheckConstraint("accounts_kind_known", 
                "kind IN ('USER', 'HELD', 'DEBT', 'CLEARING', 'GATEWAY', 'REVENUE', 'REFUNDS', 'BONUS', 'ADJUSTMENT')");
        });
        account.HasKey(a => a.Id).HasName("accounts_pkey");
        account.Property(a => a.Id).HasColumnName("id").HasMaxLength(60);
        account.Property(a => a.Kind).HasColumnName("kind").HasMaxLength(20);
        account.Property(a => a.Owner).HasColumnName("owner");
        account.Property(a => a.Balance).HasColumnName("balance");
        account.HasIndex(a => a.Owner).HasDatabaseName("accounts_owner");
        account.HasData(Enum.GetValues<AccountKind>().Where(kind => !Account.IsOwned(kind))
            .Select(kind => new Account { Id = Account.IdOf(kind, Guid.Empty), Kind = kind }));
    }
}
