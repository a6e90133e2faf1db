using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Hosting;

/// <summary>
/// JSON as our commands take it: no number from a string, no unknown and no repeated member, nothing missing, nothing null by surprise.
/// </summary>
public static class StrictJson
{
    public static void Apply(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.MaxDepth = 16;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false));
        json.Converters.Add(new UtcInstantJson());
    }
}

/// <summary>Instants as ISO-8601 UTC with milliseconds (api.md §1.4): <c>2025-08-26T14:13:37.000Z</c>.</summary>
internal sealed class UtcInstantJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTimeOffset(out var instant) ? instant.ToUniversalTime() : throw new JsonException("An instant is ISO-8601 text.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(
            value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
}
