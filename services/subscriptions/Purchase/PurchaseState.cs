using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Purchase;

/// <summary>Starts a purchase; written by the request in the transaction that creates the subscription.</summary>
/// <param name="CorrelationId">The subscription.</param>
/// <param name="Price">The list price of the first period.</param>
/// <param name="Coupon">Null without one, and in messages from before there were coupons.</param>
public sealed record PurchaseRequested(
    Guid CorrelationId, Guid UserId, Guid PlanId, Money Price,
    Guid ReservationId, Guid HoldId, Guid InstanceId, ChargedItem Item, CouponUse? Coupon = null);

/// <summary>The owner cancelled before the application ran.</summary>
public sealed record PurchaseCancelled(Guid CorrelationId);

/// <summary>Time is up: the purchase has not come as far as an application that runs.</summary>
public sealed record PurchaseOverdue(Guid CorrelationId);

/// <summary>Where one purchase stands.</summary>
internal sealed class PurchaseState : SagaStateMachineInstance, ISubscriptionSaga
{
    public Guid CorrelationId { get; set; }
    public Guid SubscriptionId => CorrelationId;
    public string CurrentState { get; set; } = "";
    public Guid UserId { get; set; }
    public Guid PlanId { get; set; }

    /// <summary>The list price of the first period.</summary>
    public Money Price { get; set; }
    public CouponUse? Coupon { get; set; }
    public Guid ReservationId { get; set; }
    public Guid HoldId { get; set; }
    public Guid InstanceId { get; set; }
    public required ChargedItem Item { get; set; }
    public Guid? DeadlineToken { get; set; }

    /// <summary>Why it is being undone.</summary>
    public string? Reason { get; set; }

    // What still has to be confirmed as undone; each is asked for once and answered for certain.
    public bool AwaitsSeatRelease { get; set; }
    public bool AwaitsFundsRelease { get; set; }
    public bool AwaitsTermination { get; set; }
    public bool AwaitsCouponRelease { get; set; }

    public bool IsUndone => !AwaitsSeatRelease && !AwaitsFundsRelease && !AwaitsTermination && !AwaitsCouponRelease;

    /// <summary>What is held and captured for the first period.</summary>
    /// <exception cref="InvalidOperationException">The wallet gave more off than the price, which its contract rules out.</exception>
    public Money Charge => Price.Minus(Coupon?.Discount ?? Money.Zero)
        ?? throw new InvalidOperationException($"The discount {Coupon?.Discount} is more than the price {Price}.");
}

internal sealed class PurchaseStateConfiguration : IEntityTypeConfiguration<PurchaseState>
{
    public void Configure(EntityTypeBuilder<PurchaseState> saga)
    {
        saga.ToTable("purchase_sagas").HasKey(s => s.CorrelationId);
        saga.Property(s => s.CorrelationId).HasColumnName("subscription_id").ValueGeneratedNever();
        saga.Property(s => s.CurrentState).HasColumnName("state");
        saga.Property(s => s.UserId).HasColumnName("user_id");
        saga.Property(s => s.PlanId).HasColumnName("plan_id");
        saga.Property(s => s.Price).HasColumnName("price");
        saga.Property(s => s.Coupon).HasColumnName("coupon").HasColumnType("jsonb").HasJson();
        saga.Property(s => s.ReservationId).HasColumnName("reservation_id");
        saga.Property(s => s.HoldId).HasColumnName("hold_id");
        saga.Property(s => s.InstanceId).HasColumnName("instance_id");
        saga.Property(s => s.Item).HasColumnName("item").HasColumnType("jsonb").HasJson();
        saga.Property(s => s.DeadlineToken).HasColumnName("deadline_token");
        saga.Property(s => s.Reason).HasColumnName("reason");
        saga.Property(s => s.AwaitsSeatRelease).HasColumnName("awaits_seat_release");
        saga.Property(s => s.AwaitsFundsRelease).HasColumnName("awaits_funds_release");
        saga.Property(s => s.AwaitsTermination).HasColumnName("awaits_termination");
        saga.Property(s => s.AwaitsCouponRelease).HasColumnName("awaits_coupon_release");
        saga.Ignore(s => s.IsUndone);
        saga.Ignore(s => s.Charge);
        saga.Ignore(s => s.SubscriptionId);
        saga.HasIndex(s => s.CurrentState).HasDatabaseName("ix_purchase_sagas_state");
    }
}
