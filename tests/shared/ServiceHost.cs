using System.Net.Http.Headers;
using MassTransit;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Platform.Testing;

/// <summary>
/// One service as it runs in production, with a database and a virtual host of its own, the tests' signing key and the tests' clock.
/// Derive one per service and give it methods that say what a user does.
/// </summary>
public abstract class ServiceHost<TProgram, TDb>(string schema) : IAsyncLifetime
    where TProgram : class
    where TDb : DbContext
{
    private WebApplicationFactory<TProgram>? factory;

    public TestClock Clock { get; } = new(new(2026, 11, 2, 3, 4, 5, TimeSpan.Zero));

    public TestDatabase Database { get; private set; } = null!;

    public TestBroker Broker { get; private set; } = null!;

    public IServiceProvider Services => factory!.Services;

    /// <summary>Settings of the service beside those that all have.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string>> Settings => [];

    /// <summary>Replaces the edge of the service, e.g. the remote payment gateway.</summary>
    protected virtual void ReplaceEdge(IServiceCollection services)
    {
    }

    public virtual async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(schema);
        Broker = await TestBroker.CreateAsync();
        await MigrateAsync();
        await StartAsync();
    }

    /// <summary>Stops the process' host and starts a new one over the same database and broker.</summary>
    public async Task RestartAsync()
    {
        await factory!.DisposeAsync();
        await StartAsync();
    }

    public HttpClient Anonymous() => factory!.CreateClient(new() { AllowAutoRedirect = false });

    public HttpClient As(Guid user, string role = "USER")
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.For(user, role));
        return client;
    }

    public async Task<T> InScopeAsync<T>(Func<TDb, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (factory is not null)
            await factory.DisposeAsync();
        await Database.DisposeAsync();
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        factory = new WebApplicationFactory<TProgram>().WithWebHostBuilder(web =>
        {
            web.UseSetting("ConnectionStrings:Postgres", Database.ConnectionString);
            web.UseSetting("ConnectionStrings:RabbitMq", Broker.Address.ToString());
            web.UseSetting("Auth:Authority", "http://identity.invalid");
            web.UseSetting("Auth:Issuer", TestTokens.Issuer);
            web.UseSetting("Auth:Audience", TestTokens.Audience);
            web.UseSetting("Outbox:Poll", "00:00:00.100");
            foreach (var (name, value) in Settings)
                web.UseSetting(name, value);
            web.ConfigureServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
                services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, BelieveTestKey);
                ReplaceEdge(services);
            });
        });
        // Before its queue is bound, the broker drops what is told to nobody yet.
        var bus = factory.Services.GetRequiredService<IBusControl>();
        await Eventually.IsTrueAsync(() => Task.FromResult(bus.CheckHealth().Status == BusHealthStatus.Healthy));
    }

    // As in production: the schema is there before the service starts.
    private async Task MigrateAsync()
    {
        var options = new DbContextOptionsBuilder<TDb>()
            .UseNpgsql(Database.ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations", schema))
            .Options;
        await using var db = (TDb)Activator.CreateInstance(typeof(TDb), options)!;
        await db.Database.MigrateAsync();
    }

    private static void BelieveTestKey(JwtBearerOptions bearer)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = TestTokens.Issuer };
        configuration.SigningKeys.Add(TestTokens.Key);
        bearer.Configuration = configuration;
        bearer.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(configuration);
    }
}
