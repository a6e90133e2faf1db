using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Wallets;

/// <summary>The body of Snap's "create transaction". Absent members are left out, as Midtrans wants it.</summary>
internal sealed record SnapRequest(
    SnapRequest.Order TransactionDetails, SnapRequest.Item[] ItemDetails, SnapRequest.Customer? CustomerDetails, string[] EnabledPayments,
    SnapRequest.Card CreditCard, SnapRequest.Deadline Expiry, SnapRequest.Return? Callbacks)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public sealed record Order(string OrderId, long GrossAmount);

    public sealed record Item(string Id, long Price, int Quantity, string Name);

    public sealed record Customer(string FirstName, string? Email);

    public sealed record Card(bool Secure);

    public sealed record Deadline(string StartTime, int Duration, string Unit);

    public sealed record Return(string Finish);

    public static SnapRequest For(TopUp topUp, KnownUser? customer, string? finishUrl) => new(
        new(topUp.OrderId.ToString(), topUp.Amount.Rupiah),
        [new("TOPUP", topUp.Amount.Rupiah, 1, "Wallet top-up")],
        customer is { Name.Length: > 0 } ? new(Shorten(customer.Name), customer.Email.Length > 0 ? customer.Email : null) : null,
        topUp.Method.Channels(),
        new(Secure: true),
        // Without a start the clock would only begin when the customer picks a method.
        new(JakartaTime.WithOffset(topUp.OpenedAt), (int)TopUp.Lifetime.TotalMinutes, "minute"),
        finishUrl is null ? null : new(finishUrl));

    // BCA's virtual accounts take thirty characters of a name.
    private static string Shorten(string name) => name.Length <= 30 ? name : name[..30];
}

/// <summary>Snap's answer, of which only two members matter.</summary>
internal static class SnapAnswer
{
    private const int MaxLength = 2000;

    public static SnapOutcome? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Text(document.RootElement, "token") is { } token && Text(document.RootElement, "redirect_url") is { } url
                ? new SnapOutcome.Opened(token, url)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= MaxLength } text ? text : null;
}

/// <summary>Midtrans keeps time in Jakarta: seven hours ahead, no summer time.</summary>
internal static class JakartaTime
{
    private static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    public static DateTimeOffset Of(DateTimeOffset instant) => instant.ToOffset(Offset);

    public static string WithOffset(DateTimeOffset instant) =>
        Of(instant).ToString("yyyy-MM-dd HH:mm:ss '+0700'", CultureInfo.InvariantCulture);

    /// <summary>The first instant of the month in which this instant falls in Jakarta.</summary>
    public static DateTimeOffset StartOfMonth(DateTimeOffset instant)
    {
        var local = Of(instant);
        return new DateTimeOffset(local.Year, local.Month, 1, 0, 0, 0, Offset).ToUniversalTime();
    }

    /// <summary>The first instant of the year in which this instant falls in Jakarta.</summary>
    public static DateTimeOffset StartOfYear(DateTimeOffset instant) =>
        new DateTimeOffset(Of(instant).Year, 1, 1, 0, 0, 0, Offset).ToUniversalTime();
}
