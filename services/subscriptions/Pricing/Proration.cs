using Platform.Contracts;

namespace Platform.Subscriptions.Pricing;

/// <summary>What an upgrade costs (product.md §3.2). Pure: the quote and the charge both come from here, so they cannot differ.</summary>
internal static class Proration
{
    /// <summary>
    /// The price difference for the days left, rounded half up once: half_up((new − old) × R ÷ D).
    /// A cheaper or equal new plan costs nothing.
    /// </summary>
    /// <param name="oldPrice">Full-period price of the current plan, never the amount last charged (P4).</param>
    /// <param name="daysLeft">R; may exceed <paramref name="periodDays"/> after an extension (T5).</param>
    /// <param name="periodDays">D, the days of the paid period.</param>
    public static Money UpgradeCharge(Money oldPrice, Money newPrice, int daysLeft, int periodDays)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(daysLeft);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(periodDays);
        if (newPrice.Minus(oldPrice) is not { } difference)
            return Money.Zero;
        var numerator = (Int128)difference.Rupiah * daysLeft;
        return Money.Idr((long)((2 * numerator + periodDays) / (2 * periodDays)));
    }
}
