using System.Collections.Concurrent;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Hosting;
using Platform.Messaging;
using Platform.Testing;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// The wallet's own parts over a real database: storage, ledger, group commit, consumers behind the transactional inbox, the job that
/// expires holds. Left out are HTTP, RabbitMQ and the dispatcher, so that the outbox keeps every answer.
/// </summary>
public sealed class WalletService : IAsyncLifetime
{
    private readonly InProcessDeliveries deliveries = new();
    private readonly ConcurrentDictionary<Guid, Lazy<Task<int>>> known = new();
    private IHost? host;
    private IBusControl? bus;

    public TestDatabase Database { get; private set; } = null!;

    internal TestClock Clock { get; } = new(new(2026, 11, 2, 3, 4, 5, TimeSpan.Zero));

    internal IServiceProvider Services => host!.Services;

    internal GroupCommit GroupCommit => Services.GetRequiredService<GroupCommit>();

    internal SettlementGroup Settlements => Services.GetRequiredService<SettlementGroup>();

    internal ExpiryRounds Expiry { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync("wallet");
        await using (var db = new WalletDbContext(new DbContextOptionsBuilder<WalletDbContext>()
            .UseNpgsql(Database.ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations", WalletDbContext.Schema)).Options))
            await db.Database.MigrateAsync();
        host = Build();
        bus = Services.GetRequiredService<MassTransit.Transports.IBusInstance<IInProcessBus>>().BusControl;
        bus.ConnectReceiveObserver(deliveries);
        await bus.StartAsync();
        Expiry = new(this, Clock);
        await Expiry.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Expiry is not null)
            await Expiry.DisposeAsync();
        if (bus is not null)
            await bus.StopAsync();
        host?.Dispose();
        await Database.DisposeAsync();
    }

    internal async Task DeliverAsync<T>(T message, Guid messageId) where T : class =>
        await deliveries.DeliverAsync(await bus!.GetSendEndpoint(new($"queue:{InProcessDeliveries.Queue}")), message, messageId);

    /// <summary>Identity has told of this user; an administrator adjusts nobody's wallet whom the wallet has not heard of.</summary>
    internal Task KnowAsync(Guid user) => known.GetOrAdd(user, _ => new(() => InScopeAsync(services =>
        services.GetRequiredService<WalletDbContext>().Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.users (id, version, name, email, member_since) VALUES ({user}, 1, 'Siti', '', {Clock.GetUtcNow()})
            """)))).Value;

    /// <summary>One unit of work, committed when <paramref name="work"/> returns.</summary>
    internal async Task<T> InTransactionAsync<T>(Func<IServiceProvider, WalletDbContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await work(scope.ServiceProvider, db);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return result;
    }

    /// <summary>One value; the parameters are <c>@p0</c>, <c>@p1</c> …</summary>
    internal async Task<T> AskAsync<T>(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters.AddWithValue($"p{i}", parameters[i]);
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"No row: {sql}"));
    }

    internal async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = Database.ConnectionString,
            ["Midtrans:ServerKey"] = "SB-Mid-server-5fA0q7ZkT2rXw9LbN4cV",
            ["Midtrans:ClientKey"] = "SB-Mid-client-8hD3s6YjR1pQe0KmG7vC",
            ["Midtrans:MerchantId"] = Merchant,
            ["Midtrans:CoreUrl"] = "http://midtrans.invalid",
            ["Midtrans:SnapUrl"] = "http://midtrans.invalid/snap/v1",
        });
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddPlatformStorage<WalletDbContext>("wallet");
        // The broker behind this address is never called: its bus is not started, and the outbox's rows stay where they are.
        builder.AddPlatformMessaging<WalletDbContext>("wallet", "amqp://nobody:nothing@rabbitmq.invalid/", _ => { });
        builder.AddMidtrans();
        builder.Services.AddScoped<Ledger>();
        builder.Services.AddScoped<Settlement>();
        builder.Services.AddSingleton<GroupCommit>();
        builder.Services.AddSingleton<SettlementGroup>();
        builder.Services.AddMassTransit<IInProcessBus>(InProcessDeliveries.Join);
        return builder.Build();
    }

    internal const string Merchant = "G-MODEL";
}
