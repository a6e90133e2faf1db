using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Subscriptions.Life;

/// <summary>
/// Money that was captured for days of a subscription: a segment of product.md F1. Refunds are computed from segments,
/// never from list prices.
/// </summary>
internal sealed class Charge
{
    /// <summary>
    /// Unique for ever, the same as in the wallet's ledger: <c>period:{subscription}:1</c>, <c>upgrade:{subscription}:{upgrade}</c>.
    /// </summary>
    public required string BusinessKey { get; init; }
    public Guid SubscriptionId { get; init; }

    /// <summary>SUBSCRIPTION or UPGRADE.</summary>
    public required string Kind { get; init; }
    public Money Amount { get; init; }
    public DateTimeOffset From { get; init; }
    public DateTimeOffset To { get; init; }
    public Guid PlanId { get; init; }
    public Guid TransactionId { get; init; }
    public required string CustomId { get; init; }
    public required string Description { get; init; }
    public DateTimeOffset CapturedAt { get; init; }
}

internal sealed class ChargeConfiguration : IEntityTypeConfiguration<Charge>
{
    public void Configure(EntityTypeBuilder<Charge> charge)
    {
        charge.ToTable("charges", table => table.HasCheckConstraint("charges_amount_not_negative", "amount >= 0"));
        charge.HasKey(c => c.BusinessKey);
        charge.Property(c => c.BusinessKey).HasColumnName("business_key");
        charge.Property(c => c.SubscriptionId).HasColumnName("subscription_id");
        charge.Property(c => c.Kind).HasColumnName("kind");
        charge.Property(c => c.Amount).HasColumnName("amount");
        charge.Property(c => c.From).HasColumnName("covers_from");
        charge.Property(c => c.To).HasColumnName("covers_to");
        charge.Property(c => c.PlanId).HasColumnName("plan_id");
        charge.Property(c => c.TransactionId).HasColumnName("transaction_id");
        charge.Property(c => c.CustomId).HasColumnName("custom_id");
        charge.Property(c => c.Description).HasColumnName("description");
        charge.Property(c => c.CapturedAt).HasColumnName("captured_at");
        charge.HasIndex(c => c.SubscriptionId).HasDatabaseName("ix_charges_subscription_id");
    }
}
