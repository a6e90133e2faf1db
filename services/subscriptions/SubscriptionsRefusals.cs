using Platform.Hosting;
using Platform.Subscriptions.Coupons;

namespace Platform.Subscriptions;

/// <summary>Every no of this service. Codes are public and never renamed or reused.</summary>
internal static class SubscriptionsRefusals
{
    public static readonly Refusal SubscriptionNotFound = new("SUBSCRIPTION_NOT_FOUND", 404, "There is no such subscription");
    public static readonly Refusal PlanNotFound = new("PLAN_NOT_FOUND", 404, "There is no such plan");
    public static readonly Refusal PlanNotAvailable = new("PLAN_NOT_AVAILABLE", 409, "The plan is not sold at the moment");
    public static readonly Refusal DuplicateSubscription =
        new("DUPLICATE_SUBSCRIPTION", 409, "You already have a subscription to this service");
    public static readonly Refusal QuotaExceeded = new("QUOTA_EXCEEDED", 409, "The plan is sold out");
    public static readonly Refusal UserQuota = new("USER_QUOTA", 422, "You have as many instances of this plan as it allows");
    public static readonly Refusal InsufficientCredit = new("INSUFFICIENT_CREDIT", 402, "The wallet does not hold enough credit");
    public static readonly Refusal WalletInDebt = new("WALLET_IN_DEBT", 402, "The wallet is in debt after a reversed payment");
    public static readonly Refusal QuoteStale = new("QUOTE_STALE", 409, "The quote no longer holds");
    public static readonly Refusal NotActive = new("NOT_ACTIVE", 409, "The subscription is not in a state that allows this");
    public static readonly Refusal Busy = new("CHANGE_IN_PROGRESS", 409, "Another change of this subscription is under way");
    public static readonly Refusal NotAnUpgrade = new("NOT_AN_UPGRADE", 409, "The new plan is not of a higher tier");
    public static readonly Refusal DifferentService = new("DIFFERENT_SERVICE", 422, "The new plan belongs to another service");
    public static readonly Refusal AlreadyCancelled = new("ALREADY_CANCELLED", 409, "The subscription is already cancelled");
    public static readonly Refusal ModeNotOffered = new("MODE_NOT_OFFERED", 422, "This way of cancelling is not offered");
    public static readonly Refusal ActionNotOffered = new("ACTION_NOT_OFFERED", 422, "No quote is made for this action");
    public static readonly Refusal NoInstance = new("NO_INSTANCE", 404, "The subscription has no running instance");
    public static readonly Refusal MetricsUnavailable = new("METRICS_UNAVAILABLE", 503, "The cluster gives no metrics at the moment");
    public static readonly Refusal PaymentTimeout =
        new("PAYMENT_TIMEOUT", 409, "Seat and funds were not decided in time; nothing was charged");
    public static readonly Refusal CancelledByUser = new("CANCELLED_BY_USER", 409, "The subscription was cancelled before it was decided");

    /// <summary>The remedy that goes with <see cref="QuoteStale"/>.</summary>
    public const string AskAgain = "Ask for a new quote and confirm its total.";

    /// <summary>What a saga's refusal becomes as an answer.</summary>
    public static Refusal OfOutcome(string outcome) => outcome switch
    {
        "QUOTA_EXCEEDED" => QuotaExceeded,
        "USER_QUOTA" => UserQuota,
        "PLAN_NOT_AVAILABLE" or "RESERVATION_ENDED" => PlanNotAvailable,
        "INSUFFICIENT_CREDIT" => InsufficientCredit,
        "WALLET_IN_DEBT" => WalletInDebt,
        "USER" or "HOLD_ENDED" => CancelledByUser,
        "PAYMENT_TIMEOUT" or "UPGRADE_TIMEOUT" => PaymentTimeout,
        "QUOTE_STALE" => QuoteStale,
        _ when CouponRefusals.Covers(outcome) => CouponRefusals.Of(outcome),
        _ => throw new InvalidOperationException($"The outcome {outcome} has no refusal."),
    };
}
