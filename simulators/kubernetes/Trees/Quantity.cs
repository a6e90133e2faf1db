using System.Globalization;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Trees;

/// <summary>Amounts of resources: "250m", "1.5", "64Mi", "2e3".</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    public static decimal? TryParse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var (suffix, factor) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                return Number(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign) * factor;
            }
        }

        return Number(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent);
    }

    /// <summary>The amount, or nothing at all when the text is not an amount; validation has refused such text before.</summary>
    public static decimal Of(JsonNode? node) => TryParse(node?.ToString()) ?? 0;

    /// <summary>Writes an amount as the API does: binary suffixes for bytes, thousandths for fractions.</summary>
    public static string Show(decimal amount, bool bytes)
    {
        if (amount != decimal.Truncate(amount))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{decimal.Ceiling(amount * 1000):0}m");
        }

        foreach (var (suffix, factor) in bytes ? Suffixes.Take(6).Reverse() : [])
        {
            if (amount != 0 && amount % factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount / factor:0}{suffix}");
            }
        }

        return amount.ToString("0", CultureInfo.InvariantCulture);
    }

    private static decimal? Number(string text, NumberStyles style) =>
        decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var number) ? number : null;
}
