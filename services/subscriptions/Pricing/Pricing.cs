using Platform.Contracts;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Life;

namespace Platform.Subscriptions.Pricing;

/// <param name="Text">What is charged or kept, for people.</param>
internal sealed record QuoteLine(string Text, Money Amount);

/// <param name="Total">What will be charged.</param>
/// <param name="Lines">How the total comes about; they sum to it.</param>
/// <param name="Inputs">The figures of the formula, so that anybody can compute it again.</param>
/// <param name="ConstantUntil">The total does not change before this instant by itself.</param>
internal sealed record Price(
    Money Total, IReadOnlyList<QuoteLine> Lines, IReadOnlyDictionary<string, long> Inputs, DateTimeOffset ConstantUntil);

/// <summary>The one place that says what things cost; quotes, charges and refusals all ask here.</summary>
internal static class Prices
{
    public static Price OfPurchase(PlanCopy plan) => new(
        plan.MonthlyPrice,
        [new($"{plan.Name}, first month", plan.MonthlyPrice)],
        new Dictionary<string, long> { ["monthlyPrice"] = plan.MonthlyPrice.Rupiah },
        DateTimeOffset.MaxValue);

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
            [new($"{current.Name} → {wanted.Name}, {daysLeft} of {days} days", charge)],
            new Dictionary<string, long>
            {
                ["oldPrice"] = subscription.MonthlyPrice.Rupiah, ["newPrice"] = wanted.MonthlyPrice.Rupiah,
                ["daysLeft"] = daysLeft, ["periodDays"] = days,
            },
            period.EndOfSlice(now));
    }
}
