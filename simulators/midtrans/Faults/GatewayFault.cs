namespace Platform.Simulators.Midtrans.Faults;

internal enum FaultMode
{
    /// <summary>Answers 500 and does nothing.</summary>
    Error500,

    /// <summary>Answers 503 and does nothing.</summary>
    Error503,

    /// <summary>Answers 504 after a minute and does nothing.</summary>
    Timeout,

    /// <summary>Never answers and does nothing.</summary>
    Hang,

    /// <summary>Cuts the connection and does nothing.</summary>
    Disconnect,

    /// <summary>Does what was asked, then cuts the connection.</summary>
    DisconnectAfterEffect,

    /// <summary>Does what was asked, then never answers.</summary>
    HangAfterEffect,

    /// <summary>Refunds only: the bank says no (body 202, status unchanged).</summary>
    Denied,

    /// <summary>Refunds only: the merchant's payable balance is too small (body 414, status unchanged).</summary>
    InsufficientBalance,
}

/// <summary>The next <see cref="Remaining"/> calls of a kind go wrong. Kind `any` matches every call.</summary>
internal sealed class GatewayFault
{
    public required string Kind { get; init; }
    public required FaultMode Mode { get; init; }
    public required int Remaining { get; set; }
}
