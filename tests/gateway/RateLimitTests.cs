using System.Net;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class RateLimitTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync(
        ("RateLimits:Factor", "1"),
        ("RateLimits:SignIn", "2"), ("RateLimits:Catalog", "3"), ("RateLimits:User", "4"), ("RateLimits:Admin", "5"),
        ("RateLimits:Polls", "6"), ("RateLimits:Webhook", "7"));

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData("POST", "/api/auth/login", 2)]
    [InlineData("POST", "/API//Auth/register/", 2)]
    [InlineData("POST", "/api/auth/refresh-token", 2)]
    [InlineData("GET", "/api/catalog/services", 3)]
    [InlineData("GET", "/.well-known/jwks.json", 3)]
    [InlineData("GET", "/api/wallet/info", 4)]
    [InlineData("POST", "/api/subscriptions", 4)]
    [InlineData("GET", "/api/auth/profile", 4)]
    [InlineData("GET", "/api/unknown", 4)]
    [InlineData("GET", "/api/admin/users", 5)]
    [InlineData("GET", "/api/subscriptions/1/metrics", 6)]
    [InlineData("GET", "/socket.io/?transport=polling", 6)]
    [InlineData("POST", "/api/wallet/webhook/midtrans", 7)]
    public async Task Each_kind_of_request_has_its_own_limit_and_the_refusal_says_when_to_return(string method, string target, int limit)
    {
        using var caller = gateway.Caller();
        for (var i = 0; i < limit; i++)
            (await StatusAsync(caller, method, target)).ShouldNotBe(429, $"request {i + 1} of {limit}");

        using var refused = await caller.SendAsync(new(new HttpMethod(method), target), TestContext.Current.CancellationToken);

        await refused.ShouldBeAsync(429, "TOO_MANY_REQUESTS");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        gateway.Received.Count().ShouldBe(target == "/api/unknown" ? 0 : limit);
    }

    [Fact]
    public async Task One_kind_used_up_leaves_the_others()
    {
        using var caller = gateway.Caller();
        await UseUpAsync(caller, "/api/wallet/info");

        (await StatusAsync(caller, "GET", "/api/catalog/services")).ShouldBe(200);
        (await StatusAsync(caller, "GET", "/api/admin/users")).ShouldBe(200);
        (await StatusAsync(caller, "GET", "/health")).ShouldBe(200);
    }

    [Fact]
    public async Task A_user_has_a_limit_of_his_own_wherever_he_comes_from()
    {
        var (one, other) = (TestTokens.For(Guid.CreateVersion7()), TestTokens.For(Guid.CreateVersion7()));
        using var phone = gateway.Caller(one);
        await UseUpAsync(phone, "/api/wallet/info");

        using var laptop = gateway.Caller(one, from: "127.0.0.2");
        using var neighbour = gateway.Caller(other);
        using var stranger = gateway.Caller();
        (await StatusAsync(laptop, "GET", "/api/wallet/info")).ShouldBe(429);
        (await StatusAsync(neighbour, "GET", "/api/wallet/info")).ShouldBe(200);
        (await StatusAsync(stranger, "GET", "/api/wallet/info")).ShouldBe(200);
    }

    [Fact]
    public async Task A_stranger_shares_the_limit_of_his_address_whatever_he_writes_into_headers()
    {
        var hourAgo = TimeProvider.System.GetUtcNow().AddHours(-1);
        using var stranger = gateway.Caller();
        await UseUpAsync(stranger, "/api/wallet/info");

        foreach (var (name, value) in ((string, string)[])
                 [
                     ("X-Forwarded-For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-User-Id", "7"),
                     ("Authorization", "Bearer rubbish"), ("Authorization", $"Bearer {Forged()}"),
                     ("Authorization", $"Bearer {TestTokens.For(Guid.CreateVersion7(), expires: hourAgo)}"),
                 ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/wallet/info");
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await stranger.SendAsync(request, TestContext.Current.CancellationToken);

            answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests, $"{name}: {value}");
        }

        using var elsewhere = gateway.Caller(from: "127.0.0.3");
        (await StatusAsync(elsewhere, "GET", "/api/wallet/info")).ShouldBe(200);
    }

    [Fact]
    public async Task Trying_passwords_counts_per_address_with_a_token_too()
    {
        for (var i = 0; i < 2; i++)
        {
            using var caller = gateway.Caller(TestTokens.For(Guid.CreateVersion7()));
            (await StatusAsync(caller, "POST", "/api/auth/login")).ShouldBe(200);
        }

        using var again = gateway.Caller(TestTokens.For(Guid.CreateVersion7()));
        (await StatusAsync(again, "POST", "/api/auth/login")).ShouldBe(429);
    }

    [Fact]
    public async Task Behind_a_trusted_ingress_the_limit_belongs_to_the_caller_and_not_to_the_ingress()
    {
        await using var behind = await GatewayHost.StartAsync(
            ("RateLimits:Factor", "1"), ("RateLimits:User", "1"), ("Ingress:TrustedNetworks:0", "127.0.0.1/32"));

        (await RawCaller.AskAsync(behind, ["GET /api/wallet/a HTTP/1.1", "X-Forwarded-For: 203.0.113.1"])).Status.ShouldBe(200);
        (await RawCaller.AskAsync(behind, ["GET /api/wallet/b HTTP/1.1", "X-Forwarded-For: 203.0.113.2"])).Status.ShouldBe(200);
        (await RawCaller.AskAsync(behind, ["GET /api/wallet/c HTTP/1.1", "X-Forwarded-For: 6.6.6.6, 203.0.113.1"])).Status.ShouldBe(429);

        // Addresses of one IPv6 network are one caller.
        (await RawCaller.AskAsync(behind, ["GET /api/wallet/d HTTP/1.1", "X-Forwarded-For: 2001:db8::1"])).Status.ShouldBe(200);
        (await RawCaller.AskAsync(behind, ["GET /api/wallet/e HTTP/1.1", "X-Forwarded-For: 2001:db8::2"])).Status.ShouldBe(429);
        (await RawCaller.AskAsync(behind, ["GET /api/wallet/f HTTP/1.1", "X-Forwarded-For: 2001:db8:0:1::1"])).Status.ShouldBe(200);
    }

    private static string Forged() =>
        TestTokens.For(Guid.CreateVersion7(), signedBy: new Microsoft.IdentityModel.Tokens.ECDsaSecurityKey(
            System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256)) { KeyId = "test" });

    private static async Task<int> StatusAsync(HttpClient caller, string method, string target)
    {
        using var answer = await caller.SendAsync(new(new HttpMethod(method), target), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private static async Task UseUpAsync(HttpClient caller, string target)
    {
        for (var i = 0; i < 20; i++)
        {
            if (await StatusAsync(caller, "GET", target) == 429)
                return;
        }

        throw new InvalidOperationException($"20 requests to {target} and no end.");
    }
}
