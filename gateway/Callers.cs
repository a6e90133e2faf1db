using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Platform.Gateway;

/// <summary>
/// Who calls, as far as the gateway needs it: for its limits and its health report. It turns nobody away, the services do; so a token
/// that is bad, or that cannot be checked because identity is away, makes its bearer a stranger here and nothing more.
/// </summary>
internal static class Callers
{
    private const int BytesOfAnIpv6Network = 8;

    /// <summary>How long a request may wait for identity's keys when they are not known yet.</summary>
    private static readonly TimeSpan KeyPatience = TimeSpan.FromSeconds(2);

    public static void AddCallers(this IServiceCollection services) =>
        services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, bearer =>
        {
            bearer.BackchannelTimeout = KeyPatience;
            bearer.Events = new()
            {
                OnAuthenticationFailed = failed =>
                {
                    failed.NoResult();
                    return Task.CompletedTask;
                },
            };
        });

    public static string? SubjectOf(HttpContext http) => http.User.FindFirstValue("sub");

    /// <summary>The connection's own address: a header that a caller can write is no address. One IPv6 caller has 2^64.</summary>
    public static string PeerOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, BytesOfAnIpv6Network), .. new byte[BytesOfAnIpv6Network]]) + "/64"
            : address.ToString();
    }
}
