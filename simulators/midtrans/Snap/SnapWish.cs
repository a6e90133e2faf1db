using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Snap;

/// <summary>A Snap create request that has been checked.</summary>
internal sealed record SnapWish(
    OrderDetails Details, List<string> Methods, DateTimeOffset PageExpiresAt, string? FinishUrl, string? ErrorUrl, JsonObject Request)
{
    private static readonly TimeSpan DefaultPageLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestPageLife = TimeSpan.FromDays(7);

    /// <returns>The wish, or null with the problems found.</returns>
    public static SnapWish? Read(JsonObject body, DateTimeOffset now, List<string> problems)
    {
        var details = OrderDetails.Read(body, problems);
        var methods = ReadMethods(body, problems);
        var expiry = SnapExpiry.Read(body.Object("expiry"), "expiry", problems);
        var page = SnapExpiry.Read(body.Object("page_expiry"), "page_expiry", problems);
        if (page?.Duration > LongestPageLife)
        {
            problems.Add("page_expiry must be at most 7 days");
        }

        var pageEnd = page is not null ? now + page.Duration : expiry?.EndsAt(now) ?? now + DefaultPageLife;
        if (pageEnd <= now)
        {
            problems.Add("expiry has already passed");
        }

        var callbacks = body.Object("callbacks");
        foreach (var name in new[] { "finish", "error" })
        {
            if (callbacks.Text(name)?.Length > 255)
            {
                problems.Add($"callbacks.{name} is too long (maximum is 255 characters)");
            }
        }

        if (problems.Count > 0)
        {
            return null;
        }

        var longest = now + LongestPageLife;
        return new SnapWish(
            details!, methods, pageEnd < longest ? pageEnd : longest, callbacks.Text("finish"), callbacks.Text("error"), Kept(body));
    }

    private static List<string> ReadMethods(JsonObject body, List<string> problems)
    {
        if (!body.Has("enabled_payments"))
        {
            return EnabledPayments.Default();
        }

        var names = (body.Array("enabled_payments") ?? [])
            .Where(each => each?.GetValueKind() == JsonValueKind.String).Select(each => each!.GetValue<string>());
        var methods = EnabledPayments.Resolve(names);
        if (methods.Count == 0)
        {
            problems.Add("enabled_payments names no payment method that is active for this merchant");
        }

        return methods;
    }

    /// <summary>What the page needs later. The customer's personal details are not kept, except the phone that BNI checks.</summary>
    private static JsonObject Kept(JsonObject body)
    {
        var kept = (JsonObject)body.DeepClone();
        if (kept.Object("customer_details") is { } customer)
        {
            var phone = customer.Text("phone");
            kept["customer_details"] = phone is null ? [] : new JsonObject { ["phone"] = phone };
        }

        kept.Remove("item_details");
        return kept;
    }
}

/// <summary>`expiry` or `page_expiry`: without a start the clock starts when the customer chooses a method.</summary>
internal sealed record SnapExpiry(DateTimeOffset? Start, TimeSpan Duration)
{
    public DateTimeOffset EndsAt(DateTimeOffset chosenAt) => (Start ?? chosenAt) + Duration;

    public static SnapExpiry? Read(JsonObject? expiry, string name, List<string> problems)
    {
        if (expiry is null)
        {
            return null;
        }

        DateTimeOffset? start = null;
        if (expiry.Has("start_time"))
        {
            if (!Wib.TryParse(expiry.Text("start_time"), out var at))
            {
                problems.Add($"{name}.start_time must look like 2026-01-31 17:00:00 +0700");
                return null;
            }

            start = at;
        }

        var duration = MethodRules.Duration(expiry.Whole("duration"), expiry.Text("unit"));
        if (duration is null)
        {
            problems.Add($"{name}.duration must be a positive whole number of minute, hour or day");
            return null;
        }

        if (duration < PaymentMethod.ShortestExpiry)
        {
            problems.Add($"{name} must be at least 20 seconds");
        }

        return new SnapExpiry(start, duration.Value);
    }
}
