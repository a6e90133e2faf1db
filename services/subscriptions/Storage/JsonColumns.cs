using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Subscriptions.Storage;

internal static class JsonColumns
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>Keeps an immutable record as one JSON document; it is replaced whole, never changed in place.</summary>
    public static void HasJson<T>(this PropertyBuilder<T> property) where T : class? => property.HasConversion(
        value => JsonSerializer.Serialize(value, Json), text => JsonSerializer.Deserialize<T>(text, Json)!);
}
