using System.Net.Http.Headers;
using System.Text;
using Npgsql;

namespace Platform.Testing;

/// <summary>The PostgreSQL and RabbitMQ that <c>./platform test</c> starts for the tests and names in the environment.</summary>
public static class TestServers
{
    /// <summary>Npgsql connection string of a role that may create databases.</summary>
    public static string Postgres => Required("PLATFORM_TEST_POSTGRES");

    /// <summary>amqp://user:password@host:port of a user that may do everything.</summary>
    public static Uri RabbitMq => new(Required("PLATFORM_TEST_RABBITMQ"));

    /// <summary>http://user:password@host:port of the management API.</summary>
    public static Uri RabbitMqApi => new(Required("PLATFORM_TEST_RABBITMQ_API"));

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException(
            $"{variable} is not set. Run the tests with ./platform test, which starts the servers they need.");
}

/// <summary>A database of one test class; gone afterwards.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string name = $"t_{Guid.CreateVersion7():N}";

    private TestDatabase(string schema) => ConnectionString = new NpgsqlConnectionStringBuilder(TestServers.Postgres)
    {
        Database = name, SearchPath = schema, MaxPoolSize = 40, IncludeErrorDetail = true,
    }.ConnectionString;

    public string ConnectionString { get; }

    /// <param name="schema">The schema that the service under test owns.</param>
    public static async Task<TestDatabase> CreateAsync(string schema)
    {
        var database = new TestDatabase(schema);
        await AdministerAsync($"CREATE DATABASE {database.name}");
        await database.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"No row: {sql}"));
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await AdministerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(TestServers.Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A virtual host of one test class, so that its messages meet no other test's.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly string vhost = $"t-{Guid.CreateVersion7():N}";
    private readonly HttpClient api = new();

    private TestBroker()
    {
        var management = TestServers.RabbitMqApi;
        api.BaseAddress = new($"http://{management.Authority}/api/");
        api.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo))));
        Address = new UriBuilder(TestServers.RabbitMq) { Path = vhost }.Uri;
    }

    public Uri Address { get; }

    public static async Task<TestBroker> CreateAsync()
    {
        var broker = new TestBroker();
        var user = Uri.UnescapeDataString(TestServers.RabbitMq.UserInfo.Split(':')[0]);
        (await broker.api.PutAsync($"vhosts/{broker.vhost}", Json("{}"))).EnsureSuccessStatusCode();
        var everything = Json("""{"configure":".*","write":".*","read":".*"}""");
        (await broker.api.PutAsync($"permissions/{broker.vhost}/{user}", everything)).EnsureSuccessStatusCode();
        return broker;
    }

    /// <summary>The management API's view, e.g. <c>queues/{vhost}</c>; <c>{vhost}</c> is filled in.</summary>
    public Task<string> AskAsync(string path) => api.GetStringAsync(path.Replace("{vhost}", vhost, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await api.DeleteAsync($"vhosts/{vhost}");
        api.Dispose();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
