using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Contracts;

/// <summary>An amount of whole Indonesian rupiah, without sign. On the wire a JSON integer; 64 bits in the store.</summary>
[JsonConverter(typeof(MoneyJson))]
public readonly record struct Money : IComparable<Money>
{
    private Money(long rupiah) => Rupiah = rupiah;

    public long Rupiah { get; }

    public static Money Zero => default;

    public static Money Idr(long rupiah) =>
        rupiah >= 0 ? new(rupiah) : throw new ArgumentOutOfRangeException(nameof(rupiah), rupiah, "Money has no sign.");

    public static Money operator +(Money left, Money right) => new(checked(left.Rupiah + right.Rupiah));

    public static bool operator <(Money left, Money right) => left.Rupiah < right.Rupiah;

    public static bool operator >(Money left, Money right) => left.Rupiah > right.Rupiah;

    public static bool operator <=(Money left, Money right) => left.Rupiah <= right.Rupiah;

    public static bool operator >=(Money left, Money right) => left.Rupiah >= right.Rupiah;

    /// <summary>What is left after paying, or null when the price is more than the purse: the answer "no" has to be looked at.</summary>
    public Money? Minus(Money price) => Rupiah >= price.Rupiah ? new(Rupiah - price.Rupiah) : null;

    /// <summary>The part of this price that falls on some days of its period, rounded down to whole rupiah.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The days are negative or more than the period, or the period is not positive.
    /// </exception>
    public Money ForDays(int days, int period)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(period);
        ArgumentOutOfRangeException.ThrowIfNegative(days);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, period);
        return new((long)((Int128)Rupiah * days / period));
    }

    public int CompareTo(Money other) => Rupiah.CompareTo(other.Rupiah);

    /// <summary>For people: <c>IDR 50.000</c>, thousands parted as in Indonesia.</summary>
    public override string ToString() => "IDR " + Rupiah.ToString("#,0", Grouping);

    private static readonly NumberFormatInfo Grouping = new() { NumberGroupSeparator = "." };
}

/// <summary>Reads and writes <see cref="Money"/> as a plain JSON integer; a negative or fractional number is malformed.</summary>
public sealed class MoneyJson : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var rupiah) && rupiah >= 0
            ? Money.Idr(rupiah)
            : throw new JsonException("An amount is a whole number of rupiah, zero or more.");

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Rupiah);
}
