using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Testing;

namespace Platform.Gateway.Tests;

/// <summary>The gateway on a port of its own in front of five services that note what arrives.</summary>
public sealed class GatewayHost : IAsyncLifetime
{
    public const string Frontend = "https://console.example.id";
    public static readonly string[] Names = ["identity", "catalog", "wallet", "subscriptions", "provisioner"];

    private readonly Dictionary<string, Backend> backends = [];
    private readonly List<(string Name, string Value)> settings = [];
    private WebApplicationFactory<Program>? factory;

    /// <summary>False leaves the gateway alone with the address of an identity that may not be there.</summary>
    public bool KnowsTheKeys { get; init; } = true;

    public Uri Address { get; private set; } = null!;

    public Backend this[string service] => backends[service];

    public IEnumerable<Received> Received => backends.Values.SelectMany(backend => backend.All);

    public static async Task<GatewayHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var gateway = new GatewayHost();
        gateway.settings.AddRange(settings);
        await gateway.InitializeAsync();
        return gateway;
    }

    public static async Task<GatewayHost> StartWithoutKeysAsync(params (string Name, string Value)[] settings)
    {
        var gateway = new GatewayHost { KnowsTheKeys = false };
        gateway.settings.AddRange(settings);
        await gateway.InitializeAsync();
        return gateway;
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var name in Names)
            backends[name] = await Backend.StartAsync(name);
        factory = new WebApplicationFactory<Program>().WithWebHostBuilder(Configure);
        factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        factory.StartServer();
        Address = new(factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <param name="from">The address that the caller's connections come from.</param>
    public HttpClient Caller(string? token = null, string from = "127.0.0.1")
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (connection, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public Received TheOneAt(string target)
    {
        var fitting = Received.Where(request => request.Target == target).ToList();
        return fitting.Count == 1
            ? fitting[0]
            : throw new InvalidOperationException(
                $"{fitting.Count} requests at {target}; seen: {string.Join(", ", Received.Select(request => request.Target))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (factory is not null)
            await factory.DisposeAsync();
        foreach (var backend in backends.Values)
            await backend.DisposeAsync();
    }

    private void Configure(IWebHostBuilder web)
    {
        web.UseSetting("Auth:Authority", "http://127.0.0.1:1");
        web.UseSetting("Auth:Issuer", TestTokens.Issuer);
        web.UseSetting("Auth:Audience", TestTokens.Audience);
        web.UseSetting("Cors:Origins:0", Frontend);
        web.UseSetting("RateLimits:Factor", "1000");
        foreach (var (name, backend) in backends)
            web.UseSetting($"Services:{name}", backend.Address);
        foreach (var (name, value) in settings)
            web.UseSetting(name, value);
        if (!KnowsTheKeys)
            return;
        web.ConfigureServices(services =>
            services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, BelieveTestKey));
    }

    private static void BelieveTestKey(JwtBearerOptions bearer)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = TestTokens.Issuer };
        configuration.SigningKeys.Add(TestTokens.Key);
        bearer.Configuration = configuration;
        bearer.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(configuration);
    }
}
