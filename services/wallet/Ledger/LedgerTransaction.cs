using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Wallets;

/// <summary>Why money moved.</summary>
internal enum PostingKind
{
    /// <summary>clearing → user</summary>
    TopUp,

    /// <summary>user → held</summary>
    Hold,

    /// <summary>held → user: called off, or run out</summary>
    Release,

    /// <summary>held → revenue</summary>
    Capture,

    /// <summary>refunds → user: a charge, or a part of it, is given back</summary>
    Refund,

    /// <summary>user, then debt → clearing: the gateway took back what a top-up had brought in</summary>
    Reversal,

    /// <summary>gateway → clearing, or back: the gateway's own books agree with what was credited</summary>
    Clearing,

    /// <summary>adjustment → user, or back: an administrator's</summary>
    Adjustment,

    /// <summary>bonus → user: a coupon that was redeemed, or the welcome bonus</summary>
    Coupon,
}

/// <summary>One movement of money. Written once, never changed: a mistake is put right by another movement.</summary>
internal sealed class LedgerTransaction
{
    public Guid Id { get; init; }
    public PostingKind Kind { get; init; }

    /// <summary>Names the effect in the words of the business; the store takes each name once, for ever.</summary>
    public required string BusinessKey { get; init; }
    public Guid Owner { get; init; }

    /// <summary>What brought it about: the id of a hold, of an order.</summary>
    public Guid Cause { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One side of a movement: what an account gained (positive) or gave (negative), whole rupiah.</summary>
internal sealed class LedgerEntry
{
    public Guid TransactionId { get; init; }
    public required string AccountId { get; init; }
    public long Amount { get; init; }
}

internal sealed class LedgerTransactionConfiguration : IEntityTypeConfiguration<LedgerTransaction>
{
    public const string BusinessKeyIndex = "ledger_transactions_business_key";

    public void Configure(EntityTypeBuilder<LedgerTransaction> transaction)
    {
        transaction.ToTable("ledger_transactions");
        transaction.HasKey(t => t.Id).HasName("ledger_transactions_pkey");
        transaction.Property(t => t.Id).HasColumnName("id").ValueGeneratedNever();
        transaction.Property(t => t.Kind).HasColumnName("kind").HasMaxLength(30);
        transaction.Property(t => t.BusinessKey).HasColumnName("business_key").HasMaxLength(200);
        transaction.Property(t => t.Owner).HasColumnName("owner");
        transaction.Property(t => t.Cause).HasColumnName("cause");
        transaction.Property(t => t.CreatedAt).HasColumnName("created_at");
        transaction.HasIndex(t => t.BusinessKey).IsUnique().HasDatabaseName(BusinessKeyIndex);
        transaction.HasIndex(t => new { t.Owner, t.Id }).HasDatabaseName("ledger_transactions_owner");
        // What totals are counted from; holds and adjustments, of which a busy wallet has many more, are left out.
        transaction.HasIndex(t => new { t.Owner, t.Kind }).HasFilter("kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND')")
            .HasDatabaseName("ledger_transactions_totals");
    }
}

/// <summary>
/// No foreign keys: their checks lock the row that is referred to, which every posting would do to the platform's own accounts, and they
/// need the right to update, which nobody has here. The triggers that check each transaction at commit look at both instead.
/// </summary>
internal sealed class LedgerEntryConfiguration : IEntityTypeConfiguration<LedgerEntry>
{
    public void Configure(EntityTypeBuilder<LedgerEntry> entry)
    {
        entry.ToTable("ledger_entries", table =>
        {
            table.HasCheckConstraint("ledger_entries_amount_not_zero", "amount <> 0");
            table.HasCheckConstraint("ledger_entries_amount_sane", "amount BETWEEN -1000000000000 AND 1000000000000");
        });
        entry.HasKey(e => new { e.TransactionId, e.AccountId }).HasName("ledger_entries_pkey");
        entry.Property(e => e.TransactionId).HasColumnName("transaction_id");
        entry.Property(e => e.AccountId).HasColumnName("account_id").HasMaxLength(60);
        entry.Property(e => e.Amount).HasColumnName("amount");
        entry.HasIndex(e => e.AccountId).HasDatabaseName("ledger_entries_account");
    }
}
