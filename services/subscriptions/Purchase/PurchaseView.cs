using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Life;

namespace Platform.Subscriptions.Purchase;

internal sealed record DiscountView(string CouponCode, Money OriginalAmount, Money DiscountAmount, Money FinalAmount);

internal sealed record FreeServiceView(string CouponCode, Guid RedemptionId, Money FreeServiceValue);

/// <summary>
/// What POST /subscriptions answers (api.md §5.1). While the wallet has not reserved the coupon, nothing is taken off yet and the amounts
/// are the list price.
/// </summary>
internal sealed class PurchaseView(WholeSubscription row, CouponUse? coupon, string message, IReadOnlyList<string> nextSteps)
{
    private readonly Money final = row.Subscription.MonthlyPrice.Minus(coupon?.Discount ?? Money.Zero)
        ?? throw new InvalidOperationException("A discount is never more than the price.");

    public SubscriptionWithPlan Subscription { get; } = new(row.Subscription, row.Service, row.Plan, row.Instance);
    public string Message { get; } = message;
    public Money ChargeAmount => final;
    public Money OriginalAmount { get; } = row.Subscription.MonthlyPrice;
    public Money DiscountAmount { get; } = coupon?.Discount ?? Money.Zero;
    public Money FinalAmount => final;
    public bool IsBonusSubscription { get; }

    /// <summary>A coupon took off the whole price of the first month.</summary>
    public bool IsFreeService => FreeService is not null;
    public bool CouponApplied => Discount is not null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DiscountView? Discount => coupon is { Discount: { } discount }
        ? new(coupon.Code, OriginalAmount, discount, final)
        : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FreeServiceView? FreeService => coupon is { Discount: { } discount } && discount > Money.Zero && final == Money.Zero
        ? new(coupon.Code, coupon.RedemptionId, discount)
        : null;

    public Guid HoldId { get; } = row.Subscription.HoldId;
    public string Timeline { get; } = $"/api/subscriptions/{row.Subscription.Id}/timeline";
    public IReadOnlyList<string> NextSteps { get; } = nextSteps;
}
