using Platform.Contracts;
using Platform.Testing;
using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Playing;

namespace Platform.WalletSequences.Running;

/// <summary>
/// The wallet as processes of their own over a database and a virtual host of their own, the gateway's simulator as a process, and the
/// door between the two. Started once for all tests.
/// </summary>
public sealed class World : IAsyncLifetime
{
    internal const string Wallet = "Platform.Wallets";
    internal const string Simulator = "Platform.Simulators.Midtrans";

    private TestDatabase database = null!;
    private TestBroker broker = null!;
    private TokenIssuer issuer = null!;

    internal FrontDoor Door { get; private set; } = null!;
    internal GatewaySimulator Gateway { get; private set; } = null!;
    internal Fleet Fleet { get; private set; } = null!;
    internal Books Books { get; private set; } = null!;

    /// <summary>The other services, which buy and which listen.</summary>
    internal TestBus Bus { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync("wallet");
        broker = await TestBroker.CreateAsync();
        issuer = await TokenIssuer.StartAsync();
        Door = await FrontDoor.StartAsync();
        Gateway = await GatewaySimulator.StartAsync(Door.NotificationUrl);
        Books = new(database.ConnectionString);
        await ChildProcess.RunAsync(Wallet, "migrate", Settings);
        Bus = await TestBus.StartAsync(broker, (heard, endpoint) =>
        {
            heard.Hear<PaymentSettled>(endpoint);
            heard.Hear<PaymentReversed>(endpoint);
            heard.Hear<FundsHeld>(endpoint);
            heard.Hear<FundsRefused>(endpoint);
            heard.Hear<FundsCaptured>(endpoint);
        });
        Fleet = Door.Fleet = await Fleet.StartAsync(Settings);
        var first = new Play(this, Sequences.All.Single(row => row.Name == "chosen, never paid"));
        await first.AsItHappensAsync();
        var notification = await Gateway.LastBodyAsync(first.Order);
        Fleet.WarmUp = replica => FrontDoor.SendAsync(replica, notification);
    }

    public async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        await Fleet.DisposeAsync();
        await Gateway.DisposeAsync();
        await Door.DisposeAsync();
        await issuer.DisposeAsync();
        await Books.DisposeAsync();
        await broker.DisposeAsync();
        await database.DisposeAsync();
    }

    private KeyValuePair<string, string>[] Settings =>
    [
        new("ConnectionStrings__Postgres", new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            MaxPoolSize = 15,
        }.ConnectionString),
        new("ConnectionStrings__RabbitMq", broker.Address.ToString()),
        new("Auth__Authority", issuer.Address),
        new("Auth__Issuer", TestTokens.Issuer),
        new("Auth__Audience", TestTokens.Audience),
        new("Midtrans__ServerKey", GatewaySimulator.ServerKey),
        new("Midtrans__ClientKey", GatewaySimulator.ClientKey),
        new("Midtrans__MerchantId", GatewaySimulator.MerchantId),
        new("Midtrans__CoreUrl", Gateway.Address.ToString()),
        new("Midtrans__SnapUrl", $"{Gateway.Address}snap/v1"),
        new("Outbox__Poll", "00:00:00.200"),
    ];
}
