using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.Contracts;

namespace Platform.Wallets;

internal sealed class MoneyColumn() : ValueConverter<Money, long>(money => money.Rupiah, rupiah => Money.Idr(rupiah));

/// <summary>Enums are stored as the text that they have on the wire.</summary>
internal sealed class WireEnumColumn<T>() : ValueConverter<T, string>(value => WireEnum.Text(value), text => WireEnum.Value<T>(text))
    where T : struct, Enum;

/// <summary>The one spelling of an enum outside of C#: <c>TopUp</c> is <c>TOP_UP</c>.</summary>
internal static class WireEnum
{
    public static string Text<T>(T value) where T : struct, Enum => Names<T>.Texts[value];

    public static T Value<T>(string text) where T : struct, Enum => Names<T>.Values[text];

    private static class Names<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Texts =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> Values =
            Texts.ToDictionary(name => name.Value, name => name.Key, StringComparer.Ordinal);
    }
}
