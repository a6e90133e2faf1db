using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>What a method asks of a payment, whichever way it was started.</summary>
internal static class MethodRules
{
    private static readonly Dictionary<string, TimeSpan> Units = new()
    {
        ["second"] = TimeSpan.FromSeconds(1),
        ["minute"] = TimeSpan.FromMinutes(1),
        ["hour"] = TimeSpan.FromHours(1),
        ["day"] = TimeSpan.FromDays(1),
    };

    public static void Check(
        PaymentMethod method, OrderDetails details, JsonObject wishes, DateTimeOffset? expiresAt, DateTimeOffset now, List<string> problems)
    {
        if (details.GrossAmount < method.Least || details.GrossAmount > method.Most)
        {
            problems.Add($"transaction_details.gross_amount must be between {method.Least} and {method.Most} for {method.Code}");
        }

        if (method.Bank == "bni" && details.Phone is { } phone
            && (phone.Length > 30 || !(phone.StartsWith("+62", StringComparison.Ordinal) || phone.StartsWith('0'))))
        {
            problems.Add("customer_details.phone must start with +62 or 0 and hold at most 30 characters");
        }

        if (method.IsAccount && wishes.Has("va_number")
            && (wishes.Text("va_number") is not { Length: > 0 and <= 18 } number || !number.All(char.IsAsciiDigit)))
        {
            problems.Add("va_number must be 1 to 18 digits");
        }

        foreach (var field in new[] { "alfamart_free_text_1", "alfamart_free_text_2", "alfamart_free_text_3" })
        {
            if (method.Bank == "alfamart" && wishes.Text(field)?.Length > 40)
            {
                problems.Add($"cstore.{field} is too long (maximum is 40 characters)");
            }
        }

        if (method.FollowsExpiry && expiresAt is { } at)
        {
            if (at - now > method.LongestExpiry)
            {
                problems.Add($"expiry is longer than {method.Code} allows");
            }

            if (at <= now)
            {
                problems.Add("expiry has already passed");
            }
        }
    }

    /// <summary>A duration with its unit, plural or not.</summary>
    /// <returns>Null when it is not a positive number of a known unit; the default unit is the minute.</returns>
    public static TimeSpan? Duration(long? count, string? unit)
    {
        var key = (unit ?? "minute").ToLowerInvariant();
        var known = Units.GetValueOrDefault(key.EndsWith('s') ? key[..^1] : key);
        return count is > 0 and <= 1_000_000 && known != default ? known * count.Value : null;
    }
}
