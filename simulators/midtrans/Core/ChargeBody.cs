using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>Reads the body of a charge.</summary>
internal static class ChargeBody
{
    /// <summary>The method that payment_type and its object stand for; null when the pair is unknown.</summary>
    public static PaymentMethod? Method(JsonObject body) => body.Text("payment_type") switch
    {
        "bank_transfer" when !body.Has("bank_transfer") => PaymentMethod.Of("permata_va"),
        "bank_transfer" => body.Object("bank_transfer").Text("bank")?.ToLowerInvariant() switch
        {
            "bca" => PaymentMethod.Of("bca_va"),
            "bni" => PaymentMethod.Of("bni_va"),
            "bri" => PaymentMethod.Of("bri_va"),
            "cimb" => PaymentMethod.Of("cimb_va"),
            "permata" => PaymentMethod.Of("permata_va"),
            _ => null,
        },
        "permata" => PaymentMethod.Of("permata_va"),
        "echannel" => PaymentMethod.Of("echannel"),
        "gopay" => PaymentMethod.Of("gopay"),
        "shopeepay" => PaymentMethod.Of("shopeepay"),
        "qris" => PaymentMethod.Of("other_qris"),
        "credit_card" => PaymentMethod.Of("credit_card"),
        "cstore" => body.Object("cstore").Text("store")?.ToLowerInvariant() switch
        {
            "indomaret" => PaymentMethod.Of("indomaret"),
            "alfamart" => PaymentMethod.Of("alfamart"),
            _ => null,
        },
        _ => null,
    };

    public static JsonObject Wishes(JsonObject body) => body.Object(body.Text("payment_type") ?? "") ?? [];

    /// <summary>What the method object itself must hold.</summary>
    public static void CheckMethodObject(JsonObject body, List<string> problems)
    {
        switch (body.Text("payment_type"))
        {
            case null or "":
                problems.Add("payment_type is required");
                return;
            case "shopeepay" when body.Object("shopeepay") is null:
                problems.Add("shopeepay is required");
                return;
            case "echannel" when body.Object("echannel") is not { } bill || !bill.Has("bill_info1") || !bill.Has("bill_info2"):
                problems.Add("echannel.bill_info1 and echannel.bill_info2 are required");
                return;
            case "credit_card" when body.Object("credit_card") is null:
                problems.Add("credit_card is required");
                return;
            case "qris" when body.Object("qris").Text("acquirer") is { } acquirer && acquirer is not ("gopay" or "airpay shopee"):
                problems.Add("qris.acquirer must be gopay or airpay shopee");
                return;
        }

        if (Method(body) is null)
        {
            problems.Add("payment_type is not supported, or its bank or store is unknown");
        }
    }

    /// <summary>`custom_expiry`: the clock starts at order_time, or now.</summary>
    /// <returns>Null when there is none; otherwise when the transaction ends.</returns>
    public static DateTimeOffset? ExpiresAt(JsonObject body, DateTimeOffset now, List<string> problems)
    {
        if (body.Object("custom_expiry") is not { } expiry)
        {
            return null;
        }

        var start = now;
        if (expiry.Has("order_time") && !Wib.TryParse(expiry.Text("order_time"), out start))
        {
            problems.Add("custom_expiry.order_time must look like 2026-01-31 17:00:00 +0700");
            return null;
        }

        if (MethodRules.Duration(expiry.Whole("expiry_duration"), expiry.Text("unit")) is not { } duration)
        {
            problems.Add("custom_expiry.expiry_duration must be a positive whole number of second, minute, hour or day");
            return null;
        }

        if (duration < PaymentMethod.ShortestExpiry)
        {
            problems.Add("custom_expiry must be at least 20 seconds");
        }

        return start + duration;
    }
}
