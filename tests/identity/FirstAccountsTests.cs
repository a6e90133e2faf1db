using System.Net;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class DemoIdentityHost : IdentityHost
{
    public string DemoPassword { get; set; } = "demo-first";

    protected override IEnumerable<KeyValuePair<string, string>> MoreSettings =>
    [
        new("Identity:Demo:Password", DemoPassword),
        new("Identity:Demo:AdminPassword", "admin-first"),
        new("Identity:Bootstrap:Email", "boss@example.id"),
        new("Identity:Bootstrap:Password", IdentityHost.Password),
    ];
}

public sealed class FirstAccountsTests(DemoIdentityHost identity) : IClassFixture<DemoIdentityHost>
{
    [Fact]
    public async Task Accounts_that_a_deployment_asks_for_are_there_once_and_open_with_the_configured_password()
    {
        await using var bus = await TestBus.StartAsync(identity.Broker, (test, endpoint) => test.Hear<UserRevised>(endpoint));
        await identity.RestartAsync();

        await Eventually.SeesAsync(
            () => identity.Database.QueryAsync<long>("SELECT count(*) FROM identity.users"), users => users == 2);
        var admin = await identity.LogInAsync("admin@example.id", "admin-first");
        admin.ShouldBe(HttpStatusCode.OK);
        admin.Text("data.user.role").ShouldBe("ADMINISTRATOR");
        (await bus.HearsAsync<UserRevised>(user => user.Email == "demo@example.id")).Role.ShouldBe("USER");

        identity.DemoPassword = "demo-second";
        await identity.RestartAsync();
        await Eventually.SeesAsync(
            () =>
            {
                identity.Clock.Advance(TimeSpan.FromHours(1));
                return identity.LogInAsync("demo@example.id", "demo-second");
            },
            reply => reply.Status == HttpStatusCode.OK);
        (await identity.Database.QueryAsync<long>("SELECT count(*) FROM identity.users")).ShouldBe(
            2, "demo and admin; no bootstrap beside an administrator");
    }
}
