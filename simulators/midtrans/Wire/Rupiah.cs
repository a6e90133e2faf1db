using System.Globalization;

namespace Platform.Simulators.Midtrans.Wire;

internal static class Rupiah
{
    /// <summary>Whole rupiah as the gateway writes them: `150000.00`.</summary>
    public static string Format(long rupiah) => string.Create(CultureInfo.InvariantCulture, $"{rupiah}.00");
}
