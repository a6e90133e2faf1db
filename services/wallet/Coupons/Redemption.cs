using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Only <see cref="Reserved"/> and <see cref="Confirmed"/> take up a use of the coupon.</summary>
internal enum RedemptionState
{
    Reserved,
    Confirmed,
    Released,
    Expired,
    Refused,
}

/// <summary>
/// One use of one coupon, or the memory of what was decided about it: a refusal is remembered like a success, and so is the end of a
/// reservation that had not even arrived. Every repetition is answered from here, like the first time.
/// </summary>
internal sealed class Redemption
{
    public Guid Id { get; private init; }
    public RedemptionState State { get; private set; }

    /// <summary>Why it was refused.</summary>
    public string? Code { get; private set; }

    /// <summary>Null while no such coupon is known, and after a coupon was deleted that this did not use.</summary>
    public Guid? CouponId { get; private set; }

    /// <summary>Null while nothing but the end of the reservation is known.</summary>
    public Guid? UserId { get; private set; }

    /// <summary>The coupon's type when it was used.</summary>
    public CouponType? Type { get; private set; }
    public Money? CreditAmount { get; private set; }
    public Money? DiscountAmount { get; private set; }

    /// <summary>The transaction that the owner sees, for a credit.</summary>
    public Guid? TransactionId { get; private set; }
    public Guid? SubscriptionId { get; private set; }
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset? RedeemedAt { get; private set; }

    /// <summary>When it was released, ran out or was refused.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>
    /// Confirmed when all uses of the coupon were taken, because its reservation had run out and the use had gone to somebody else. The
    /// coupon does not count it.
    /// </summary>
    public bool IsOverLimit { get; private set; }

    /// <summary>Says that the reservation never came: only its end was heard of.</summary>
    public bool OnlyEndIsKnown => UserId is null;

    public static Redemption OfCredit(Guid id, Coupon coupon, Guid user, DateTimeOffset now) => new()
    {
        Id = id,
        State = RedemptionState.Confirmed,
        CouponId = coupon.Id,
        UserId = user,
        Type = coupon.Type,
        CreditAmount = coupon.CreditAmount,
        TransactionId = Guid.CreateVersion7(now),
        CreatedAt = now,
        RedeemedAt = now,
    };

    public static Redemption Reserve(ReserveCoupon wish, Coupon coupon, Money discount, DateTimeOffset now) => new()
    {
        Id = wish.RedemptionId,
        State = RedemptionState.Reserved,
        CouponId = coupon.Id,
        UserId = wish.UserId,
        Type = coupon.Type,
        DiscountAmount = discount,
        ExpiresAt = wish.ExpiresAt.ToUniversalTime(),
        CreatedAt = now,
    };

    public static Redemption Refused(ReserveCoupon wish, Coupon? coupon, string code, DateTimeOffset now) => new()
    {
        Id = wish.RedemptionId,
        State = RedemptionState.Refused,
        Code = code,
        CouponId = coupon?.Id,
        UserId = wish.UserId,
        Type = coupon?.Type,
        CreatedAt = now,
        EndedAt = now,
    };

    /// <summary>Remembers the end of a reservation of which nothing else is known, so that it is refused when it comes.</summary>
    public static Redemption EndedBeforeItCame(Guid id, DateTimeOffset now) =>
        new() { Id = id, State = RedemptionState.Released, CreatedAt = now, EndedAt = now };

    /// <summary>The reservation has come after its end.</summary>
    public void RefuseLateComer(ReserveCoupon wish, string code) => (State, Code, UserId) = (RedemptionState.Refused, code, wish.UserId);

    public void Confirm(Guid subscription, DateTimeOffset now) =>
        (State, SubscriptionId, RedeemedAt, EndedAt) = (RedemptionState.Confirmed, subscription, now, null);

    /// <param name="counted">Whether the coupon had a use left for it.</param>
    public void ConfirmLate(Guid subscription, bool counted, DateTimeOffset now)
    {
        Confirm(subscription, now);
        IsOverLimit = !counted;
    }

    public void Release(DateTimeOffset now) => (State, EndedAt) = (RedemptionState.Released, now);

