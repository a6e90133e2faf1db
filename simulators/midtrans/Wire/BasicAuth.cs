using System.Security.Cryptography;
using System.Text;

namespace Platform.Simulators.Midtrans.Wire;

internal static class BasicAuth
{
    /// <summary>The server key is the user name, the password is empty.</summary>
    public static bool IsServer(HttpRequest request, SimulatorOptions options)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(options.ServerKey + ":"));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes(expected));
    }
}
