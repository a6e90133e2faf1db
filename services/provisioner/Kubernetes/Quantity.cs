using System.Globalization;
using System.Numerics;

namespace Platform.Provisioner.Kubernetes;

/// <summary>
/// An amount as Kubernetes writes it (<c>250m</c>, <c>1536Mi</c>, <c>183456n</c>, <c>1e3</c>, <c>0.5Gi</c>),
/// exact: a whole number times a power of ten.
/// </summary>
internal readonly record struct Quantity
{
    private const int MaxLength = 40;
    private readonly BigInteger mantissa;
    private readonly int tens;

    private Quantity(BigInteger mantissa, int tens) => (this.mantissa, this.tens) = (mantissa, tens);

    /// <exception cref="FormatException">The text is no quantity.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity) ? quantity : throw new FormatException($"'{text}' is no Kubernetes quantity.");

    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        if (text is null or { Length: 0 or > MaxLength })
            return false;
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
            end--;
        // "1e3" ends in a digit: the exponent is cut off by hand.
        var exponentAt = text.AsSpan(0, end).IndexOfAny('e', 'E');
        var (number, suffix) = exponentAt > 0 ? (text[..exponentAt], text[exponentAt..]) : (text[..end], text[end..]);
        if (!TryNumber(number, out var mantissa, out var decimals) || Factor(suffix) is not { } factor)
            return false;
        quantity = new(mantissa * BigInteger.Pow(1024, factor.Kibis), factor.Tens - decimals);
        return true;
    }

    /// <summary>The amount in thousandths, rounded up as Kubernetes does: millicores for CPU.</summary>
    public long Milli => (long)Scaled(3);

    /// <summary>The amount in whole units, rounded up: bytes for memory.</summary>
    public long Units => (long)Scaled(0);

    /// <summary>The amount in billionths, rounded up: nanocores for CPU.</summary>
    public long Nano => (long)Scaled(9);

    public static Quantity operator +(Quantity left, Quantity right)
    {
        var common = Math.Min(left.tens, right.tens);
        return new(left.mantissa * BigInteger.Pow(10, left.tens - common) + right.mantissa * BigInteger.Pow(10, right.tens - common),
            common);
    }

    private BigInteger Scaled(int power)
    {
        var shift = tens + power;
        if (shift >= 0)
            return mantissa * BigInteger.Pow(10, shift);
        var divisor = BigInteger.Pow(10, -shift);
        var whole = BigInteger.DivRem(mantissa, divisor, out var rest);
        return rest.Sign > 0 ? whole + 1 : whole;
    }

    private static bool TryNumber(string number, out BigInteger mantissa, out int decimals)
    {
        (mantissa, decimals) = (default, 0);
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? number : number.Remove(point, 1);
        decimals = point < 0 ? 0 : number.Length - point - 1;
        return digits.TrimStart('+', '-') is { Length: > 0 } bare && bare.All(char.IsAsciiDigit)
            && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out mantissa);
    }

    private static (int Tens, int Kibis)? Factor(string suffix) => suffix switch
    {
        "" => (0, 0),
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 1),
        "Mi" => (0, 2),
        "Gi" => (0, 3),
        "Ti" => (0, 4),
        "Pi" => (0, 5),
        "Ei" => (0, 6),
        ['e' or 'E', ..] when suffix.Length <= 4
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power)
            && Math.Abs(power) <= 18 => (power, 0),
        _ => null,
    };
}
