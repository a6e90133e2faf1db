using Microsoft.AspNetCore.Http;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class HeaderTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static readonly string[] Forged =
    [
        "X-Real-IP", "X-Client-IP", "X-User-Id", "X-User", "X-User-Role", "X-User-Email", "X-Roles", "X-Original-URL", "X-Original-Host",
        "X-Rewrite-URL", "X-Forwarded-User", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Scheme",
        "X-Auth-Request-User",
        "Forwarded", "X-Request-Id", "X-HTTP-Method-Override", "Client-IP", "True-Client-IP", "b3", "X-B3-TraceId", "baggage", "tracestate",
        "Correlation-Context", "Request-Id", "Via", "Proxy", "X-Internal-Token", "X-Content-Length",
    ];

    [Fact]
    public async Task Headers_that_pretend_do_not_arrive_in_any_spelling()
    {
        const string Target = "/api/wallet/forged";

        await RawCaller.AskAsync(gateway,
        [
            $"GET {Target} HTTP/1.1",
            .. Forged.Select(name => $"{name}: 6.6.6.6"),
            .. Forged.Select(name => $"{name.ToLowerInvariant()}: 6.6.6.6"),
        ]);

        var arrived = gateway.TheOneAt(Target);
        arrived.Headers.Where(header => header.Value.ToString().Contains("6.6.6.6", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_a_request_came_from_is_what_the_gateway_saw()
    {
        const string Target = "/api/wallet/origin";

        await RawCaller.AskAsync(gateway,
        [
            $"GET {Target} HTTP/1.1", "X-Forwarded-For: 6.6.6.6", "x-forwarded-for: 7.7.7.7", "X-Forwarded-Proto: https",
            "X-Forwarded-Host: evil.example",
            "Connection: close, X-Forwarded-For, X-Forwarded-Proto",
        ]);

        var headers = gateway.TheOneAt(Target).Headers;
        headers["X-Forwarded-For"].ToString().ShouldBe("127.0.0.1");
        headers["X-Forwarded-Proto"].ToString().ShouldBe("http");
        headers["X-Forwarded-Host"].ToString().ShouldBe(gateway.Address.Authority);
    }

    [Fact]
    public async Task An_ingress_that_is_trusted_is_believed_for_one_hop()
    {
        await using var behind = await GatewayHost.StartAsync(("Ingress:TrustedNetworks:0", "127.0.0.0/8"));

        await RawCaller.AskAsync(behind,
            ["GET /api/wallet/hop HTTP/1.1", "X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https"]);

        behind.TheOneAt("/api/wallet/hop").Headers["X-Forwarded-For"].ToString().ShouldBe("203.0.113.9");
        behind.TheOneAt("/api/wallet/hop").Headers["X-Forwarded-Proto"].ToString().ShouldBe("https");
    }

    [Fact]
    public async Task The_authorization_cannot_be_taken_off_and_the_useful_headers_arrive()
    {
        const string Target = "/api/wallet/authorization";

        await RawCaller.AskAsync(gateway,
        [
            $"POST {Target} HTTP/1.1", "Connection: close, Authorization, Idempotency-Key", "Authorization: Bearer abc",
            "Idempotency-Key: k-1", "Prefer: wait=5", "Last-Event-ID: 17", "Accept: application/json", "Content-Length: 0",
        ]);

        var headers = gateway.TheOneAt(Target).Headers;
        headers.Authorization.ToString().ShouldBe("Bearer abc");
        headers["Idempotency-Key"].ToString().ShouldBe("k-1");
        headers["Prefer"].ToString().ShouldBe("wait=5");
        headers["Last-Event-ID"].ToString().ShouldBe("17");
        headers.Accept.ToString().ShouldBe("application/json");
    }

    [Fact]
    public async Task The_trace_is_ours_and_the_answer_names_it()
    {
        const string Target = "/api/wallet/trace";
        const string Theirs = "0af7651916cd43dd8448eb211c80319c";

        var answer = await RawCaller.AskAsync(gateway,
            [$"GET {Target} HTTP/1.1", $"traceparent: 00-{Theirs}-b7ad6b7169203331-01", "X-Request-Id: mine"]);

        var sentOn = gateway.TheOneAt(Target).Headers.TraceParent.ToString();
        sentOn.ShouldMatch("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$");
        sentOn.ShouldNotContain(Theirs);
        answer.Head.ShouldContain($"X-Request-Id: {sentOn.Split('-')[1]}");
    }

    [Theory]
    [InlineData("GET /api/wallet/ok HTTP/1.1", 200)]
    [InlineData("GET /health HTTP/1.1", 200)]
    [InlineData("GET /health/live HTTP/1.1", 200)]
    [InlineData("GET /api/wallet/%2e%2e HTTP/1.1", 400)]
    [InlineData("GET /nothing HTTP/1.1", 404)]
    [InlineData("TRACE /api/wallet/x HTTP/1.1", 405)]
    public async Task Every_answer_has_the_security_headers_and_is_not_stored(string line, int status)
    {
        var answer = await RawCaller.AskAsync(gateway, [line]);

        answer.Status.ShouldBe(status, answer.Text);
        ShouldBeSecure(answer.Head);
    }

    [Fact]
    public async Task An_answer_of_429_and_one_of_502_have_the_security_headers_too()
    {
        await using var tight = await GatewayHost.StartAsync(
            ("RateLimits:Factor", "1"), ("RateLimits:Admin", "1"), ("Services:Catalog", "http://127.0.0.1:1"));

        await RawCaller.AskAsync(tight, ["GET /api/admin/wallets HTTP/1.1"]);
        var limited = await RawCaller.AskAsync(tight, ["GET /api/admin/wallets HTTP/1.1"]);
        var unreachable = await RawCaller.AskAsync(tight, ["GET /api/catalog/services HTTP/1.1"]);

        limited.Status.ShouldBe(429, limited.Text);
        ShouldBeSecure(limited.Head);
        unreachable.Status.ShouldBe(502, unreachable.Text);
        ShouldBeSecure(unreachable.Head);
    }

    [Fact]
    public async Task What_a_service_says_of_caching_holds_and_what_it_says_of_itself_does_not()
    {
        gateway["catalog"].At("/api/catalog/cached", http =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            http.Response.Headers.ETag = "\"7\"";
            http.Response.Headers.Server = "Kestrel";
            http.Response.Headers["X-Powered-By"] = "hope";
            http.Response.Headers.XFrameOptions = "SAMEORIGIN";
            http.Response.Headers["X-Request-Id"] = "theirs";
            return http.Response.WriteAsJsonAsync(new { }, http.RequestAborted);
        });

        var answer = await RawCaller.AskAsync(gateway, ["GET /api/catalog/cached HTTP/1.1"]);

        answer.Head.ShouldContain("Cache-Control: public, max-age=60");
        answer.Head.ShouldNotContain("no-store");
        answer.Head.ShouldContain("ETag: \"7\"");
        answer.Head.ShouldContain("X-Frame-Options: DENY");
        foreach (var own in (string[])["Kestrel", "hope", "SAMEORIGIN", "theirs"])
            answer.Head.ShouldNotContain(own);
    }

    [Theory]
    [InlineData(402, "INSUFFICIENT_BALANCE")]
    [InlineData(404, "TOPUP_NOT_FOUND")]
    [InlineData(502, "GATEWAY_UNAVAILABLE")]
    [InlineData(503, "SERVICE_UNAVAILABLE")]
    public async Task A_refusal_of_a_service_stays_its_own(int status, string code)
    {
        var path = $"/api/wallet/refused/{status}";
        gateway["wallet"].At(path, http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "17";
            var problem = new { code, status, data = new { shortfall = 5 } };
            return http.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", http.RequestAborted);
        });
        using var caller = gateway.Caller(TestTokens.For(Guid.CreateVersion7()));

        using var answer = await caller.GetAsync(path, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("Retry-After").ShouldBe(["17"]);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldBe($$$"""{"code":"{{{code}}}","status":{{{status}}},"data":{"shortfall":5}}""");
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task An_answer_without_a_body_stays_without_one(int status)
    {
        var path = $"/api/wallet/empty/{status}";
        gateway["wallet"].At(path, http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var caller = gateway.Caller();

        using var answer = await caller.GetAsync(path, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    private static void ShouldBeSecure(string head)
    {
        head.ShouldContain("X-Content-Type-Options: nosniff");
        head.ShouldContain("X-Frame-Options: DENY");
        head.ShouldContain("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'");
        head.ShouldContain("Referrer-Policy: no-referrer");
        head.ShouldContain("Strict-Transport-Security: max-age=31536000");
        head.ShouldContain("no-store");
        head.ShouldContain("X-Request-Id: ");
        head.ShouldNotContain("Server:");
        head.ShouldNotContain("X-Powered-By");
    }
}
