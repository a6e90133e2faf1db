using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// What Midtrans says of one transaction, in a notification or in answer to a status query. Absent members are null, unknown ones are
/// ignored, because Midtrans leaves out what it does not know and adds new ones at any time.
/// </summary>
internal sealed partial record GatewayTransaction(
    string? TransactionId, string? OrderId, string? Status, string? FraudStatus, string? PaymentType, string? TransactionTime,
    string? StatusCode, string? GrossAmount, string? Currency, string? MerchantId, string? SignatureKey)
{
    /// <summary>What was taken back of it so far, all refunds together.</summary>
    public string? RefundAmount { get; init; }

    /// <summary>The refunds that it names; Midtrans may leave out some, or all.</summary>
    public IReadOnlyList<GatewayRefund> Refunds { get; init; } = [];

    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null when the text is not one JSON object, each member given once.</summary>
    public static GatewayTransaction? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Once);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape, is valid JSON and yet no text.
            return null;
        }
    }

    /// <summary>Whole rupiah, or null: <c>"10000.00"</c> is an amount, <c>"1e4"</c> and <c>"10000.50"</c> are not.</summary>
    public static long? WholeRupiah(string? amount) =>
        decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact)
        && exact == decimal.Truncate(exact) && exact is >= 0 and <= long.MaxValue
            ? (long)exact
            : null;

    /// <summary>
    /// True for what may stand as one segment of a path. It begins with a letter or digit, so that it is never <c>..</c>.
    /// </summary>
    public static bool IsId(string? id) => id is not null && IdPattern().IsMatch(id);

    private static GatewayTransaction Of(JsonElement body) => new(
        Text(body, "transaction_id"), Text(body, "order_id"),
        // One channel answers in capitals.
        Text(body, "transaction_status")?.ToLowerInvariant(),
        Text(body, "fraud_status")?.ToLowerInvariant(), Text(body, "payment_type"), Text(body, "transaction_time"),
        Text(body, "status_code"), Text(body, "gross_amount"), Text(body, "currency"), Text(body, "merchant_id"),
        Text(body, "signature_key"))
    {
        RefundAmount = Text(body, "refund_amount"),
        Refunds = body.TryGetProperty("refunds", out var refunds) && refunds.ValueKind == JsonValueKind.Array
            ? [.. refunds.EnumerateArray().Select(Refund)]
            : [],
    };

    private static GatewayRefund Refund(JsonElement entry) => entry.ValueKind != JsonValueKind.Object
        ? new(null, null)
        : new(
            entry.TryGetProperty("refund_chargeback_id", out var id) && id.ValueKind == JsonValueKind.Number
                && id.TryGetInt64(out var number) ? number : null,
            WholeRupiah(Text(entry, "refund_amount")));

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IdPattern();
}

/// <summary>One refund or chargeback by the gateway's own number; null is what it did not say, or not so that it could be read.</summary>
/// <param name="Amount">Whole rupiah.</param>
internal sealed record GatewayRefund(long? Id, long? Amount);

/// <summary>What a transaction's state means for the order's money.</summary>
internal enum PaymentVerdict
{
    Waiting,
    Paid,

    /// <summary>This attempt failed, but the customer may try again on the same page.</summary>
    AttemptFailed,

    /// <summary>The gateway has closed the transaction.</summary>
    Ended,

    /// <summary>Money that had been paid went back, wholly or in part.</summary>
    Reversed,

    /// <summary>A state that we have never heard of.</summary>
    Unknown,
}

internal static class Verdicts
{
    public static PaymentVerdict Verdict(this GatewayTransaction transaction) => (transaction.Status, transaction.FraudStatus) switch
    {
        ("settlement" or "capture", null or "accept") => PaymentVerdict.Paid,
        // A challenged card is paid only once it was approved; until then the money may go back.
        ("settlement" or "capture", "challenge") => PaymentVerdict.Waiting,
        ("settlement" or "capture", "deny") => PaymentVerdict.AttemptFailed,
        ("pending" or "authorize", _) => PaymentVerdict.Waiting,
        ("deny" or "failure", _) => PaymentVerdict.AttemptFailed,
        // For a card "expired" only says that the bank's confirmation page was left.
        ("expire", _) => transaction.PaymentType == "credit_card" ? PaymentVerdict.AttemptFailed : PaymentVerdict.Ended,
        ("cancel", _) => PaymentVerdict.Ended,
        ("refund" or "partial_refund" or "chargeback" or "partial_chargeback", _) => PaymentVerdict.Reversed,
        _ => PaymentVerdict.Unknown,
    };

    /// <summary>True for states that can take back money which an order had already brought in.</summary>
    public static bool MayTakeBack(this GatewayTransaction transaction) =>
        transaction.Verdict() == PaymentVerdict.Unknown || transaction.TakesBack() is not null;

    /// <summary>How this transaction, had it been paid, would have lost its money again; null when it would not.</summary>
    public static ReversalKind? TakesBack(this GatewayTransaction transaction) => (transaction.Status, transaction.FraudStatus) switch
    {
        ("refund" or "partial_refund", _) => ReversalKind.Refund,
        ("chargeback" or "partial_chargeback", _) => ReversalKind.Chargeback,
        ("cancel", _) => ReversalKind.Cancel,
        ("deny", _) or ("settlement" or "capture", "deny") => ReversalKind.Deny,
        _ => null,
    };

    /// <summary>
    /// How much of a payment the gateway has taken back by now, or null when its word does not say so for certain. A denial and a
    /// cancellation take all; a refund and a chargeback name the sum of all so far, and mean all when they name none.
    /// </summary>
    public static Money? TakenBack(this GatewayTransaction transaction, Money paid) =>
        (transaction.TakesBack(), transaction.RefundAmount, transaction.Status) switch
        {
            (null, _, _) => Money.Zero,
            (ReversalKind.Deny or ReversalKind.Cancel, _, _) => paid,
            (_, null, "refund" or "chargeback") => paid,
            (_, { } named, _) when GatewayTransaction.WholeRupiah(named) is { } sum && sum > 0 && sum <= paid.Rupiah => Money.Idr(sum),
            _ => null,
        };
}
