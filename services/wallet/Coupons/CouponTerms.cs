using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What a coupon is worth. Only what its type needs is kept: forms send their other fields along, whatever is in them.</summary>
internal sealed record CouponTerms(CouponType Type, Money? CreditAmount, CouponDiscountType? DiscountType, int? DiscountPercent)
{
    public static CouponTerms Of(
        CouponType type, Money? creditAmount, CouponDiscountType? discountType, int? discountPercent) => type switch
    {
        CouponType.CreditTopup or CouponType.WelcomeBonus => new(type, creditAmount, null, null),
        CouponType.SubscriptionDiscount => discountType switch
        {
            CouponDiscountType.FixedAmount => new(type, creditAmount, discountType, null),
            CouponDiscountType.Percentage => new(type, null, discountType, discountPercent),
            null => new(type, null, null, null),
        },
        CouponType.FreeService => new(type, null, null, null),
    };

    /// <summary>The field that is missing for this type, and what to do; null when nothing is.</summary>
    public (string Field, string Remedy)? Gap(Guid? serviceId) => Type switch
    {
        CouponType.CreditTopup or CouponType.WelcomeBonus when CreditAmount is null =>
            ("creditAmount", "creditAmount is missing: give the credit in whole rupiah."),
        CouponType.SubscriptionDiscount when DiscountType is null =>
            ("discountType", "discountType is missing: give FIXED_AMOUNT or PERCENTAGE."),
        CouponType.SubscriptionDiscount when DiscountType is CouponDiscountType.FixedAmount && CreditAmount is null =>
            ("creditAmount", "creditAmount is missing: give the amount that is taken off, in whole rupiah."),
        CouponType.SubscriptionDiscount when DiscountType is CouponDiscountType.Percentage && DiscountPercent is null =>
            ("discountPercent", "discountPercent is missing: give 1 to 100."),
        CouponType.FreeService when serviceId is null => ("serviceId", "serviceId is missing: give the service that is free."),
        _ => null,
    };

    /// <summary>What is taken off the first period's price: never more than the price, rounded down to whole rupiah.</summary>
    /// <exception cref="InvalidOperationException">The coupon gives credit, which no price is lowered by.</exception>
    public Money DiscountOn(Money price) => Type switch
    {
        CouponType.SubscriptionDiscount when DiscountType == CouponDiscountType.Percentage => price.ForDays(DiscountPercent!.Value, 100),
        CouponType.SubscriptionDiscount => CreditAmount!.Value < price ? CreditAmount.Value : price,
        CouponType.FreeService => price,
        CouponType.CreditTopup or CouponType.WelcomeBonus => throw new InvalidOperationException("A credit coupon has no discount."),
    };

    /// <summary>For people: what they get.</summary>
    public string Worth() => Type switch
    {
        CouponType.CreditTopup => $"{CreditAmount} of credit",
        CouponType.WelcomeBonus => $"{CreditAmount} of credit as a welcome",
        CouponType.SubscriptionDiscount when DiscountType == CouponDiscountType.Percentage => $"{DiscountPercent} % off the first month",
        CouponType.SubscriptionDiscount => $"{CreditAmount} off the first month",
        CouponType.FreeService => "The first month is free",
    };
}
