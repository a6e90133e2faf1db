using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Notifications;

/// <summary>A transaction as the gateway shows it: in answers, in GET status and in notifications. All values are text.</summary>
internal sealed class TransactionBodies(SimulatorOptions options)
{
    public JsonObject Charge(Transaction transaction)
    {
        var body = Common(transaction, transaction.NotificationCode(), ChargeMessages.Of(transaction));
        body.Take(transaction.ChargeFields);
        return body;
    }

    /// <summary>The answer to a question; strange where an order's modes ask for that.</summary>
    public JsonObject Asked(Transaction transaction, DeliveryModes modes)
    {
        if (!modes.AlsoInStatus)
        {
            return Status(transaction);
        }

        var upperCase = modes.UpperCasePending && transaction.Status == TransactionStatus.Pending;
        var body = Status(transaction, code: upperCase ? "200" : null);
        if (modes.OmitRefunds)
        {
            body.Remove("refunds");
        }

        Misbehave(body, modes);
        return body;
    }

    public JsonObject Status(Transaction transaction, string message = "Success, transaction is found", string? code = null)
    {
        var body = Common(transaction, code ?? transaction.StatusCode(), message);
        if (transaction.MethodCode == "dana" && transaction.Status == TransactionStatus.Pending)
        {
            body["transaction_status"] = "PENDING";
        }

        PaidPart(body, transaction, withRefunds: true);
        body.Take(transaction.Echo);
        Sign(body);
        return body;
    }

    public JsonObject Notification(Transaction transaction, DeliveryModes modes)
    {
        var body = Common(transaction, transaction.NotificationCode(), "midtrans payment notification");
        body.Take(transaction.NotificationFields);
        PaidPart(body, transaction, withRefunds: !modes.OmitRefunds);
        body.Take(transaction.Echo);
        if (transaction.Method.NamesItselfAsOrder)
        {
            body["order_id"] = transaction.Id;
        }

        Misbehave(body, modes);
        return body;
    }

    /// <summary>What the dashboard's "test notification" button sends: an order that GET status does not know.</summary>
    public JsonObject TestNotification(DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now).ToString();
        var body = new JsonObject
        {
            ["transaction_time"] = Wib.Format(now),
            ["transaction_status"] = "settlement",
            ["transaction_id"] = id,
            ["status_message"] = "midtrans payment notification",
            ["status_code"] = "200",
            ["settlement_time"] = Wib.Format(now),
            ["payment_type"] = "credit_card",
            ["order_id"] = $"payment_notif_test_{options.MerchantId}_{id}",
            ["merchant_id"] = options.MerchantId,
            ["gross_amount"] = "105000.00",
            ["fraud_status"] = "accept",
            ["currency"] = "IDR",
        };
        Sign(body);
        return body;
    }

    private JsonObject Common(Transaction transaction, string code, string message)
    {
        var body = new JsonObject
        {
            ["status_code"] = code,
            ["status_message"] = message,
            ["transaction_id"] = transaction.Id,
            ["order_id"] = transaction.OrderId,
            ["merchant_id"] = options.MerchantId,
            ["gross_amount"] = transaction.Gross,
            ["currency"] = "IDR",
            ["payment_type"] = transaction.PaymentType,
            ["transaction_time"] = Wib.Format(transaction.CreatedAt),
            ["transaction_status"] = transaction.Status.Wire(),
        };
        body.Put("fraud_status", transaction.FraudStatus);
        body.Put("expiry_time", transaction.ExpiresAt is { } at ? Wib.Format(at) : null);
        body.Take(transaction.Fields);
        return body;
    }

    private static void PaidPart(JsonObject body, Transaction transaction, bool withRefunds)
    {
        if (transaction.PaidAt is not null)
        {
            body.Take(transaction.PaidFields);
        }

        body.Put("settlement_time", transaction.SettledAt is { } at ? Wib.Format(at) : null);
        if (transaction.Refunds.Count == 0)
        {
            return;
        }

        body["refund_amount"] = Rupiah.Format(transaction.RefundedAmount);
        if (withRefunds)
        {
            body["refunds"] = new JsonArray([.. transaction.Refunds.Select(RefundEntry)]);
        }
    }

    private static JsonObject RefundEntry(Refund refund)
    {
        var entry = new JsonObject
        {
            ["refund_chargeback_id"] = refund.Id,
            ["refund_amount"] = Rupiah.Format(refund.Amount),
            ["created_at"] = Wib.Format(refund.CreatedAt),
            ["refund_key"] = refund.Key,
        };
        entry.Put("reason", refund.Reason);
        entry.Put("bank_confirmed_at", refund.BankConfirmedAt is { } at ? Wib.Format(at) : null);
        return entry;
    }

    private void Misbehave(JsonObject body, DeliveryModes modes)
    {
        if (modes.GrossAmount is { } grossAmount)
        {
            body["gross_amount"] = grossAmount;
        }

        Sign(body, modes.WrongSignature ? "not-the-key-of-this-merchant" : null);
        if (modes.UpperCasePending && body.Text("transaction_status") == "pending")
        {
            body["transaction_status"] = "PENDING";
        }

        if (modes.OmitFraudStatus)
        {
            body.Remove("fraud_status");
        }

        if (modes.ExtraFields)
        {
            body["a_field_of_tomorrow"] = "unknown";
            body["another_field_of_tomorrow"] = new JsonObject { ["nested"] = new JsonArray(1, true, null) };
        }
    }

    private void Sign(JsonObject body, string? key = null) => body["signature_key"] = Signature.Of(
        body.Text("order_id")!, body.Text("status_code")!, body.Text("gross_amount")!, key ?? options.ServerKey);
}
