using System.Net.Sockets;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Platform.Messaging;

/// <summary>
/// Three kinds of failure. An outage (database or queried service away) is tried for about a quarter of an hour. A lost race (deadlock,
/// unique key, an event before its saga) is tried for about ten seconds: one that is lost that often is none. Anything else is tried three
/// times. What still fails is parked in <c>{queue}_error</c> with its exception, so that others keep flowing.
/// Each try has a new scope and DbContext, because the retries stand outside the inbox.
/// </summary>
internal static class Retries
{
    /// <summary>idle_in_transaction_session_timeout; Npgsql has no name for it.</summary>
    private const string FellSilent = "25P03";

    private static readonly string[] Outages =
    [
        PostgresErrorCodes.AdminShutdown, PostgresErrorCodes.CrashShutdown, PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.TooManyConnections, FellSilent,
    ];

    private static readonly string[] Races =
    [
        PostgresErrorCodes.UniqueViolation, PostgresErrorCodes.SerializationFailure, PostgresErrorCodes.DeadlockDetected,
        PostgresErrorCodes.LockNotAvailable,
    ];

    private enum Trouble { Outage, Race, Fault }

    public static void UsePlatformRetries(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(e => Judge(e) == Trouble.Outage);
            retry.Exponential(200, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(e => Judge(e) == Trouble.Race);
            retry.Exponential(16, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(e => Judge(e) == Trouble.Fault);
            retry.Intervals(50, 200, 1000);
        });
    }

    private static Trouble Judge(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            switch (error)
            {
                case PostgresException postgres when Races.Contains(postgres.SqlState):
                case DbUpdateConcurrencyException or SagaNotYetException:
                    return Trouble.Race;
                case PostgresException postgres when Outages.Contains(postgres.SqlState):
                case NpgsqlException { IsTransient: true }:
                case SocketException or TimeoutException or RequestTimeoutException:
                    return Trouble.Outage;
            }
        }

        return Trouble.Fault;
    }
}
