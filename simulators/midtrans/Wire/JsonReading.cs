using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Wire;

/// <summary>Lenient reading of request bodies: a value of the wrong kind reads as absent, and the validation names it.</summary>
internal static class JsonReading
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <returns>False when the text is not JSON. Nothing at all and the literal `null` both read as a null node.</returns>
    public static bool TryParse(string text, out JsonNode? node)
    {
        node = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        try
        {
            node = JsonNode.Parse(text, documentOptions: Strict);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static JsonObject? Object(this JsonObject? parent, string name) => parent?[name] as JsonObject;

    public static JsonArray? Array(this JsonObject? parent, string name) => parent?[name] as JsonArray;

    public static string? Text(this JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static bool Flag(this JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>A whole number, also when written as 10000.0; null when it is absent, a text or has a fraction.</summary>
    public static long? Whole(this JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;

    public static bool Has(this JsonObject? parent, string name) => parent?[name] is not null;

    /// <summary>Copies the fields of one object into another; fields without a value stay absent, as the gateway leaves them out.</summary>
    public static void Take(this JsonObject target, JsonObject? source)
    {
        foreach (var (name, value) in source ?? [])
        {
            target.Put(name, value?.DeepClone());
        }
    }

    public static void Put(this JsonObject target, string name, JsonNode? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }
}
