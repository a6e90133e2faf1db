namespace Platform.Simulators.Midtrans.State;

internal enum MovementKind
{
    /// <summary>The money counts as paid: settlement, or an accepted capture.</summary>
    Paid,

    /// <summary>The gateway has the money. For a card this follows the capture and adds nothing to it.</summary>
    Settled,

    /// <summary>Paid money that was taken back: reversal, cancelled capture, refund or chargeback.</summary>
    Reversed,
}

/// <summary>What happened to real money, as the gateway sees it. Amount in whole rupiah.</summary>
internal sealed record MoneyMovement(
    DateTimeOffset At, string OrderId, string TransactionId, MovementKind Kind, long Amount, string Reason);
