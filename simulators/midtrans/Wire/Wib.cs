using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Simulators.Midtrans.Wire;

/// <summary>Western Indonesia Time: what every timestamp of the gateway is written in, without saying so.</summary>
internal static partial class Wib
{
    private static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    public static string Format(DateTimeOffset at) =>
        at.ToOffset(Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.ToOffset(Offset).DateTime);

    /// <summary>16:00 of the next day, when card captures settle and unanswered challenges are given up.</summary>
    public static DateTimeOffset NextDayAtFour(DateTimeOffset at) =>
        new(Day(at).AddDays(1).ToDateTime(new TimeOnly(16, 0)), Offset);

    /// <summary>ShopeePay takes no direct refund between 23:55 and 06:00.</summary>
    public static bool IsShopeeNight(DateTimeOffset at)
    {
        var time = TimeOnly.FromDateTime(at.ToOffset(Offset).DateTime);
        return time >= new TimeOnly(23, 55) || time < new TimeOnly(6, 0);
    }

    /// <summary>Reads `yyyy-MM-dd HH:mm:ss +0700`. The offset has no colon: `+07:00` is refused, as the gateway refuses it.</summary>
    public static bool TryParse(string? text, out DateTimeOffset at)
    {
        at = default;
        return text is not null && Shape().IsMatch(text) && DateTimeOffset.TryParseExact(
            text.Insert(text.Length - 2, ":"), "yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out at);
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}\z")]
    private static partial Regex Shape();
}
