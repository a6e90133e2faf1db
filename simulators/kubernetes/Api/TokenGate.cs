using System.Security.Cryptography;
using System.Text;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>Lets in who knows the token. Health and version are for everybody.</summary>
internal sealed class TokenGate(RequestDelegate next, SimulatorOptions options)
{
    private static readonly string[] Open = ["/", "/version", "/healthz", "/readyz", "/livez"];

    public Task Invoke(HttpContext http)
    {
        if (string.IsNullOrEmpty(options.Token) || Open.Contains(http.Request.Path.Value))
        {
            return next(http);
        }

        var expected = Encoding.UTF8.GetBytes($"Bearer {options.Token}");
        var given = Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(expected, given)
            ? next(http)
            : Answers.Refuse(http, new(401, "Unauthorized", "Unauthorized"));
    }
}
