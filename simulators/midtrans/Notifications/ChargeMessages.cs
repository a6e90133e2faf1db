using Platform.Simulators.Midtrans.Payments;

namespace Platform.Simulators.Midtrans.Notifications;

internal static class ChargeMessages
{
    public static string Of(Transaction transaction) => transaction.PaymentType switch
    {
        "credit_card" => OfCard(transaction),
        "bank_transfer" when transaction.Method.Bank == "permata" => "Success, PERMATA VA transaction is successful",
        "bank_transfer" => "Success, Bank Transfer transaction is created",
        "echannel" => "OK, Mandiri Bill transaction is successful",
        "gopay" => "GoPay transaction is created",
        "shopeepay" => "ShopeePay transaction is created",
        "qris" => "QRIS transaction is created",
        "cstore" => "Success, cstore transaction is successful",
        _ => $"{transaction.Method.Title} transaction is created",
    };

    private static string OfCard(Transaction transaction) => transaction.Status switch
    {
        TransactionStatus.Deny when transaction.FraudStatus == "deny" => "Transaction is denied by the fraud detection system.",
        TransactionStatus.Deny => "Transaction is denied by the bank.",
        _ => "Success, Credit Card transaction is successful",
    };
}
