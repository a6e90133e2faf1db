using System.Text.Json;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>One transaction of the gateway that brought money in, and what has gone back of it.</summary>
internal sealed record GatewayPayment(string Id, Money Settled, Money Reversed);

/// <summary>What the gateway has of one order, added up over all its transactions by the words of its own answers.</summary>
/// <param name="Unclear">Why the sum cannot be believed; null when it can.</param>
/// <param name="Known">False when the gateway knows of no transaction under this order.</param>
internal sealed record GatewayFigures(IReadOnlyList<GatewayPayment> Payments, bool Known, string? Unclear)
{
    /// <summary>No real payment comes near it, and no entry of the ledger may exceed it.</summary>
    private const long MostRupiah = 1_000_000_000_000;

    public Money Settled { get; } = Payments.Aggregate(Money.Zero, (sum, payment) => sum + payment.Settled);
    public Money Reversed { get; } = Payments.Aggregate(Money.Zero, (sum, payment) => sum + payment.Reversed);

    /// <summary>What the gateway still has for us.</summary>
    public Money Net => Settled.Minus(Reversed)!.Value;

    public static GatewayFigures Of(Guid orderId, string merchant, IReadOnlyList<GatewayAnswer.Found> answers)
    {
        List<GatewayPayment> payments = [];
        string? unclear = null;
        foreach (var answer in answers)
        {
            var said = answer.Transaction;
            if (said.Verdict() is PaymentVerdict.Waiting or PaymentVerdict.AttemptFailed or PaymentVerdict.Ended)
                continue;
            if (Read(said, answer.Raw, merchant) is { } payment)
                payments.Add(payment);
            else
                unclear = $"Transaction {said.TransactionId} is {Word(said.Status)}, {Word(said.GrossAmount)} {Word(said.Currency)}.";
        }

        return new(payments, answers.Any(answer => answer.Transaction.OrderId == orderId.ToString()), unclear);
    }

    public string Describe() => string.Join(' ',
        Payments.Select(payment => $"Transaction {payment.Id} brought {payment.Settled} and gave back {payment.Reversed}.")
            .Take(5).Append(Unclear).OfType<string>());

    private static GatewayPayment? Read(GatewayTransaction said, string raw, string merchant)
    {
        var gross = GatewayTransaction.WholeRupiah(said.GrossAmount);
        if (gross is not (> 0 and <= MostRupiah) || said.Currency != "IDR" || (said.MerchantId is not null && said.MerchantId != merchant))
            return null;
        long? reversed = said.Verdict() switch
        {
            PaymentVerdict.Paid => 0,
            // The cumulative sum. Without one a whole refund is the whole amount, and a part is anybody's guess.
            PaymentVerdict.Reversed => RefundAmount(raw) ?? (said.Status is "refund" or "chargeback" ? gross : null),
            _ => null,
        };
        return reversed >= (said.Verdict() == PaymentVerdict.Reversed ? 1 : 0) && reversed <= gross
            ? new(said.TransactionId!, Money.Idr(gross.Value), Money.Idr(reversed.Value))
            : null;
    }

    private static long? RefundAmount(string raw)
    {
        using var body = JsonDocument.Parse(raw);
        return body.RootElement.TryGetProperty("refund_amount", out var amount)
            ? GatewayTransaction.WholeRupiah(amount.ValueKind == JsonValueKind.Number ? amount.GetRawText() : amount.ToString())
            : null;
    }

    // What comes from outside is shown only as far as it looks like what it should be.
    private static string Word(string? text) => GatewayTransaction.IsId(text) ? text! : "?";
}
