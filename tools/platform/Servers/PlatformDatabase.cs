using Npgsql;

namespace Platform.Tool.Servers;

/// <summary>
/// The database `platform`: one login role and one schema of the same name per service. A role owns its schema, finds its own tables
/// without naming it, and can not read anybody else's.
/// </summary>
public static class PlatformDatabase
{
    public const string Name = "platform";

    /// <summary>Makes whatever is missing; harmless on a database that is complete.</summary>
    /// <param name="administratorConnection">A superuser's connection string.</param>
    /// <param name="roles">Role name and password. The names are ours, never a user's.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task EnsureAsync(string administratorConnection, IReadOnlyDictionary<string, string> roles, CancellationToken ct)
    {
        var administrator = new NpgsqlConnectionStringBuilder(administratorConnection) { Pooling = false };
        await using (var server = new NpgsqlConnection(administrator.ConnectionString))
        {
            await server.OpenAsync(ct);
            foreach (var (role, password) in roles)
            {
                var exists = await HasAsync(server, "SELECT 1 FROM pg_roles WHERE rolname = $1", role, ct);
                var literal = password.Replace("'", "''", StringComparison.Ordinal);
                await RunAsync(server, $"{(exists ? "ALTER" : "CREATE")} ROLE {Quoted(role)} LOGIN PASSWORD '{literal}'", ct);
            }

            if (!await HasAsync(server, "SELECT 1 FROM pg_database WHERE datname = $1", Name, ct))
            {
                await RunAsync(server, $"CREATE DATABASE {Quoted(Name)}", ct);
            }

            await RunAsync(server, $"REVOKE ALL ON DATABASE {Quoted(Name)} FROM PUBLIC", ct);
            await RunAsync(server, "REVOKE ALL ON DATABASE postgres FROM PUBLIC", ct);
        }

        administrator.Database = Name;
        await using var database = new NpgsqlConnection(administrator.ConnectionString);
        await database.OpenAsync(ct);
        await RunAsync(database, "REVOKE ALL ON SCHEMA public FROM PUBLIC", ct);
        foreach (var role in roles.Keys)
        {
            await RunAsync(database, $"GRANT CONNECT ON DATABASE {Quoted(Name)} TO {Quoted(role)}", ct);
            await RunAsync(database, $"CREATE SCHEMA IF NOT EXISTS {Quoted(role)} AUTHORIZATION {Quoted(role)}", ct);
            await RunAsync(database, $"ALTER ROLE {Quoted(role)} IN DATABASE {Quoted(Name)} SET search_path = {Quoted(role)}", ct);
        }
    }

    private static string Quoted(string identifier) => '"' + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static async Task<bool> HasAsync(NpgsqlConnection connection, string question, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(question, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
