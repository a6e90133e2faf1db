using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// What wallet knows of a subscription that the subscriptions service owns: administrators see beside a balance what it pays for.
/// Ended ones stay, so that a message that comes late does not bring one back.
/// </summary>
internal sealed class LiveSubscription
{
    public Guid Id { get; init; }
    public Guid UserId { get; init; }

    /// <summary>Null while it is not known: no event tells the price after an upgrade.</summary>
    public Money? MonthlyPrice { get; init; }
    public DateTimeOffset? NextBilling { get; init; }
    public DateTimeOffset? UpgradedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
}

internal sealed class LiveSubscriptionConfiguration : IEntityTypeConfiguration<LiveSubscription>
{
    public void Configure(EntityTypeBuilder<LiveSubscription> subscription)
    {
        subscription.ToTable("subscriptions").HasKey(s => s.Id).HasName("subscriptions_pkey");
        subscription.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        subscription.Property(s => s.UserId).HasColumnName("user_id");
        subscription.Property(s => s.MonthlyPrice).HasColumnName("monthly_price");
        subscription.Property(s => s.NextBilling).HasColumnName("next_billing");
        subscription.Property(s => s.UpgradedAt).HasColumnName("upgraded_at");
        subscription.Property(s => s.CancelledAt).HasColumnName("cancelled_at");
        subscription.HasIndex(s => s.UserId).HasFilter("cancelled_at IS NULL").HasDatabaseName("subscriptions_live");
    }
}

/// <summary>The three events may come in any order and more than once; each writes only what it is about, and the end is final.</summary>
internal sealed class LiveSubscriptionConsumer(WalletDbContext db)
    : IConsumer<SubscriptionActivated>, IConsumer<SubscriptionUpgraded>, IConsumer<SubscriptionCancelled>
{
    public Task Consume(ConsumeContext<SubscriptionActivated> context)
    {
        var its = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.subscriptions (id, user_id, monthly_price, next_billing)
            VALUES ({its.SubscriptionId}, {its.UserId}, {its.Price.Rupiah}, {its.PeriodEnd.ToUniversalTime()})
            ON CONFLICT (id) DO UPDATE SET next_billing = excluded.next_billing,
                monthly_price = CASE WHEN subscriptions.upgraded_at IS NULL THEN excluded.monthly_price END
            """, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<SubscriptionUpgraded> context)
    {
        var its = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.subscriptions (id, user_id, upgraded_at)
            VALUES ({its.SubscriptionId}, {its.UserId}, {its.At.ToUniversalTime()})
            ON CONFLICT (id) DO UPDATE SET upgraded_at = excluded.upgraded_at, monthly_price = NULL
            WHERE subscriptions.upgraded_at IS NULL OR subscriptions.upgraded_at < excluded.upgraded_at
            """, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<SubscriptionCancelled> context)
    {
        var its = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.subscriptions (id, user_id, cancelled_at)
            VALUES ({its.SubscriptionId}, {its.UserId}, {its.At.ToUniversalTime()})
            ON CONFLICT (id) DO UPDATE SET cancelled_at = excluded.cancelled_at WHERE subscriptions.cancelled_at IS NULL
            """, context.CancellationToken);
    }
}
