using Microsoft.AspNetCore.Http;

namespace Platform.Gateway.Tests;

public sealed class BrowserTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Theory]
    [InlineData("/api/wallet/info", 200)]
    [InlineData("/health", 200)]
    [InlineData("/nothing", 404)]
    [InlineData("/api/wallet/%2e%2e", 400)]
    public async Task A_page_of_a_listed_origin_may_read_every_answer(string target, int status)
    {
        var answer = await RawCaller.AskAsync(gateway, [$"GET {target} HTTP/1.1", $"Origin: {GatewayHost.Frontend}"]);

        answer.Status.ShouldBe(status, answer.Text);
        answer.Head.ShouldContain($"Access-Control-Allow-Origin: {GatewayHost.Frontend}");
        answer.Head.ShouldContain("Access-Control-Expose-Headers: x-request-id,retry-after,idempotency-replayed");
        answer.Head.ShouldNotContain("Access-Control-Allow-Credentials");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("https://console.example.id.evil.example")]
    [InlineData("https://evil-console.example.id")]
    [InlineData("https://evil.example/https://console.example.id")]
    [InlineData("https://x.console.example.id")]
    [InlineData("http://console.example.id")]
    [InlineData("https://console.example.id:8443")]
    [InlineData("https://console.example.id@evil.example")]
    public async Task A_page_of_another_origin_may_read_nothing(string origin)
    {
        foreach (var lines in (string[][])
                 [
                     ["GET /api/wallet/info HTTP/1.1", $"Origin: {origin}"],
                     ["OPTIONS /api/wallet/info HTTP/1.1", $"Origin: {origin}", "Access-Control-Request-Method: DELETE"],
                 ])
        {
            var answer = await RawCaller.AskAsync(gateway, lines);

            answer.Head.ShouldNotContain("Access-Control-Allow-");
        }
    }

    [Theory]
    [InlineData("GET"), InlineData("POST"), InlineData("PUT"), InlineData("PATCH"), InlineData("DELETE")]
    public async Task A_preflight_of_a_listed_origin_passes_for_every_route_without_troubling_a_service(string method)
    {
        var before = gateway.Received.Count();
        string[] targets = ["/api/auth/login", "/api/subscriptions/1", "/api/admin/wallets", "/socket.io/", "/health", "/nothing"];
        foreach (var target in targets)
        {
            var answer = await RawCaller.AskAsync(gateway,
            [
                $"OPTIONS {target} HTTP/1.1", $"Origin: {GatewayHost.Frontend}", $"Access-Control-Request-Method: {method}",
                "Access-Control-Request-Headers: authorization,content-type,idempotency-key,prefer",
            ]);

            answer.Status.ShouldBe(204, answer.Text);
            answer.Head.ShouldContain($"Access-Control-Allow-Origin: {GatewayHost.Frontend}");
            answer.Head.ShouldContain("Access-Control-Allow-Methods: GET,POST,PUT,PATCH,DELETE");
            answer.Head.ShouldContain("Access-Control-Allow-Headers: authorization,content-type,idempotency-key,prefer");
            answer.Head.ShouldNotContain("Access-Control-Allow-Credentials");
        }

        gateway.Received.Count().ShouldBe(before);
    }

    [Fact]
    public async Task A_service_cannot_open_the_gateway_to_other_origins()
    {
        gateway["wallet"].At("/api/wallet/open", http =>
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers.AccessControlAllowCredentials = "true";
            return http.Response.WriteAsync("{}", http.RequestAborted);
        });

        var answer = await RawCaller.AskAsync(gateway, ["GET /api/wallet/open HTTP/1.1", "Origin: https://evil.example"]);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Head.ShouldNotContain("Access-Control-Allow-");
    }
}
