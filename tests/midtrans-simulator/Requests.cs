using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>Request bodies as a merchant writes them.</summary>
internal static class Requests
{
    public static JsonObject Order(string orderId, long amount = 150_000) =>
        new() { ["transaction_details"] = new JsonObject { ["order_id"] = orderId, ["gross_amount"] = amount } };

    public static JsonObject Charge(string paymentType, string orderId, JsonObject? method = null, long amount = 150_000)
    {
        var body = Order(orderId, amount);
        body["payment_type"] = paymentType;
        if (method is not null)
        {
            body[paymentType] = method;
        }

        return body;
    }

    public static JsonObject BankTransfer(string bank, string orderId, long amount = 150_000) =>
        Charge("bank_transfer", orderId, new JsonObject { ["bank"] = bank }, amount);

    public static JsonObject Card(string token, string orderId, bool threeDs = false, string? type = null)
    {
        var card = new JsonObject { ["token_id"] = token, ["authentication"] = threeDs };
        if (type is not null)
        {
            card["type"] = type;
        }

        return Charge("credit_card", orderId, card);
    }

    public static JsonObject Snap(string orderId, long amount = 150_000, params string[] methods)
    {
        var body = Order(orderId, amount);
        if (methods.Length > 0)
        {
            body["enabled_payments"] = new JsonArray([.. methods.Select(each => JsonValue.Create(each))]);
        }

        return body;
    }
}
