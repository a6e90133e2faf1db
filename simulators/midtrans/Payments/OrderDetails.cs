using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>The part of a request that Snap and Core share: what is bought, for how much, by whom.</summary>
internal sealed partial record OrderDetails(string OrderId, long GrossAmount, string? Phone, JsonObject Echo)
{
    private static readonly string[] EchoedFields = ["custom_field1", "custom_field2", "custom_field3", "metadata"];

    /// <returns>The details, or null with at least one problem added.</returns>
    public static OrderDetails? Read(JsonObject body, List<string> problems)
    {
        var before = problems.Count;
        var details = body.Object("transaction_details");
        var orderId = details.Text("order_id");
        CheckOrderId(orderId, problems);
        var amount = ReadAmount(details, problems);
        if (body.Array("item_details") is { } items)
        {
            CheckItems(items, amount, problems);
        }

        CheckCustomer(body.Object("customer_details"), problems);
        CheckEchoed(body, problems);
        if (problems.Count > before)
        {
            return null;
        }

        var echo = new JsonObject();
        foreach (var field in EchoedFields)
        {
            echo.Put(field, body[field]?.DeepClone());
        }

        return new OrderDetails(orderId!, amount!.Value, body.Object("customer_details").Text("phone"), echo);
    }

    private static void CheckOrderId(string? orderId, List<string> problems)
    {
        if (string.IsNullOrEmpty(orderId))
        {
            problems.Add("transaction_details.order_id is required");
        }
        else if (orderId.Length > 50)
        {
            problems.Add("transaction_details.order_id is too long (maximum is 50 characters)");
        }
        else if (!OrderIdShape().IsMatch(orderId))
        {
            problems.Add("transaction_details.order_id contains a symbol that is not allowed: only letters, digits and - _ ~ .");
        }
    }

    private static long? ReadAmount(JsonObject? details, List<string> problems)
    {
        if (!details.Has("gross_amount"))
        {
            problems.Add("transaction_details.gross_amount is required");
            return null;
        }

        if (details!["gross_amount"]!.GetValueKind() != JsonValueKind.Number)
        {
            problems.Add("transaction_details.gross_amount is not a number");
            return null;
        }

        if (details.Whole("gross_amount") is not { } amount)
        {
            problems.Add("transaction_details.gross_amount must be a whole number: IDR has no decimals");
            return null;
        }

        if (amount <= 0)
        {
            problems.Add("transaction_details.gross_amount must be greater than or equal to 0.01");
            return null;
        }

        return amount;
    }

    private static void CheckItems(JsonArray items, long? amount, List<string> problems)
    {
        var sum = (Int128)0;
        for (var index = 0; index < items.Count; index++)
        {
            var item = items[index] as JsonObject;
            var (price, quantity) = (item.Whole("price"), item.Whole("quantity"));
            if (price is null || quantity is null or < 1)
            {
                problems.Add($"item_details[{index}] needs a whole price and a quantity of at least 1");
                return;
            }

            if (item.Text("name") is not { Length: > 0 and <= 50 })
            {
                problems.Add($"item_details[{index}].name is required and holds at most 50 characters");
            }

            CheckLengths(item, $"item_details[{index}]", ["id", "brand", "category", "merchant_name", "url"], 50, problems);
            sum += (Int128)price.Value * quantity.Value;
        }

        if (amount is { } total && sum != total)
        {
            problems.Add("transaction_details.gross_amount is not equal to the sum of item_details");
        }
    }

    private static void CheckCustomer(JsonObject? customer, List<string> problems)
    {
        CheckLengths(customer, "customer_details", ["first_name", "last_name", "email", "phone"], 255, problems);
        foreach (var name in new[] { "billing_address", "shipping_address" })
        {
            var address = customer.Object(name);
            CheckLengths(address, $"customer_details.{name}", ["first_name", "last_name", "email", "phone", "address"], 255, problems);
            CheckLengths(address, $"customer_details.{name}", ["city"], 100, problems);
            CheckLengths(address, $"customer_details.{name}", ["postal_code", "country_code"], 10, problems);
        }
    }

    private static void CheckEchoed(JsonObject body, List<string> problems)
    {
        for (var number = 1; number <= 3; number++)
        {
            var name = $"custom_field{number}";
            if (body.Has(name) && body.Text(name) is not { Length: <= 255 })
            {
                problems.Add($"{name} must be a text of at most 255 characters");
            }
        }
    }

    private static void CheckLengths(JsonObject? parent, string path, string[] names, int most, List<string> problems)
    {
        foreach (var name in names.Where(name => parent.Text(name)?.Length > most))
        {
            problems.Add($"{path}.{name} is too long (maximum is {most} characters)");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._~-]+\z")]
    private static partial Regex OrderIdShape();
}
