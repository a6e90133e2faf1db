using System.Net.Sockets;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Platform.Messaging;

/// <summary>
/// Two kinds of failure. Trouble that passes (database away, deadlock, lost race) is tried for about a quarter of an hour;
/// anything else is tried three times and then parked in <c>{queue}_error</c> with its exception, so that others keep flowing.
/// Each try has a new scope and DbContext, because the retries stand outside the inbox.
/// </summary>
internal static class Retries
{
    private static readonly string[] PassingStates =
    [
        PostgresErrorCodes.UniqueViolation, PostgresErrorCodes.SerializationFailure, PostgresErrorCodes.DeadlockDetected,
        PostgresErrorCodes.AdminShutdown, PostgresErrorCodes.CrashShutdown, PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.LockNotAvailable, PostgresErrorCodes.TooManyConnections,
    ];

    public static void UsePlatformRetries(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Passes);
            retry.Exponential(200, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(e => !Passes(e));
            retry.Intervals(50, 200, 1000);
        });
    }

    internal static bool Passes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is DbUpdateConcurrencyException or SocketException or TimeoutException
                || error is PostgresException postgres && PassingStates.Contains(postgres.SqlState)
                || error is NpgsqlException { IsTransient: true })
                return true;
        }

        return false;
    }
}
