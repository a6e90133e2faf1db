using System.Globalization;

namespace Platform.Simulators.Midtrans;

internal sealed record SimulatorOptions
{
    /// <summary>Signs every notification and is the user name of every server call.</summary>
    public required string ServerKey { get; init; }

    public required string MerchantId { get; init; }

    /// <summary>Only the browser's card token call uses it.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary>The "Payment Notification URL" of the dashboard; null sends nothing unless a request header names another.</summary>
    public string? NotificationUrl { get; init; }

    /// <summary>Factor on the waits of the gateway itself (retries, card settlement, bank confirmation), not on expiry times.</summary>
    public double TimeScale { get; init; } = 1;

    public int? Seed { get; init; }

    /// <summary>Where a browser reaches the simulator; null takes the address of the request.</summary>
    public string? PublicUrl { get; init; }

    public string? StateFile { get; init; }

    /// <returns>The options, or the one line that says which setting stands in the way.</returns>
    public static (SimulatorOptions? Options, string? Refusal) Read(IConfiguration settings, string environment)
    {
        if (string.Equals(environment, "Production", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("ASPNETCORE_ENVIRONMENT is Production: this is a payment simulator, it only runs in development and tests.");
        }

        if (settings["Midtrans:ServerKey"] is not { Length: > 0 } serverKey)
        {
            return Refuse("Midtrans__ServerKey is missing: set the server key that the simulator shares with its merchant.");
        }

        if (settings["Midtrans:MerchantId"] is not { Length: > 0 } merchantId)
        {
            return Refuse("Midtrans__MerchantId is missing: set the merchant id that notifications carry.");
        }

        var notificationUrl = Blank(settings["Midtrans:NotificationUrl"]);
        var publicUrl = Blank(settings["Simulator:PublicUrl"]);
        if (notificationUrl is not null && !IsWeb(notificationUrl))
        {
            return Refuse("Midtrans__NotificationUrl is not an absolute http or https URL.");
        }

        if (publicUrl is not null && !IsWeb(publicUrl))
        {
            return Refuse("Simulator__PublicUrl is not an absolute http or https URL.");
        }

        var scaleText = Blank(settings["Simulator:TimeScale"]) ?? "1";
        if (!double.TryParse(scaleText, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) || scale is not (> 0 and <= 1000))
        {
            return Refuse("Simulator__TimeScale is not a number above 0 and up to 1000.");
        }

        int? seed = null;
        if (Blank(settings["Simulator:Seed"]) is { } seedText)
        {
            if (!int.TryParse(seedText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return Refuse("Simulator__Seed is not a whole number.");
            }

            seed = number;
        }

        return (new SimulatorOptions
        {
            ServerKey = serverKey,
            MerchantId = merchantId,
            ClientKey = settings["Midtrans:ClientKey"] ?? "",
            NotificationUrl = notificationUrl,
            PublicUrl = publicUrl?.TrimEnd('/'),
            TimeScale = scale,
            Seed = seed,
            StateFile = Blank(settings["Simulator:StateFile"]),
        }, null);
    }

    public TimeSpan Scaled(TimeSpan wait) => wait * TimeScale;

    private static (SimulatorOptions?, string?) Refuse(string line) => (null, line);

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool IsWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
