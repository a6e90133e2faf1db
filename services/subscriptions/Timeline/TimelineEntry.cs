using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Subscriptions.Timeline;

/// <summary>
/// One numbered step of a subscription's life, money or machine; written in the transaction of what it tells, and never changed.
/// </summary>
internal sealed class TimelineEntry
{
    public Guid SubscriptionId { get; init; }

    /// <summary>1, 2, 3 … in the order of commit: the subscription's row is locked while it is given.</summary>
    public int Number { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>A <see cref="Steps"/> code.</summary>
    public required string Step { get; init; }

    /// <summary>A sentence for the owner.</summary>
    public required string Detail { get; init; }
    public Money? Amount { get; init; }
}

internal sealed class TimelineEntryConfiguration : IEntityTypeConfiguration<TimelineEntry>
{
    public void Configure(EntityTypeBuilder<TimelineEntry> entry)
    {
        entry.ToTable("timeline").HasKey(e => new { e.SubscriptionId, e.Number });
        entry.Property(e => e.SubscriptionId).HasColumnName("subscription_id");
        entry.Property(e => e.Number).HasColumnName("number");
        entry.Property(e => e.At).HasColumnName("at");
        entry.Property(e => e.Step).HasColumnName("step");
        entry.Property(e => e.Detail).HasColumnName("detail");
        entry.Property(e => e.Amount).HasColumnName("amount");
    }
}

/// <summary>
/// What a timeline entry can tell. Codes are public and stable; the provisioner's own steps come in between under their own names.
/// </summary>
internal static class Steps
{
    public const string Requested = "REQUESTED";
    public const string SeatReserved = "SEAT_RESERVED";
    public const string SeatRefused = "SEAT_REFUSED";
    public const string CouponReserved = "COUPON_RESERVED";
    public const string CouponRefused = "COUPON_REFUSED";
    public const string CouponReleased = "COUPON_RELEASED";
    public const string FundsHeld = "FUNDS_HELD";
    public const string FundsRefused = "FUNDS_REFUSED";
    public const string Deploying = "DEPLOYING";
    public const string Ready = "READY";
    public const string SeatConfirmed = "SEAT_CONFIRMED";
    public const string FundsCaptured = "FUNDS_CAPTURED";
    public const string CaptureRefused = "CAPTURE_REFUSED";
    public const string Active = "ACTIVE";
    public const string Failed = "FAILED";
    public const string Overdue = "OVERDUE";
    public const string Compensating = "COMPENSATING";
    public const string FundsReleased = "FUNDS_RELEASED";
    public const string SeatReleased = "SEAT_RELEASED";
    public const string InstanceDeleted = "INSTANCE_DELETED";
    public const string CancelRequested = "CANCEL_REQUESTED";
    public const string Cancelled = "CANCELLED";
    public const string UpgradeRequested = "UPGRADE_REQUESTED";
    public const string Resizing = "RESIZING";
    public const string Upgraded = "UPGRADED";
    public const string UpgradeReverted = "UPGRADE_REVERTED";
}
