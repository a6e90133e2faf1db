using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Subscriptions.Life;

internal sealed class SubscriptionConfiguration : IEntityTypeConfiguration<Subscription>
{
    public void Configure(EntityTypeBuilder<Subscription> subscription)
    {
        subscription.ToTable("subscriptions", table =>
        {
            table.HasCheckConstraint("subscriptions_period_forward", "period_end > period_start");
            table.HasCheckConstraint("subscriptions_ended_is_cancelled",
                "phase NOT IN ('ENDING', 'ENDED') OR status IN ('CANCELLED', 'EXPIRED')");
        });
        subscription.HasKey(s => s.Id);
        subscription.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        subscription.Property(s => s.UserId).HasColumnName("user_id");
        subscription.Property(s => s.ServiceId).HasColumnName("service_id");
        subscription.Property(s => s.PlanId).HasColumnName("plan_id");
        subscription.Property(s => s.Status).HasColumnName("status");
        subscription.Property(s => s.Phase).HasColumnName("phase");
        subscription.Property(s => s.Reason).HasColumnName("reason");
        subscription.Property(s => s.MonthlyPrice).HasColumnName("monthly_price");
        subscription.Property(s => s.Anchor).HasColumnName("anchor");
        subscription.Property(s => s.PeriodNumber).HasColumnName("period_number");
        subscription.Property(s => s.PeriodStart).HasColumnName("period_start");
        subscription.Property(s => s.PeriodEnd).HasColumnName("period_end");
        subscription.Property(s => s.LastBilledAt).HasColumnName("last_billed_at");
        subscription.Property(s => s.LastChargeAmount).HasColumnName("last_charge_amount");
        subscription.Property(s => s.FailedCharges).HasColumnName("failed_charges");
        subscription.Property(s => s.PreviousPlanId).HasColumnName("previous_plan_id");
        subscription.Property(s => s.UpgradedAt).HasColumnName("upgraded_at");
        subscription.Property(s => s.AutoRenew).HasColumnName("auto_renew");
        subscription.Property(s => s.GracePeriodEnd).HasColumnName("grace_period_end");
        subscription.Property(s => s.InstanceId).HasColumnName("instance_id");
        subscription.Property(s => s.Generation).HasColumnName("generation");
        subscription.Property(s => s.ReservationId).HasColumnName("reservation_id");
        subscription.Property(s => s.HoldId).HasColumnName("hold_id");
        subscription.Property(s => s.TimelineLength).HasColumnName("timeline_length");
        subscription.Property(s => s.CreatedAt).HasColumnName("created_at");
        subscription.Property(s => s.UpdatedAt).HasColumnName("updated_at");
        subscription.Property(s => s.EndedAt).HasColumnName("ended_at");
        subscription.Ignore(s => s.Period);

        // One live subscription per user and service (Q4), kept by the store: two requests at once cannot both pass.
        subscription.HasIndex(s => new { s.UserId, s.ServiceId }).IsUnique()
            .HasFilter("status NOT IN ('CANCELLED', 'EXPIRED')").HasDatabaseName("ux_subscriptions_live_per_service");
        subscription.HasIndex(s => new { s.UserId, s.CreatedAt }).HasDatabaseName("ix_subscriptions_user");
    }
}
