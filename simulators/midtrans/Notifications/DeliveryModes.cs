namespace Platform.Simulators.Midtrans.Notifications;

/// <summary>How notifications misbehave on request. Everything off is the well-behaved gateway.</summary>
internal sealed record DeliveryModes
{
    public static readonly DeliveryModes WellBehaved = new();

    /// <summary>Only for notifications with one of these transaction_status values; empty means all.</summary>
    public List<string> Only { get; init; } = [];

    /// <summary>How many further copies of each notification are sent.</summary>
    public int Duplicate { get; init; }

    /// <summary>Sends the copies at the same time instead of one after the other.</summary>
    public bool Parallel { get; init; }

    public long DelayMs { get; init; }
    public bool Hold { get; init; }
    public bool Lose { get; init; }

    /// <summary>Keeps the notification back until a minute after the transaction's expiry time.</summary>
    public bool Late { get; init; }

    public bool WrongSignature { get; init; }

    /// <summary>Writes `PENDING` where `pending` is meant.</summary>
    public bool UpperCasePending { get; init; }

    public bool OmitFraudStatus { get; init; }
    public bool ExtraFields { get; init; }
    public bool OmitRefunds { get; init; }

    /// <summary>
    /// Makes the answers of GET status strange in the same ways. A pending one in upper case then has the code 200, as the gateway's
    /// documents show it for DANA and ShopeePay.
    /// </summary>
    public bool AlsoInStatus { get; init; }

    /// <summary>Replaces the text of gross_amount; the signature is made over the replacement.</summary>
    public string? GrossAmount { get; init; }

    public bool AppliesTo(string transactionStatus) =>
        Only.Count == 0 || Only.Contains(transactionStatus, StringComparer.OrdinalIgnoreCase);
}
