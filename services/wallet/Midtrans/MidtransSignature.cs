using System.Security.Cryptography;
using System.Text;

namespace Platform.Wallets;

/// <summary>
/// SHA-512 over the strings exactly as they came. It covers neither the state nor the transaction id, so a right signature says only that
/// Midtrans has spoken of this order and amount once; what is true now is asked.
/// </summary>
internal static class MidtransSignature
{
    public static bool IsSignedBy(this GatewayTransaction notification, MidtransOptions midtrans)
    {
        if (notification is not { OrderId: { } order, StatusCode: { } code, GrossAmount: { } amount, SignatureKey: { } given })
            return false;
        var right = Encoding.ASCII.GetBytes(Of(order, code, amount, midtrans.ServerKey));
        return CryptographicOperations.FixedTimeEquals(right, Encoding.UTF8.GetBytes(given));
    }

    public static string Of(string orderId, string statusCode, string grossAmount, string serverKey) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(orderId + statusCode + grossAmount + serverKey)));
}
