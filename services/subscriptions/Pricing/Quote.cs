using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Subscriptions.Pricing;

internal enum QuoteAction
{
    Create,
    Upgrade,
}

/// <summary>A total that binds until it expires: the command that names it charges exactly this, or is refused as stale.</summary>
internal sealed class Quote
{
    public Guid Id { get; init; }
    public Guid UserId { get; init; }
    public QuoteAction Action { get; init; }
    public Guid PlanId { get; init; }
    public Guid? SubscriptionId { get; init; }
    public Money Total { get; init; }

    /// <summary>The coupon that <see cref="Total"/> counts on, and what it takes off; both null without one.</summary>
    public string? CouponCode { get; init; }
    public Money? Discount { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}

internal sealed class QuoteConfiguration : IEntityTypeConfiguration<Quote>
{
    public void Configure(EntityTypeBuilder<Quote> quote)
    {
        quote.ToTable("quotes", table => table.HasCheckConstraint("quotes_coupon_has_its_discount",
            "(coupon_code IS NULL) = (discount IS NULL)")).HasKey(q => q.Id);
        quote.Property(q => q.Id).HasColumnName("id").ValueGeneratedNever();
        quote.Property(q => q.UserId).HasColumnName("user_id");
        quote.Property(q => q.Action).HasColumnName("action");
        quote.Property(q => q.PlanId).HasColumnName("plan_id");
        quote.Property(q => q.SubscriptionId).HasColumnName("subscription_id");
        quote.Property(q => q.Total).HasColumnName("total");
        quote.Property(q => q.CouponCode).HasColumnName("coupon_code");
        quote.Property(q => q.Discount).HasColumnName("discount");
        quote.Property(q => q.CreatedAt).HasColumnName("created_at");
        quote.Property(q => q.ExpiresAt).HasColumnName("expires_at");
        quote.HasIndex(q => q.ExpiresAt).HasDatabaseName("ix_quotes_expires_at");
    }
}
