using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Control;

/// <summary>
/// What the gateway calls paid, settled and taken back, for reconciliation. Whole rupiah. `paid` counts an accepted capture on its day,
/// `settled` the settlement that follows; `reversed` is everything taken back after it was paid; net = paid - reversed.
/// </summary>
internal sealed record Truth(
    IReadOnlyList<TruthOfOrder> Orders, IReadOnlyList<TruthOfDay> Days, IReadOnlyList<MoneyMovement> Movements,
    long Paid, long Settled, long Reversed)
{
    public long Net => Paid - Reversed;

    public static Truth Of(GatewayState state, string? orderId)
    {
        var movements = state.Movements.Where(each => orderId is null || each.OrderId == orderId).ToList();
        var byTransaction = movements.ToLookup(each => each.TransactionId);
        return new Truth(
            [.. movements.GroupBy(each => each.OrderId).Select(group => new TruthOfOrder(
                group.Key, Sum(group, MovementKind.Paid), Sum(group, MovementKind.Settled), Sum(group, MovementKind.Reversed),
                state.Orders[group.Key].Transactions.ConvertAll(each => OfTransaction(each, byTransaction[each.Id].ToList()))))],
            [.. movements.GroupBy(each => Wib.Day(each.At)).OrderBy(group => group.Key).Select(group => new TruthOfDay(
                group.Key, Sum(group, MovementKind.Paid), Sum(group, MovementKind.Settled), Sum(group, MovementKind.Reversed)))],
            movements, Sum(movements, MovementKind.Paid), Sum(movements, MovementKind.Settled), Sum(movements, MovementKind.Reversed));
    }

    private static TruthOfTransaction OfTransaction(Transaction transaction, IReadOnlyList<MoneyMovement> movements) => new(
        transaction.Id, transaction.PaymentType, transaction.Status.Wire(), transaction.FraudStatus,
        Sum(movements, MovementKind.Paid), Sum(movements, MovementKind.Settled), Sum(movements, MovementKind.Reversed));

    private static long Sum(IEnumerable<MoneyMovement> movements, MovementKind kind) =>
        movements.Where(each => each.Kind == kind).Sum(each => each.Amount);
}

/// <summary>An order that money moved for, with all its transactions, also those that were never paid.</summary>
internal sealed record TruthOfOrder(
    string OrderId, long Paid, long Settled, long Reversed, IReadOnlyList<TruthOfTransaction> Transactions)
{
    public long Net => Paid - Reversed;
}

internal sealed record TruthOfTransaction(
    string TransactionId, string PaymentType, string Status, string? FraudStatus, long Paid, long Settled, long Reversed)
{
    public long Net => Paid - Reversed;
}

/// <summary>A day in Western Indonesia Time, as the gateway's statements count it.</summary>
internal sealed record TruthOfDay(DateOnly Date, long Paid, long Settled, long Reversed)
{
    public long Net => Paid - Reversed;
}
