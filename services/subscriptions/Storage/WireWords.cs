using System.Text.Json;

namespace Platform.Subscriptions.Storage;

/// <summary>Enum values as the words of api.md: <c>PendingPayment</c> ↔ <c>PENDING_PAYMENT</c>.</summary>
internal static class WireWords
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString());

    public static T Parse<T>(string word) where T : struct, Enum =>
        Enum.Parse<T>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
