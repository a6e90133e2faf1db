using System.Text.Json;

namespace Platform.Simulators.Midtrans.Payments;

internal enum TransactionStatus
{
    Authorize,
    Capture,
    Settlement,
    Pending,
    Deny,
    Cancel,
    Expire,
    Failure,
    Refund,
    PartialRefund,
    Chargeback,
    PartialChargeback,
}

internal static class TransactionStatuses
{
    public static string Wire(this TransactionStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    /// <summary>The table of legal moves: what is not named here is refused with 412.</summary>
    public static bool MayBecome(this TransactionStatus from, TransactionStatus to) => from switch
    {
        TransactionStatus.Pending => to is TransactionStatus.Settlement or TransactionStatus.Deny or TransactionStatus.Cancel
            or TransactionStatus.Expire or TransactionStatus.Capture or TransactionStatus.Authorize or TransactionStatus.Failure,
        TransactionStatus.Authorize => to is TransactionStatus.Capture or TransactionStatus.Cancel or TransactionStatus.Deny
            or TransactionStatus.Expire,
        // Deny is only reached from a challenged capture; the caller looks at the fraud status.
        TransactionStatus.Capture => to is TransactionStatus.Settlement or TransactionStatus.Cancel or TransactionStatus.Deny,
        TransactionStatus.Settlement => to is TransactionStatus.Refund or TransactionStatus.PartialRefund or TransactionStatus.Chargeback
            or TransactionStatus.PartialChargeback or TransactionStatus.Deny,
        TransactionStatus.PartialRefund => to is TransactionStatus.PartialRefund or TransactionStatus.Refund,
        TransactionStatus.PartialChargeback => to is TransactionStatus.Chargeback,
        _ => false,
    };

    /// <summary>The status_code of GET status. Not established for deny and chargeback: 202 and 200 are our choice.</summary>
    public static string StatusCode(this Transaction transaction) => transaction.Status switch
    {
        TransactionStatus.Pending when transaction.MethodCode == "dana" => "200",
        TransactionStatus.Pending => "201",
        TransactionStatus.Capture when transaction.FraudStatus == "challenge" => "201",
        TransactionStatus.Expire => "407",
        TransactionStatus.Deny or TransactionStatus.Failure => "202",
        _ => "200",
    };

    /// <summary>The status_code of a notification, which differs from GET status for expire and cancel.</summary>
    public static string NotificationCode(this Transaction transaction) => transaction.Status switch
    {
        TransactionStatus.Pending => "201",
        TransactionStatus.Capture when transaction.FraudStatus == "challenge" => "201",
        TransactionStatus.Expire or TransactionStatus.Cancel or TransactionStatus.Deny or TransactionStatus.Failure => "202",
        _ => "200",
    };
}
