using Platform.Contracts;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Life;

namespace Platform.Subscriptions.Pricing;

/// <param name="Text">What is charged or kept, for people.</param>
/// <param name="Amount">Whole rupiah; a line that lowers the total is negative.</param>
internal sealed record QuoteLine(string Text, long Amount);

/// <param name="Total">What will be charged.</param>
/// <param name="Lines">How the total comes about; they sum to it.</param>
/// <param name="Inputs">The figures of the formula, so that anybody can compute it again.</param>
/// <param name="ConstantUntil">The total does not change before this instant by itself.</param>
internal sealed record Price(
    Money Total, IReadOnlyList<QuoteLine> Lines, IReadOnlyDictionary<string, long> Inputs, DateTimeOffset ConstantUntil);

/// <summary>The one place that says what things cost; quotes, charges and refusals all ask here.</summary>
internal static class Prices
{
    /// <param name="discount">Off the first period only; renewals and upgrades go by the list price (product.md H-3).</param>
    /// <exception cref="ArgumentOutOfRangeException">The discount is more than the price, which no coupon may give.</exception>
    public static Price OfPurchase(PlanCopy plan, Discount? discount = null)
    {
        var price = plan.MonthlyPrice;
        var lines = new List<QuoteLine> { new($"{plan.Name}, first month", price.Rupiah) };
        var inputs = new Dictionary<string, long> { ["monthlyPrice"] = price.Rupiah };
        var total = price;
        if (discount is not null)
        {
            lines.Add(new($"Coupon {discount.Code}", -discount.Amount.Rupiah));
            inputs["discount"] = discount.Amount.Rupiah;
            total = price.Minus(discount.Amount)
                ?? throw new ArgumentOutOfRangeException(nameof(discount), discount.Amount, "A discount is never more than the price.");
        }

        return new(total, lines, inputs, DateTimeOffset.MaxValue);
    }

    /// <summary>Product.md §3.2; from a free plan the full price, because a free plan has no paid period (P7).</summary>
    public static Price OfUpgrade(Subscription subscription, PlanCopy current, PlanCopy wanted, DateTimeOffset now)
    {
        if (subscription.MonthlyPrice == Money.Zero)
            return OfPurchase(wanted);
        var period = subscription.Period;
        var (daysLeft, days) = (period.DaysLeft(now), BillingPeriod.Of(subscription.Anchor, subscription.PeriodNumber - 1).Days);
        var charge = Proration.UpgradeCharge(subscription.MonthlyPrice, wanted.MonthlyPrice, daysLeft, days);
        return new(
            charge,
            [new($"{current.Name} → {wanted.Name}, {daysLeft} of {days} days", charge.Rupiah)],
            new Dictionary<string, long>
            {
                ["oldPrice"] = subscription.MonthlyPrice.Rupiah, ["newPrice"] = wanted.MonthlyPrice.Rupiah,
                ["daysLeft"] = daysLeft, ["periodDays"] = days,
            },
            period.EndOfSlice(now));
    }
}
