using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>What a card transaction does by itself when its time comes.</summary>
internal enum NextStep
{
    SettleCapture,
    GiveUpChallenge,
    AcceptCard,
}

internal sealed class Transaction
{
    public required string Id { get; init; }
    public required string OrderId { get; init; }
    public required string MethodCode { get; init; }

    /// <summary>May differ from the method's own: a GoPay payment by QR code arrives as `qris`.</summary>
    public required string PaymentType { get; init; }

    public required long GrossAmount { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public TransactionStatus Status { get; set; } = TransactionStatus.Pending;
    public string? FraudStatus { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>When the money counted as paid: settlement, or an accepted capture.</summary>
    public DateTimeOffset? PaidAt { get; set; }

    public string? SnapToken { get; init; }

    /// <summary>Where a wallet's app or the bank's page sends the customer afterwards.</summary>
    public string? ReturnUrl { get; init; }

    public CardUse? Card { get; init; }
    public NextStep? NextStep { get; set; }
    public DateTimeOffset? NextStepAt { get; set; }

    /// <summary>Fields of the channel that the charge answer, the status and the notifications all show.</summary>
    public JsonObject Fields { get; init; } = [];

    /// <summary>Fields of the charge answer only (actions, redirect_url).</summary>
    public JsonObject ChargeFields { get; init; } = [];

    /// <summary>Fields of notifications only.</summary>
    public JsonObject NotificationFields { get; init; } = [];

    /// <summary>Fields that appear once the customer has paid.</summary>
    public JsonObject PaidFields { get; init; } = [];

    /// <summary>custom_field1..3, metadata and the like: handed back as they came.</summary>
    public JsonObject Echo { get; init; } = [];

    public List<Refund> Refunds { get; init; } = [];
    public List<string> OverrideUrls { get; init; } = [];
    public List<string> AppendUrls { get; init; } = [];
    public List<StatusChange> History { get; init; } = [];

    [JsonIgnore] public PaymentMethod Method => PaymentMethod.Of(MethodCode);
    [JsonIgnore] public string Gross => Rupiah.Format(GrossAmount);
    [JsonIgnore] public long RefundedAmount => Refunds.Sum(refund => refund.Amount);

    /// <summary>How many days after its settlement it can be refunded. A QR code has other periods than the app behind it.</summary>
    [JsonIgnore] public int RefundDays => MethodCode switch
    {
        "gopay" when PaymentType == "qris" => 180,
        "other_qris" when PaidFields.Text("transaction_type") == "on-us" => 45,
        _ => Method.RefundDays,
    };

    [JsonIgnore] public bool IsChallenged => Status == TransactionStatus.Capture && FraudStatus == "challenge";
    [JsonIgnore] public bool IsOpen => Status is TransactionStatus.Pending or TransactionStatus.Authorize || IsChallenged;
    [JsonIgnore] public bool IsPaid => PaidAt is not null
        && Status is TransactionStatus.Settlement or TransactionStatus.Capture or TransactionStatus.PartialRefund
            or TransactionStatus.PartialChargeback;

    /// <summary>Paid, or paid and given back since: the order cannot be paid again. A reversed payment can.</summary>
    [JsonIgnore] public bool IsProcessed => IsPaid || Status is TransactionStatus.Refund or TransactionStatus.Chargeback;
}

internal sealed record StatusChange(DateTimeOffset At, TransactionStatus Status, string? FraudStatus);

/// <summary>What is remembered of a card: never its number.</summary>
internal sealed record CardUse(string MaskedCard, string CardType, CardOutcome Outcome, bool ThreeDs, bool AuthorizeOnly);

internal enum CardOutcome
{
    Accept,
    DeniedByBank,
    DeniedByFraudDetection,
    Challenge,
    AcceptedLater,
}

/// <summary>Money given back, by refund or chargeback. Amounts in whole rupiah.</summary>
internal sealed class Refund
{
    public required long Id { get; init; }
    public required long Amount { get; init; }
    public required string Key { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? Reason { get; init; }
    public bool IsChargeback { get; init; }

    /// <summary>When the bank will confirm, until it has.</summary>
    public DateTimeOffset? ConfirmAt { get; set; }

    public DateTimeOffset? BankConfirmedAt { get; set; }
}
