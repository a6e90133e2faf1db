using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>How the gateway took back money that it had settled.</summary>
internal enum ReversalKind
{
    /// <summary>A settlement that turned into a denial, or a payment that turned out to be fraud.</summary>
    Deny,

    /// <summary>A captured card that was cancelled before it was settled.</summary>
    Cancel,
    Refund,
    Chargeback,
}

/// <summary>What is to be taken back now, as one movement.</summary>
/// <param name="What">Tells it apart from the other reversals of the same payment, for ever.</param>
/// <param name="RefundId">The gateway's number of the refund, where it named it.</param>
internal sealed record Reversal(ReversalKind Kind, string What, long? RefundId, Money Amount);

/// <summary>
/// One movement that took money back, and why. What was taken back of one of the gateway's transactions is the sum of these, and so each
/// further word of the gateway is compared with it. Written once, never changed.
/// </summary>
internal sealed class TopUpReversal
{
    /// <summary>The line that the owner sees.</summary>
    public Guid LineId { get; init; }
    public Guid OrderId { get; init; }
    public required string GatewayTransactionId { get; init; }

    /// <summary>The gateway's number of the refund; null when it named the sum only.</summary>
    public long? GatewayRefundId { get; init; }
    public ReversalKind Kind { get; init; }
    public Money Amount { get; init; }

    /// <summary>The ledger's name of the movement.</summary>
    public required string BusinessKey { get; init; }

    /// <summary>The status query, re-read by us, on which the money moved.</summary>
    public Guid GatewayEventId { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class TopUpReversalConfiguration : IEntityTypeConfiguration<TopUpReversal>
{
    public void Configure(EntityTypeBuilder<TopUpReversal> reversal)
    {
        reversal.ToTable("top_up_reversals", table =>
        {
            table.HasCheckConstraint("top_up_reversals_amount_positive", "amount > 0");
            table.HasCheckConstraint("top_up_reversals_kind_known", "kind IN ('DENY', 'CANCEL', 'REFUND', 'CHARGEBACK')");
        });
        reversal.HasKey(r => r.LineId).HasName("top_up_reversals_pkey");
        reversal.Property(r => r.LineId).HasColumnName("line_id").ValueGeneratedNever();
        reversal.Property(r => r.OrderId).HasColumnName("order_id");
        reversal.Property(r => r.GatewayTransactionId).HasColumnName("gateway_transaction_id");
        reversal.Property(r => r.GatewayRefundId).HasColumnName("gateway_refund_id");
        reversal.Property(r => r.Kind).HasColumnName("kind").HasMaxLength(20);
        reversal.Property(r => r.Amount).HasColumnName("amount");
        reversal.Property(r => r.BusinessKey).HasColumnName("business_key").HasMaxLength(200);
        reversal.Property(r => r.GatewayEventId).HasColumnName("gateway_event");
        reversal.Property(r => r.At).HasColumnName("at");
        // Where the gateway left the number out, the business key tells the reversals apart.
        reversal.HasIndex(r => new { r.OrderId, r.GatewayTransactionId, r.GatewayRefundId }).IsUnique()
            .HasDatabaseName("top_up_reversals_once_per_refund");
        reversal.HasIndex(r => r.BusinessKey).IsUnique().HasDatabaseName("top_up_reversals_business_key");
        reversal.HasIndex(r => r.GatewayEventId).HasDatabaseName("top_up_reversals_of_event");
        reversal.HasOne<WalletTransaction>().WithOne().HasForeignKey<TopUpReversal>(r => r.LineId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("top_up_reversals_line");
        reversal.HasOne<TopUp>().WithMany().HasForeignKey(r => r.OrderId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("top_up_reversals_order");
        reversal.HasOne<GatewayEvent>().WithMany().HasForeignKey(r => r.GatewayEventId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("top_up_reversals_gateway_event");
    }
}
