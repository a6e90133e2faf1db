using Platform.Hosting;

namespace Platform.Subscriptions.Coupons;

/// <summary>
/// The wallet's reasons against a coupon, in words. Over HTTP each is a 422 under the wallet's own code: the request was understood, and
/// the same request without the coupon, or with another one, can succeed.
/// </summary>
internal static class CouponRefusals
{
    private const int Status = 422;
    private const string Prefix = "COUPON_";

    /// <summary>A reason that the wallet gives against a coupon, also one that it learns to give after this was written.</summary>
    public static bool Covers(string reason) =>
        reason is "ALREADY_REDEEMED" or "REDEMPTION_ENDED" || reason.StartsWith(Prefix, StringComparison.Ordinal);

    public static Refusal Of(string reason) => new(reason, Status, reason switch
    {
        "COUPON_UNKNOWN" => "There is no such coupon",
        "COUPON_NOT_ACTIVE" => "The coupon is not active",
        "COUPON_NOT_YET_VALID" => "The coupon is not valid yet",
        "COUPON_EXPIRED" => "The coupon has expired",
        "COUPON_USED_UP" => "The coupon is used up",
        "ALREADY_REDEEMED" => "You have used this coupon as often as it allows",
        "COUPON_WRONG_TYPE" => "The coupon gives no discount on a subscription",
        "COUPON_WRONG_SERVICE" => "The coupon is for another service",
        "COUPON_WRONG_PLAN" => "The coupon is for another plan",
        "REDEMPTION_ENDED" => "The coupon's reservation ran out before the purchase was decided",
        _ => "The coupon cannot be used for this purchase",
    });

    /// <param name="field">The field of the request that named the coupon.</param>
    public static string Remedy(string reason, string field) => reason switch
    {
        "COUPON_UNKNOWN" => $"Check the spelling of {field}, or leave it out to pay the full price.",
        "COUPON_NOT_YET_VALID" => $"Try {field} again when the coupon's time has come, or leave it out to pay the full price.",
        "COUPON_WRONG_TYPE" => $"Redeem it as credit in your wallet, and leave {field} out here.",
        "COUPON_WRONG_SERVICE" => $"Choose the service that the coupon is for, or leave {field} out to pay the full price.",
        "COUPON_WRONG_PLAN" => $"Choose the plan that the coupon is for, or leave {field} out to pay the full price.",
        "REDEMPTION_ENDED" => $"Nothing was charged; buy again with the same {field}.",
        _ => $"Give another {field}, or leave it out to pay the full price.",
    };
}
