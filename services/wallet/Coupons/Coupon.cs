using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>What a coupon is good for, in the words of the API.</summary>
public enum CouponType
{
    CreditTopup,
    SubscriptionDiscount,
    FreeService,
    WelcomeBonus,
}

public enum CouponDiscountType
{
    FixedAmount,
    Percentage,
}

/// <summary>
/// <see cref="UsedUp"/> follows from the uses and is never set by hand. Nothing sets <see cref="Expired"/> by time: the end of a coupon
/// is judged when somebody uses it.
/// </summary>
public enum CouponStatus
{
    Active,
    Expired,
    Disabled,
    UsedUp,
}

/// <summary>In the order of upgrade (api.md §1.7).</summary>
public enum PlanTier
{
    Free,
    Basic,
    Pro,
    Premium,
    Enterprise,
}

/// <summary>A code that administrators give away. Its uses are counted by <see cref="CouponUses"/> alone, under its lock.</summary>
internal sealed class Coupon
{
    public Guid Id { get; private init; }

    /// <summary>As <see cref="CouponCode.Normalise"/> leaves it: upper case, so that there is one spelling of it in the store.</summary>
    public required string Code { get; init; }
    public required string Name { get; set; }
    public string? Description { get; private set; }
    public CouponType Type { get; private set; }
    public CouponStatus Status { get; private set; }

    /// <summary>The credit that it gives, or the fixed amount that it takes off a price.</summary>
    public Money? CreditAmount { get; private set; }
    public CouponDiscountType? DiscountType { get; private set; }
    public int? DiscountPercent { get; private set; }
    public int MaxUses { get; private set; }

    /// <summary>Uses that are reserved or final; one that was released or ran out is free again.</summary>
    public int UsedCount { get; private set; }
    public int MaxUsesPerUser { get; private set; }

    /// <summary>The only service that it may be used for; null means any.</summary>
    public Guid? ServiceId { get; private init; }
    public PlanTier? PlanType { get; private init; }
    public DateTimeOffset ValidFrom { get; private set; }

    /// <summary>The last instant at which it works; null means that it has no end.</summary>
    public DateTimeOffset? ValidUntil { get; private set; }
    public Guid CreatedBy { get; private init; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset UpdatedAt { get; private set; }

    public CouponTerms Terms => new(Type, CreditAmount, DiscountType, DiscountPercent);

    public bool GivesCredit => Type is CouponType.CreditTopup or CouponType.WelcomeBonus;

    /// <summary>Somebody has used it, or is about to: what it is worth must not change any more.</summary>
    public bool IsInUse => UsedCount > 0;

    public static Coupon Of(NewCoupon wish, Guid administrator, DateTimeOffset now)
    {
        var coupon = new Coupon
        {
            Id = Guid.CreateVersion7(now),
            Code = CouponCode.Normalise(wish.Code),
            Name = wish.Name.Trim(),
            Description = CouponTextAttribute.OrNull(wish.Description),
            MaxUses = wish.MaxUses ?? 1,
            MaxUsesPerUser = wish.MaxUsesPerUser ?? 1,
            ServiceId = wish.ServiceId,
            PlanType = wish.PlanType,
            ValidFrom = wish.ValidFrom ?? now,
            ValidUntil = wish.ValidUntil,
            CreatedBy = administrator,
            CreatedAt = now,
        };
        coupon.Offer(wish.Terms, now);
        return coupon;
    }

    public void Offer(CouponTerms terms, DateTimeOffset now) =>
        (Type, CreditAmount, DiscountType, DiscountPercent, UpdatedAt) =
            (terms.Type, terms.CreditAmount, terms.DiscountType, terms.DiscountPercent, now);

    public void Describe(string? name, string? description, DateTimeOffset now)
    {
        Name = name?.Trim() ?? Name;
        Description = description is null ? Description : CouponTextAttribute.OrNull(description);
        UpdatedAt = now;
    }

    public void Limit(int maxUses, int maxUsesPerUser, DateTimeOffset validFrom, DateTimeOffset? validUntil, DateTimeOffset now)
    {
        (MaxUses, MaxUsesPerUser, ValidFrom, ValidUntil, UpdatedAt) = (maxUses, maxUsesPerUser, validFrom, validUntil, now);
        if (Status is CouponStatus.Active or CouponStatus.UsedUp)
            Set(CouponStatus.Active, now);
    }

    /// <summary>A coupon whose uses are all taken is not active but used up, whoever says so.</summary>
    public void Set(CouponStatus status, DateTimeOffset now) =>
        (Status, UpdatedAt) = (status == CouponStatus.Active && UsedCount >= MaxUses ? CouponStatus.UsedUp : status, now);

    /// <summary>Why this user cannot use it now, whatever for; null when they can.</summary>
    /// <param name="ownUses">How often this user has used or reserved it.</param>
    public CouponObjection? ObjectionTo(int ownUses, DateTimeOffset now)
    {
        if (ownUses >= MaxUsesPerUser)
            return new(WalletRefusals.AlreadyRedeemed, $"{Code} can be used {Times(MaxUsesPerUser)} by one user; try another coupon.");
        return Status switch
        {
            CouponStatus.Disabled => new(WalletRefusals.CouponNotActive, $"{Code} is switched off; try another coupon."),
            CouponStatus.Expired => new(WalletRefusals.CouponExpired, $"{Code} has ended; try another coupon."),
            CouponStatus.UsedUp => new(WalletRefusals.CouponUsedUp, $"All uses of {Code} are taken; try another coupon."),
            CouponStatus.Active when now < ValidFrom =>
                new(WalletRefusals.CouponNotYetValid, $"{Code} begins on {JakartaTime.WithOffset(ValidFrom)}; come back then."),
            CouponStatus.Active when now > ValidUntil =>
                new(WalletRefusals.CouponExpired, $"{Code} ended on {JakartaTime.WithOffset(ValidUntil.Value)}; try another coupon."),
            CouponStatus.Active => null,
        };
    }

    /// <summary>Why it cannot be used for this; what is null is not known yet and not judged.</summary>
    /// <param name="planType">FREE, BASIC, PRO, PREMIUM or ENTERPRISE.</param>
    public CouponObjection? ObjectionTo(Guid? serviceId, string? planType)
    {
        if (ServiceId is not null && serviceId is not null && ServiceId != serviceId)
            return new(WalletRefusals.CouponWrongService, $"{Code} is for another service; leave it out or choose that service.");
        return PlanType is { } tier && planType is not null && WireEnum.Text(tier) != planType
            ? new(WalletRefusals.CouponWrongPlan, $"{Code} is for {WireEnum.Text(tier)} plans; leave it out or choose such a plan.")
            : null;
    }

    public CouponObjection? ObjectionToCredit() => GivesCredit
        ? null
        : new(WalletRefusals.CouponWrongType, $"{Code} lowers the price of a subscription; give it as couponCode when you subscribe.");

    public CouponObjection? ObjectionToPurchase() => GivesCredit
        ? new(WalletRefusals.CouponWrongType, $"{Code} gives credit; redeem it in the wallet, then subscribe.")
        : null;

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";
}
