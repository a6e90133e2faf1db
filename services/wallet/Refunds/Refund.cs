using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

internal enum RefundState
{
    Refunded,
    Refused,
}

/// <summary>
/// What was decided about one wish to give a charge back. It never changes: every repetition of the wish is answered from here, like the
/// first time, whatever has happened to the charge since.
/// </summary>
internal sealed class Refund
{
    /// <summary>Made by whoever asked; names this refund for ever.</summary>
    public Guid Id { get; private init; }
    public RefundState State { get; private init; }

    /// <summary>Why it was refused.</summary>
    public string? Code { get; private init; }

    /// <summary>What could still be given back of the charge when this was decided.</summary>
    public Money RefundableThen { get; private init; }
    public Guid ChargeId { get; private init; }
    public Guid UserId { get; private init; }
    public Money Amount { get; private init; }
    public required string Reason { get; init; }
    public Guid CorrelationId { get; private init; }

    /// <summary>The transaction that the owner sees.</summary>
    public Guid? TransactionId { get; private init; }
    public DateTimeOffset DecidedAt { get; private init; }

    public static Refund Given(RefundCharge wish, Money refundable, Guid transaction, DateTimeOffset now) => new()
    {
        Id = wish.RefundId, State = RefundState.Refunded, RefundableThen = refundable, ChargeId = wish.ChargeId, UserId = wish.UserId,
        Amount = wish.Amount, Reason = wish.Reason, CorrelationId = wish.CorrelationId, TransactionId = transaction, DecidedAt = now,
    };

    public static Refund Refused(RefundCharge wish, string code, Money refundable, DateTimeOffset now) => new()
    {
        Id = wish.RefundId, State = RefundState.Refused, Code = code, RefundableThen = refundable, ChargeId = wish.ChargeId,
        UserId = wish.UserId, Amount = wish.Amount, Reason = wish.Reason, CorrelationId = wish.CorrelationId, DecidedAt = now,
    };
}

internal sealed class RefundConfiguration : IEntityTypeConfiguration<Refund>
{
    public void Configure(EntityTypeBuilder<Refund> refund)
    {
        refund.ToTable("refunds", table =>
        {
            table.HasCheckConstraint("refunds_state_known", "state IN ('REFUNDED', 'REFUSED')");
            table.HasCheckConstraint("refunds_given_have_their_line", "(state = 'REFUNDED') = (transaction_id IS NOT NULL)");
            table.HasCheckConstraint("refunds_refused_have_their_code", "(state = 'REFUSED') = (code IS NOT NULL)");
            table.HasCheckConstraint("refunds_given_within_refundable",
                "state <> 'REFUNDED' OR (amount > 0 AND amount <= refundable_then)");
        });
        refund.HasKey(r => r.Id).HasName("refunds_pkey");
        refund.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        refund.Property(r => r.State).HasColumnName("state").HasMaxLength(20);
        refund.Property(r => r.Code).HasColumnName("code").HasMaxLength(60);
        refund.Property(r => r.RefundableThen).HasColumnName("refundable_then");
        refund.Property(r => r.ChargeId).HasColumnName("charge_id");
        refund.Property(r => r.UserId).HasColumnName("user_id");
        refund.Property(r => r.Amount).HasColumnName("amount");
        refund.Property(r => r.Reason).HasColumnName("reason");
        refund.Property(r => r.CorrelationId).HasColumnName("correlation_id");
        refund.Property(r => r.TransactionId).HasColumnName("transaction_id");
        refund.Property(r => r.DecidedAt).HasColumnName("decided_at");
        refund.HasIndex(r => r.ChargeId).HasDatabaseName("refunds_of_charge");
    }
}
