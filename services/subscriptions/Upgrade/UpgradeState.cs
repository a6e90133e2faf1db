using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Upgrade;

/// <summary>Starts an upgrade; written by the request in the transaction that moves the subscription to its phase UPGRADING.</summary>
/// <param name="CorrelationId">The upgrade.</param>
/// <param name="Charge">The prorated difference, as quoted.</param>
public sealed record UpgradeRequested(
    Guid CorrelationId, Guid SubscriptionId, Guid UserId, Guid InstanceId, Guid FromPlanId, Guid ToPlanId, Money NewPrice, Money Charge,
    Guid OldReservationId, ChargedItem Item);

/// <summary>Time is up: the new size is not live.</summary>
public sealed record UpgradeOverdue(Guid CorrelationId);

/// <summary>Where one upgrade stands.</summary>
internal sealed class UpgradeState : ISubscriptionSaga
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public Guid SubscriptionId { get; set; }
    public Guid UserId { get; set; }
    public Guid InstanceId { get; set; }
    public Guid FromPlanId { get; set; }
    public Guid ToPlanId { get; set; }
    public Money NewPrice { get; set; }
    public Money Charge { get; set; }
    public Guid OldReservationId { get; set; }
    public Guid NewReservationId { get; set; }
    public Guid HoldId { get; set; }
    public required ChargedItem Item { get; set; }

    /// <summary>The wish whose answer counts; the answer to an older one is ignored.</summary>
    public long Generation { get; set; }
    public Guid? DeadlineToken { get; set; }
    public string? Reason { get; set; }
    public bool AwaitsSeatRelease { get; set; }
    public bool AwaitsFundsRelease { get; set; }
    public bool AwaitsOldSize { get; set; }

    public bool IsReverted => !AwaitsSeatRelease && !AwaitsFundsRelease && !AwaitsOldSize;
}

internal sealed class UpgradeStateConfiguration : IEntityTypeConfiguration<UpgradeState>
{
    public void Configure(EntityTypeBuilder<UpgradeState> saga)
    {
        saga.ToTable("upgrade_sagas").HasKey(s => s.CorrelationId);
        saga.Property(s => s.CorrelationId).HasColumnName("upgrade_id").ValueGeneratedNever();
        saga.Property(s => s.CurrentState).HasColumnName("state");
        saga.Property(s => s.SubscriptionId).HasColumnName("subscription_id");
        saga.Property(s => s.UserId).HasColumnName("user_id");
        saga.Property(s => s.InstanceId).HasColumnName("instance_id");
        saga.Property(s => s.FromPlanId).HasColumnName("from_plan_id");
        saga.Property(s => s.ToPlanId).HasColumnName("to_plan_id");
        saga.Property(s => s.NewPrice).HasColumnName("new_price");
        saga.Property(s => s.Charge).HasColumnName("charge");
        saga.Property(s => s.OldReservationId).HasColumnName("old_reservation_id");
        saga.Property(s => s.NewReservationId).HasColumnName("new_reservation_id");
        saga.Property(s => s.HoldId).HasColumnName("hold_id");
        saga.Property(s => s.Item).HasColumnName("item").HasColumnType("jsonb").HasJson();
        saga.Property(s => s.Generation).HasColumnName("generation");
        saga.Property(s => s.DeadlineToken).HasColumnName("deadline_token");
        saga.Property(s => s.Reason).HasColumnName("reason");
        saga.Property(s => s.AwaitsSeatRelease).HasColumnName("awaits_seat_release");
        saga.Property(s => s.AwaitsFundsRelease).HasColumnName("awaits_funds_release");
        saga.Property(s => s.AwaitsOldSize).HasColumnName("awaits_old_size");
        saga.Ignore(s => s.IsReverted);
        saga.HasIndex(s => s.SubscriptionId).HasDatabaseName("ix_upgrade_sagas_subscription_id");
    }
}
