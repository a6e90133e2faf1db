using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Platform.Hosting;

public static class PlatformStorage
{
    private const int PreparedStatements = 200;
    private static readonly TimeSpan IdleInTransaction = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The service's own schema in PostgreSQL. Its interceptors are those in the container (the outbox adds one).
    /// No EnableRetryOnFailure: retries belong to whoever knows the whole unit of work, the consumer or the caller.
    /// </summary>
    public static void AddPlatformStorage<TDb>(this IHostApplicationBuilder builder, string schema) where TDb : DbContext
    {
        var connection = new NpgsqlConnectionStringBuilder(builder.Configuration.RequiredConnection("Postgres"));
        // A peer that vanishes without a word must not leave a transaction, and its locks, open for the hours that TCP would wait.
        connection.Options ??= $"-c idle_in_transaction_session_timeout={IdleInTransaction.TotalMilliseconds}";
        // The same few dozen statements for ever: planned once for each connection instead of at each use.
        if (connection.MaxAutoPrepare == 0)
            connection.MaxAutoPrepare = PreparedStatements;
        builder.Services.AddDbContext<TDb>((services, options) => options
            .UseNpgsql(connection.ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations", schema))
            .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.FirstWithoutOrderByAndFilterWarning))
            .AddInterceptors(services.GetServices<IInterceptor>()));
        builder.Services.AddScoped<DbContext>(services => services.GetRequiredService<TDb>());
        builder.Services.AddHealthChecks().AddCheck<DatabaseReady<TDb>>("database", tags: ["ready"]);
    }

    /// <exception cref="MissingSettingException">The connection string is not configured.</exception>
    public static string RequiredConnection(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } connection
            ? connection
            : throw new MissingSettingException($"ConnectionStrings:{name}");
}

/// <summary>A setting without which the service cannot start; shown as one line, without a stack trace.</summary>
public sealed class MissingSettingException(string setting)
    : Exception($"The setting {setting} is missing. Set it in the environment as {setting.Replace(":", "__", StringComparison.Ordinal)}.");
