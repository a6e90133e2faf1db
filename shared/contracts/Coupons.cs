namespace Platform.Contracts;

// Commands to wallet, which owns coupons, and its answers: reserve, apply, confirm. CorrelationId names the saga that asked and comes back
// unchanged. RedemptionId is made by the asker and names one use of one coupon for ever.

/// <summary>
/// Keep one use of a coupon for this purchase until <paramref name="ExpiresAt"/>. Answered by <see cref="CouponReserved"/> or
/// <see cref="CouponRefused"/>; a repetition is answered like the first time.
/// </summary>
/// <param name="Price">The list price of the first period, on which a percentage is taken.</param>
public sealed record ReserveCoupon(
    Guid CorrelationId, Guid RedemptionId, Guid UserId, string Code, Guid ServiceId, string PlanType, Money Price,
    DateTimeOffset ExpiresAt);

/// <param name="Discount">What is taken off the price; never more than the price.</param>
public sealed record CouponReserved(Guid CorrelationId, Guid RedemptionId, string Code, Money Discount);

/// <param name="Reason">COUPON_UNKNOWN, COUPON_EXPIRED, COUPON_USED_UP … as the wallet's refusals have it, or REDEMPTION_ENDED.</param>
public sealed record CouponRefused(Guid CorrelationId, Guid RedemptionId, string Reason);

/// <summary>
/// The discounted charge is captured: the use is final. Answered by <see cref="CouponConfirmed"/>, always: a reservation that had run
/// out meanwhile is confirmed all the same, because the discount was given.
/// </summary>
public sealed record ConfirmCoupon(Guid CorrelationId, Guid RedemptionId, Guid SubscriptionId);

public sealed record CouponConfirmed(Guid CorrelationId, Guid RedemptionId);

/// <summary>The purchase came to nothing: the use is free again. Works before the reservation arrived, which is then refused.</summary>
public sealed record ReleaseCoupon(Guid CorrelationId, Guid RedemptionId);

public sealed record CouponReleased(Guid CorrelationId, Guid RedemptionId);

/// <summary>
/// Query to wallet over the bus: what would this coupon take off? Nothing is kept. Answered by <see cref="CouponWorth"/>.
/// </summary>
public sealed record GetCouponWorth(Guid UserId, string Code, Guid ServiceId, string PlanType, Money Price);

/// <param name="Refusal">Why it takes nothing off, as in <see cref="CouponRefused"/>; null when it does.</param>
public sealed record CouponWorth(string Code, Money Discount, string? Refusal);
