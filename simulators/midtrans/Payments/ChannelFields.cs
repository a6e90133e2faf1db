using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Qr;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>What each channel adds to the common fields, and where it shows.</summary>
internal static class ChannelFields
{
    public static void Write(GatewayState state, Transaction transaction, NewPayment payment, Chance chance)
    {
        switch (transaction.PaymentType)
        {
            case "bank_transfer":
                WriteAccount(state, transaction, payment, chance);
                break;
            case "echannel":
                transaction.Fields["biller_code"] = "70012";
                transaction.Fields["bill_key"] = chance.Number(state, "", 12);
                break;
            case "cstore":
                WriteCounter(state, transaction, chance);
                break;
            case "qris":
                WriteQris(state, transaction, payment, chance);
                break;
            case "gopay":
                WriteGoPay(transaction, payment);
                break;
            case "shopeepay":
                WriteShopeePay(state, transaction, payment, chance);
                break;
            case "credit_card":
                WriteCard(transaction, payment);
                break;
            default:
                transaction.ChargeFields["actions"] = new JsonArray(Deeplink(transaction, payment));
                break;
        }
    }

    private static void WriteAccount(GatewayState state, Transaction transaction, NewPayment payment, Chance chance)
    {
        var bank = transaction.Method.Bank!;
        var prefix = bank switch
        {
            "bca" => "812785",
            "bni" => "988",
            "bri" => "12345",
            "cimb" => "5919",
            "permata" => "8562",
            _ => "7777",
        };
        // A wished number becomes the end of the account number; the bank's prefix stays.
        var number = payment.Wishes.Text("va_number") is { } wished ? prefix + wished : chance.Number(state, prefix, 16);
        if (bank == "permata")
        {
            transaction.Fields["permata_va_number"] = number;
            return;
        }

        transaction.Fields["va_numbers"] = new JsonArray(new JsonObject { ["bank"] = bank, ["va_number"] = number });
        transaction.NotificationFields["payment_amounts"] = new JsonArray();
    }

    private static void WriteCounter(GatewayState state, Transaction transaction, Chance chance)
    {
        transaction.Fields["store"] = transaction.Method.Bank;
        transaction.Fields["payment_code"] = chance.Number(state, "2", 14);
        if (transaction.Method.Bank == "indomaret")
        {
            transaction.PaidFields["approval_code"] = chance.Digits(12);
        }
    }

    private static void WriteQris(GatewayState state, Transaction transaction, NewPayment payment, Chance chance)
    {
        var acquirer = payment.Method.Code switch
        {
            "shopeepay" => "airpay shopee",
            "gopay" => "gopay",
            _ => payment.Wishes.Text("acquirer") ?? "gopay",
        };
        var family = acquirer == "gopay" && payment.Method.Code == "gopay" ? "gopay" : "qris";
        transaction.Fields["acquirer"] = acquirer;
        transaction.ChargeFields["qr_string"] = QrisText.For(transaction.Id, transaction.GrossAmount);
        transaction.ChargeFields["actions"] = new JsonArray([.. QrActions(transaction, payment, family)]);
        transaction.PaidFields["issuer"] = acquirer;
        transaction.PaidFields["transaction_type"] = "on-us";
        transaction.PaidFields["merchant_cross_reference_id"] = Guid.CreateVersion7(transaction.CreatedAt).ToString();
        if (acquirer == "airpay shopee")
        {
            WriteShopeeReferences(state, transaction, chance);
        }
    }

    /// <summary>Says whose app paid a QR code: the acquirer's own, or that of another company.</summary>
    public static void WriteIssuer(Transaction transaction, string issuer)
    {
        transaction.PaidFields["issuer"] = issuer;
        transaction.PaidFields["transaction_type"] = issuer == transaction.Fields.Text("acquirer") ? "on-us" : "off-us";
    }

    private static void WriteGoPay(Transaction transaction, NewPayment payment)
    {
        var status = $"{payment.BaseUrl}/v2/{transaction.Id}/status";
        transaction.ChargeFields["channel_response_code"] = "200";
        transaction.ChargeFields["channel_response_message"] = "Success";
        transaction.ChargeFields["qr_string"] = QrisText.For(transaction.Id, transaction.GrossAmount);
        transaction.ChargeFields["actions"] = new JsonArray(
        [
            .. QrActions(transaction, payment, "gopay"),
            Deeplink(transaction, payment),
            Action("get-status", "GET", status),
            Action("cancel", "POST", $"{payment.BaseUrl}/v2/{transaction.Id}/cancel"),
        ]);
        transaction.PaidFields["payment_option_type"] = "GOPAY_WALLET";
    }

    private static void WriteShopeePay(GatewayState state, Transaction transaction, NewPayment payment, Chance chance)
    {
        transaction.ChargeFields["channel_response_code"] = "0";
        transaction.ChargeFields["channel_response_message"] = "success";
        transaction.ChargeFields["actions"] = new JsonArray(Deeplink(transaction, payment));
        WriteShopeeReferences(state, transaction, chance);
    }

    private static void WriteShopeeReferences(GatewayState state, Transaction transaction, Chance chance)
    {
        transaction.PaidFields["shopeepay_reference_number"] = chance.Number(state, "", 18);
        transaction.PaidFields["reference_id"] = Guid.CreateVersion7(transaction.CreatedAt).ToString();
    }

    private static void WriteCard(Transaction transaction, NewPayment payment)
    {
        var card = transaction.Card!;
        transaction.Fields["masked_card"] = card.MaskedCard;
        transaction.Fields["bank"] = payment.CardBank ?? "bni";
        transaction.Fields["card_type"] = card.CardType;
        transaction.Fields["on_us"] = false;
        transaction.NotificationFields["challenge_completion"] = card.ThreeDs;
        if (card.ThreeDs)
        {
            transaction.ChargeFields["redirect_url"] = $"{payment.BaseUrl}/v2/3ds/redirect/{transaction.Id}";
        }
    }

    private static IEnumerable<JsonNode> QrActions(Transaction transaction, NewPayment payment, string family)
    {
        var url = $"{payment.BaseUrl}/v2/{family}/{transaction.Id}/qr-code";
        return [Action("generate-qr-code", "GET", url), Action("generate-qr-code-v2", "GET", url)];
    }

    private static JsonObject Deeplink(Transaction transaction, NewPayment payment) =>
        Action("deeplink-redirect", "GET", $"{payment.BaseUrl}/wallet-app/{transaction.Id}");

    private static JsonObject Action(string name, string method, string url) =>
        new() { ["name"] = name, ["method"] = method, ["url"] = url };
}
