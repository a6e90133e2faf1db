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
}
