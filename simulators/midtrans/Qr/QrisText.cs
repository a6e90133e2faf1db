using System.Globalization;
using System.Text;

namespace Platform.Simulators.Midtrans.Qr;

/// <summary>The text of a QRIS code in the EMV merchant-presented form: tag, length, value, and a CRC at the end.</summary>
internal static class QrisText
{
    public static string For(string transactionId, long rupiah)
    {
        var merchant = Field("00", "COM.MIDTRANS-SIMULATOR.WWW") + Field("01", "936009140000000001");
        var text = Field("00", "01") + Field("01", "12") + Field("26", merchant) + Field("52", "5734") + Field("53", "360")
            + Field("54", rupiah.ToString(CultureInfo.InvariantCulture)) + Field("58", "ID") + Field("59", "SIMULATOR NO REAL MONEY")
            + Field("60", "JAKARTA") + Field("62", Field("05", transactionId.Replace("-", "", StringComparison.Ordinal)[..25])) + "6304";
        return text + Crc(text).ToString("X4", CultureInfo.InvariantCulture);
    }

    private static string Field(string tag, string value) =>
        string.Create(CultureInfo.InvariantCulture, $"{tag}{value.Length:D2}{value}");

    /// <summary>CRC-16/CCITT-FALSE over everything before the checksum, its own tag and length included.</summary>
    internal static int Crc(string text)
    {
        var crc = 0xFFFF;
        foreach (var part in Encoding.ASCII.GetBytes(text))
        {
            crc ^= part << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? ((crc << 1) ^ 0x1021) & 0xFFFF : (crc << 1) & 0xFFFF;
            }
        }

        return crc;
    }
}
