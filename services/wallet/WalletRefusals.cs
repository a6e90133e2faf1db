using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>Everything that wallet says no to. The codes are public: never renamed, never reused.</summary>
internal static class WalletRefusals
{
    // Over HTTP.
    public static readonly Refusal TransactionNotFound = new("TRANSACTION_NOT_FOUND", 404, "There is no such transaction");
    public static readonly Refusal NotPending = new("NOT_PENDING", 409, "Only a pending top-up can be cancelled");
    public static readonly Refusal TooManyPending = new("TOO_MANY_PENDING", 409, "Too many top-ups wait for their payment");
    public static readonly Refusal InvalidRange = new("INVALID_RANGE", 400, "The end of a range lies before its start");
    public static readonly Refusal InvalidCursor = new("INVALID_CURSOR", 400, "The cursor is not one that this list gave out");
    public static readonly Refusal GatewayUnavailable = new("GATEWAY_UNAVAILABLE", 502, "The payment gateway did not open the payment");
    public static readonly Refusal GatewayTimeout = new("GATEWAY_TIMEOUT", 504, "The payment gateway did not answer in time");
    public static readonly Refusal DateAhead = new("DATE_AHEAD", 400, "The date has not begun yet");

    // To administrators.
    public static readonly Refusal UserNotFound = new("USER_NOT_FOUND", 404, "There is no such user");
    public static readonly Refusal WouldGoNegative = new("WOULD_GO_NEGATIVE", 409, "The wallet does not hold as much as is to be deducted");
    public static readonly Refusal ApprovalNotFound = new("APPROVAL_NOT_FOUND", 404, "There is no such request for approval");
    public static readonly Refusal SelfApproval = new("SELF_APPROVAL", 403, "Nobody approves what they have asked for themselves");
    public static readonly Refusal AlreadyDecided = new("ALREADY_DECIDED", 409, "The request has been decided");
    public static readonly Refusal BulkInvalid = new("BULK_INVALID", 400, "Some of the adjustments are not as they must be");

    // To the payment gateway.
    public static readonly Refusal MalformedNotification = new("MALFORMED_NOTIFICATION", 400, "The notification could not be read");
    public static readonly Refusal NotificationTooLarge = new("NOTIFICATION_TOO_LARGE", 413, "The notification is too large");
    public static readonly Refusal BadSignature = new("BAD_SIGNATURE", 401, "The notification is not signed by the payment gateway");
    public static readonly Refusal UnknownOrder = new("UNKNOWN_ORDER", 404, "There is no such order");
    public static readonly Refusal AmountMismatch = new("AMOUNT_MISMATCH", 422, "The paid amount is not the amount of the order");
    public static readonly Refusal NotConfirmed = new("NOT_CONFIRMED", 503, "The payment could not be confirmed just now");

    // On the bus; the status is what a caller over HTTP would see.
    public static readonly Refusal InsufficientCredit = new("INSUFFICIENT_CREDIT", 402, "The wallet does not hold enough credit");
    public static readonly Refusal WalletInDebt = new("WALLET_IN_DEBT", 402, "A payment was taken back; the wallet owes money");
    public static readonly Refusal HoldExpired = new("HOLD_EXPIRED", 409, "The hold ran out before it was captured");
    public static readonly Refusal HoldEnded = new("HOLD_ENDED", 409, "The hold has ended");
    public static readonly Refusal HoldUnknown = new("HOLD_UNKNOWN", 404, "There is no such hold");

    // Coupons, over HTTP and on the bus.
    public static readonly Refusal AlreadyRedeemed = new("ALREADY_REDEEMED", 409, "You have used this coupon as often as one user may");
    public static readonly Refusal CouponUnknown = new("COUPON_UNKNOWN", 422, "The coupon is not known");
    public static readonly Refusal CouponNotActive = new("COUPON_NOT_ACTIVE", 422, "The coupon is not active");
    public static readonly Refusal CouponNotYetValid = new("COUPON_NOT_YET_VALID", 422, "The coupon cannot be used yet");
    public static readonly Refusal CouponExpired = new("COUPON_EXPIRED", 422, "The coupon has ended");
    public static readonly Refusal CouponUsedUp = new("COUPON_USED_UP", 422, "The coupon is used up");
    public static readonly Refusal CouponWrongType = new("COUPON_WRONG_TYPE", 422, "The coupon is not for this");
    public static readonly Refusal CouponWrongService = new("COUPON_WRONG_SERVICE", 422, "The coupon is for another service");
    public static readonly Refusal CouponWrongPlan = new("COUPON_WRONG_PLAN", 422, "The coupon is for another type of plan");
    public static readonly Refusal RedemptionEnded = new("REDEMPTION_ENDED", 409, "The reservation of the coupon has ended");
    public static readonly Refusal TooManyAttempts = new("TOO_MANY_ATTEMPTS", 429, "Too many coupon codes were tried in a short time");

    // To administrators of coupons.
    public static readonly Refusal CouponNotFound = new("COUPON_NOT_FOUND", 404, "There is no such coupon");
    public static readonly Refusal CouponCodeTaken = new("COUPON_CODE_TAKEN", 409, "There is a coupon with this code already");
    public static readonly Refusal CouponRedeemed = new("COUPON_REDEEMED", 409, "The coupon has been used");
    public static readonly Refusal CouponMaxUsesTooLow = new("COUPON_MAX_USES_TOO_LOW", 409, "The coupon has more uses than that");
    public static readonly Refusal ChargeUnknown = new("CHARGE_UNKNOWN", 404, "There is no such charge");
    public static readonly Refusal ExceedsRefundable = new("EXCEEDS_REFUNDABLE", 409, "The refund is more than what is left of the charge");
}
