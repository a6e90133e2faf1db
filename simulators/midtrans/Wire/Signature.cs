using System.Security.Cryptography;
using System.Text;

namespace Platform.Simulators.Midtrans.Wire;

internal static class Signature
{
    /// <summary>All four exactly as in the payload; <paramref name="grossAmount"/> is the text with two decimals.</summary>
    public static string Of(string orderId, string statusCode, string grossAmount, string serverKey) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(orderId + statusCode + grossAmount + serverKey)));
}