    public void Expire(DateTimeOffset now) => (State, EndedAt) = (RedemptionState.Expired, now);
}

internal sealed class RedemptionConfiguration : IEntityTypeConfiguration<Redemption>
{
    private const string TakesUse = "state IN ('RESERVED', 'CONFIRMED')";

    public void Configure(EntityTypeBuilder<Redemption> redemption)
    {
        redemption.ToTable("redemptions", table =>
        {
            table.HasCheckConstraint("redemptions_state_known", "state IN ('RESERVED', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'REFUSED')");
            // A coupon that somebody uses cannot be deleted: that would leave such a row without its coupon.
            table.HasCheckConstraint("redemptions_of_a_coupon",
                $"NOT {TakesUse} OR (coupon_id IS NOT NULL AND user_id IS NOT NULL AND type IS NOT NULL)");
            table.HasCheckConstraint("redemptions_only_their_end_may_be_known", "user_id IS NOT NULL OR state = 'RELEASED'");
            table.HasCheckConstraint("redemptions_worth_something",
                $"NOT {TakesUse} OR (credit_amount IS NULL) <> (discount_amount IS NULL)");
            table.HasCheckConstraint("redemptions_credit_has_its_line", "(credit_amount IS NULL) = (transaction_id IS NULL)");
            table.HasCheckConstraint("redemptions_amounts_not_negative", "credit_amount > 0 AND discount_amount >= 0");
            table.HasCheckConstraint("redemptions_refusal_has_its_code", "(state = 'REFUSED') = (code IS NOT NULL)");
            table.HasCheckConstraint("redemptions_confirmed_have_their_time", "(state = 'CONFIRMED') = (redeemed_at IS NOT NULL)");
            table.HasCheckConstraint("redemptions_ended_have_their_time", $"(NOT {TakesUse}) = (ended_at IS NOT NULL)");
            table.HasCheckConstraint("redemptions_over_limit_are_confirmed", "state = 'CONFIRMED' OR NOT is_over_limit");
            table.HasCheckConstraint("redemptions_run_out", "state <> 'RESERVED' OR expires_at IS NOT NULL");
        });
        redemption.HasKey(r => r.Id).HasName("redemptions_pkey");
        redemption.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        redemption.Property(r => r.State).HasColumnName("state").HasMaxLength(20);
        redemption.Property(r => r.Code).HasColumnName("code").HasMaxLength(60);
        redemption.Property(r => r.CouponId).HasColumnName("coupon_id");
        redemption.Property(r => r.UserId).HasColumnName("user_id");
        redemption.Property(r => r.Type).HasColumnName("type").HasMaxLength(30);
        redemption.Property(r => r.CreditAmount).HasColumnName("credit_amount");
        redemption.Property(r => r.DiscountAmount).HasColumnName("discount_amount");
        redemption.Property(r => r.TransactionId).HasColumnName("transaction_id");
        redemption.Property(r => r.SubscriptionId).HasColumnName("subscription_id");
        redemption.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        redemption.Property(r => r.CreatedAt).HasColumnName("created_at");
        redemption.Property(r => r.RedeemedAt).HasColumnName("redeemed_at");
        redemption.Property(r => r.EndedAt).HasColumnName("ended_at");
        redemption.Property(r => r.IsOverLimit).HasColumnName("is_over_limit");
        redemption.Ignore(r => r.OnlyEndIsKnown);
        redemption.HasOne<Coupon>().WithMany().HasForeignKey(r => r.CouponId).OnDelete(DeleteBehavior.SetNull)
            .HasConstraintName("redemptions_coupon");
        redemption.HasIndex(r => new { r.CouponId, r.UserId }).HasDatabaseName("redemptions_of_coupon");
        redemption.HasIndex(r => new { r.UserId, r.RedeemedAt }).HasFilter("state = 'CONFIRMED'").HasDatabaseName("redemptions_of_user");
        redemption.HasIndex(r => r.RedeemedAt).HasFilter("state = 'CONFIRMED'").HasDatabaseName("redemptions_by_time");
        redemption.HasIndex(r => r.ExpiresAt).HasFilter("state = 'RESERVED'").HasDatabaseName("redemptions_open_by_expiry");
    }
}
