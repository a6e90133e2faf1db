using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Control;

/// <summary>
/// Plays the bank and the merchant's staff once the customer has done their part: captures, settlements, reversals, refunds and
/// chargebacks. Called inside the gateway's lock; null means that it is done.
/// </summary>
internal sealed class BankControl(Lifecycle lifecycle)
{
    /// <summary>The merchant's staff accepts a challenged card on the dashboard.</summary>
    public ControlRefusal? Approve(GatewayState state, Order order, ControlWish wish) =>
        OrderControl.Named(state, order, wish) is { } transaction && lifecycle.Approve(state, transaction)
            ? null
            : new(409, "Only a challenged capture can be approved.");

    /// <summary>Takes the money of an authorised card, all of it or less.</summary>
    public ControlRefusal? Capture(GatewayState state, Order order, ControlWish wish)
    {
        if (OrderControl.Named(state, order, wish) is not { Status: TransactionStatus.Authorize } transaction)
        {
            return new(409, "Only an authorised card can be captured.");
        }

        var amount = wish.Amount ?? transaction.GrossAmount;
        if (amount <= 0 || amount > transaction.GrossAmount)
        {
            return new(409, "The amount must be positive and at most what was authorised.");
        }

        transaction.GrossAmount = amount;
        return OrderControl.Done(lifecycle.Move(state, transaction, TransactionStatus.Capture, "accept"));
    }

    /// <summary>Settles a captured card before its time.</summary>
    public ControlRefusal? Settle(GatewayState state, Order order, ControlWish wish) =>
        OrderControl.Named(state, order, wish) is { Status: TransactionStatus.Capture, FraudStatus: "accept" } transaction
            ? OrderControl.Done(lifecycle.Move(state, transaction, TransactionStatus.Settlement))
            : new(409, "Only an accepted capture can be settled.");

    /// <summary>The bank takes a settlement back.</summary>
    public ControlRefusal? Reverse(GatewayState state, Order order, ControlWish wish) => OrderControl.Named(state, order, wish) switch
    {
        { Method.Reversible: false } => new(409, "Only Permata, Mandiri bill and Indomaret payments are ever reversed."),
        { Status: TransactionStatus.Settlement } transaction =>
            OrderControl.Done(lifecycle.Move(state, transaction, TransactionStatus.Deny, reason: "reversal")),
        _ => OrderControl.NotNow,
    };

    /// <summary>A refund made by the merchant's staff on the dashboard.</summary>
    public ControlRefusal? Refund(GatewayState state, Order order, ControlWish wish)
    {
        if (OrderControl.Named(state, order, wish)
            is not { Status: TransactionStatus.Settlement or TransactionStatus.PartialRefund } transaction)
        {
            return OrderControl.NotNow;
        }

        return transaction.Method.Refunds == RefundRule.None
            ? new(409, $"{transaction.Method.Title} gives no money back.")
            : GiveBack(state, transaction, wish, chargeback: false, transaction.Method.Refunds == RefundRule.FullOnly);
    }

    /// <summary>The bank confirms a refund now instead of ten minutes later: the second notification of the refund.</summary>
    public ControlRefusal? ConfirmRefund(GatewayState state, Order order, ControlWish wish)
    {
        var refund = OrderControl.Named(state, order, wish) is { } transaction
            ? transaction.Refunds.Find(each => each.ConfirmAt is not null && (wish.Key is null || each.Key == wish.Key))
            : null;
        if (refund is null)
        {
            return new(409, "No refund of the order waits for its bank.");
        }

        lifecycle.Confirm(state, OrderControl.Named(state, order, wish)!, refund);
        return null;
    }

    /// <summary>The card's holder disputes the payment.</summary>
    public ControlRefusal? Chargeback(GatewayState state, Order order, ControlWish wish) => OrderControl.Named(state, order, wish) switch
    {
        { Method.IsCard: false } => new(409, "Only cards are charged back."),
        { Status: TransactionStatus.Settlement or TransactionStatus.PartialChargeback } transaction =>
            GiveBack(state, transaction, wish, chargeback: true, fullOnly: false),
        _ => OrderControl.NotNow,
    };

    private ControlRefusal? GiveBack(GatewayState state, Transaction transaction, ControlWish wish, bool chargeback, bool fullOnly)
    {
        var left = transaction.GrossAmount - transaction.RefundedAmount;
        var amount = wish.Amount ?? left;
        if (amount <= 0 || amount > left || (fullOnly && amount != transaction.GrossAmount))
        {
            return new(409, "The amount is more than is left, or this channel gives back everything or nothing.");
        }

        if (chargeback && transaction.Status == TransactionStatus.PartialChargeback && amount != left)
        {
            return new(409, "A partial chargeback can only be followed by the chargeback of the rest.");
        }

        lifecycle.GiveBack(state, transaction, amount, wish.Key, wish.Reason, chargeback);
        return null;
    }
}
