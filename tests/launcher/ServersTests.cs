using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using Platform.Tool.Layout;
using Platform.Tool.Running;

namespace Platform.Launcher.Tests;

/// <summary>The private PostgreSQL and RabbitMQ, used in-process as the scenario tests use them.</summary>
public sealed class ServersTests(ServersTests.Servers servers) : IClassFixture<ServersTests.Servers>
{
    [Fact]
    public async Task Every_service_may_log_in_and_finds_its_own_schema()
    {
        foreach (var role in Applications.DatabaseRoles)
        {
            await using var connection = await ConnectAsync(role);
            (await ScalarAsync(connection, "SELECT current_schema()")).ShouldBe(role);
            await RunAsync(connection, "CREATE TABLE IF NOT EXISTS mine (id int)");
            const string mine = "SELECT schemaname FROM pg_tables WHERE tablename = 'mine' AND tableowner = current_user";
            (await ScalarAsync(connection, mine)).ShouldBe(role);
        }
    }

    [Theory]
    [InlineData("SELECT * FROM wallet.purses")]
    [InlineData("CREATE TABLE wallet.intruder (id int)")]
    [InlineData("CREATE TABLE public.intruder (id int)")]
    [InlineData("CREATE SCHEMA intruder")]
    [InlineData("CREATE ROLE intruder")]
    public async Task A_service_can_not_reach_beyond_its_own_schema(string statement)
    {
        await using (var owner = await ConnectAsync("wallet"))
        {
            await RunAsync(owner, "CREATE TABLE IF NOT EXISTS purses (id int)");
        }

        await using var connection = await ConnectAsync("catalog");

        var refusal = await Should.ThrowAsync<PostgresException>(() => RunAsync(connection, statement));
        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task A_service_can_not_log_in_to_another_database_nor_without_its_password()
    {
        var connection = Builder("wallet");
        connection.Database = "postgres";
        var refusal = await Should.ThrowAsync<PostgresException>(() => OpenAsync(connection));
        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        connection = Builder("wallet");
        connection.Password = "guess";
        (await Should.ThrowAsync<PostgresException>(() => OpenAsync(connection))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task The_broker_knows_its_own_user_and_nobody_else()
    {
        var broker = new Uri(servers.System.RabbitMq.ManagementApi);
        var password = broker.UserInfo.Split(':')[1];

        (await AskBroker(broker, "platform", password, "/api/whoami")).ShouldBe(HttpStatusCode.OK);
        (await AskBroker(broker, "platform", password, "/api/vhosts/platform")).ShouldBe(HttpStatusCode.OK);
        (await AskBroker(broker, "platform", password, "/api/aliveness-test/platform")).ShouldBe(HttpStatusCode.OK);
        (await AskBroker(broker, "guest", "guest", "/api/whoami")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Nothing_of_it_listens_beyond_the_machine()
    {
        var ports = servers.System.Ports.RabbitMq;
        int[] ours = [servers.System.Postgres.Port, ports.Amqp, ports.Management, ports.Epmd, ports.Distribution];
        var listeners = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();

        foreach (var port in ours)
        {
            var addresses = listeners.Where(listener => listener.Port == port).Select(listener => listener.Address).ToList();
            addresses.ShouldNotBeEmpty($"port {port}");
            addresses.ShouldAllBe(address => IPAddress.IsLoopback(address), $"port {port}");
        }
    }

    [Fact]
    public void Secrets_are_for_their_owner_alone()
    {
        foreach (var file in Directory.EnumerateFiles(servers.System.Layout.Keys).Append(servers.System.Layout.SecretsFile))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    private NpgsqlConnectionStringBuilder Builder(string role) => new(servers.System.Postgres.AdministratorConnection)
    {
        Database = "platform", Username = role, Password = servers.System.Secrets.DatabaseRoles[role], Pooling = false,
    };

    private async Task<NpgsqlConnection> ConnectAsync(string role) => await OpenAsync(Builder(role));

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder builder)
    {
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string question)
    {
        await using var command = new NpgsqlCommand(question, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<HttpStatusCode> AskBroker(Uri broker, string user, string password, string path)
    {
        using var http = new HttpClient();
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        using var answer = await http.GetAsync($"http://127.0.0.1:{broker.Port}{path}");
        return answer.StatusCode;
    }

    /// <summary>Both servers of one platform, in a directory of their own.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly string home = Directory.CreateTempSubdirectory("platform-servers-").FullName;

        public PlatformSystem System { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            File.SetUnixFileMode(home, (UnixFileMode)0b111_101_101);
            System = PlatformSystem.Open(new PlatformLayout(home, home), new() { Only = new HashSet<string> { "postgres", "rabbitmq" } });
            await System.StartAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await System.StopAsync(CancellationToken.None);
            Directory.Delete(home, recursive: true);
        }
    }
}
