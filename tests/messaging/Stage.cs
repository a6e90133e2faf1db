using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Messaging.Victim;
using Platform.Testing;
using RabbitMQ.Client;

namespace Platform.Messaging.Tests;

/// <summary>A database with both services' tables and a virtual host, for one test.</summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly List<WebApplication> hosts = [];

    private Stage(TestDatabase database, TestBroker broker)
    {
        Database = database;
        Broker = broker;
        Postgres = database.ConnectionString;
        RabbitMq = broker.Address;
    }

    public TestDatabase Database { get; }

    public TestBroker Broker { get; }

    /// <summary>What the services are told; a test may put a proxy between.</summary>
    public string Postgres { get; set; }

    public Uri RabbitMq { get; set; }

    public HttpClient Http { get; } = new();

    public static async Task<Stage> SetAsync()
    {
        var stage = new Stage(await TestDatabase.CreateAsync("orders"), await TestBroker.CreateAsync());
        await stage.Database.ExecuteAsync("CREATE SCHEMA ledger");
        await CreateTablesAsync(new OrdersDb(stage.Options<OrdersDb>()));
        await CreateTablesAsync(new LedgerDb(stage.Options<LedgerDb>()));
        return stage;
    }

    public string[] Arguments(string role, params string[] more) =>
    [
        "--Role", role, "--Postgres", Postgres, "--RabbitMq", RabbitMq.ToString(), "--environment", "Development",
        "--Outbox:Poll", "00:00:00.200", "--urls", "http://127.0.0.1:0", .. more,
    ];

    /// <summary>Runs one of the services in this process.</summary>
    public async Task<WebApplication> StartAsync(string role, Action<IServiceCollection>? replace = null, params string[] more)
    {
        var host = VictimHost.Build(Arguments(role, ["--LogLevel", "Critical", .. more]), replace);
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    /// <summary>Runs both services in this process and waits until their queues are there.</summary>
    public async Task<(WebApplication Orders, WebApplication Ledger)> StartBothAsync()
    {
        var orders = await StartAsync("orders");
        var ledger = await StartAsync("ledger");
        await QueuesAsync("orders", "ledger");
        return (orders, ledger);
    }

    /// <summary>Waits until the services have declared their queues.</summary>
    public Task QueuesAsync(params string[] names) =>
        Eventually.IsTrueAsync(async () =>
        {
            await using var connection = await ConnectAsync();
            foreach (var name in names)
            {
                await using var channel = await connection.CreateChannelAsync();
                try
                {
                    if ((await channel.QueueDeclarePassiveAsync(name)).ConsumerCount == 0)
                        return false;
                }
                catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
                {
                    return false;
                }
            }

            return true;
        }, TimeSpan.FromSeconds(60));

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Broker.Address }.CreateConnectionAsync();

    public async Task<uint> DepthAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }

    /// <summary>Says something as a service would: through an outbox, in its own transaction.</summary>
    public static async Task<Guid> PublishAsync<TDb>(WebApplication host, object message, Guid? messageId = null) where TDb : DbContext
    {
        await using var scope = host.Services.CreateAsyncScope();
        var id = messageId ?? Guid.CreateVersion7();
        await scope.ServiceProvider.GetRequiredService<MassTransit.IPublishEndpoint>()
            .Publish(message, MassTransit.Pipe.Execute<MassTransit.PublishContext>(context => context.MessageId = id));
        await scope.ServiceProvider.GetRequiredService<TDb>().SaveChangesAsync();
        return id;
    }

    public Task PlaceAsync(WebApplication orders, Guid id, long amount = 100, string query = "") =>
        PostAsync($"{orders.Urls.First()}/orders/{id}/{amount}{query}");

    public async Task PostAsync(string url)
    {
        using var answer = await Http.PostAsync(url, null);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    public Task<long> CountAsync(string sql) => Database.QueryAsync<long>($"SELECT count(*) FROM {sql}");

    public async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        return lines;
    }

    public DbContextOptions<TDb> Options<TDb>() where TDb : DbContext =>
        new DbContextOptionsBuilder<TDb>().UseNpgsql(Database.ConnectionString).Options;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
            await host.DisposeAsync();
        Http.Dispose();
        await Database.DisposeAsync();
        await Broker.DisposeAsync();
    }

    private static async Task CreateTablesAsync(DbContext db)
    {
        await using (db)
            await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
    }
}
