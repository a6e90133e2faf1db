using Platform.Contracts;

namespace Platform.Subscriptions.Coupons;

/// <summary>What one coupon takes off the list price of a first period; never more than that price.</summary>
internal sealed record Discount(string Code, Money Amount);

/// <summary>The coupon of one purchase.</summary>
/// <param name="RedemptionId">Names this use of the coupon for ever; made with the purchase, so that a repetition is the same use.</param>
/// <param name="Promised">What a quote said that it takes off, which binds; null when there was no quote: then the wallet decides.</param>
/// <param name="Discount">What the wallet reserved; null until it has answered.</param>
public sealed record CouponUse(Guid RedemptionId, string Code, Guid ServiceId, Money? Promised, Money? Discount = null);
