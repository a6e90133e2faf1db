using System.Net;
using System.Security.Cryptography;
using System.Text;
using Platform.Testing;

namespace Platform.Gateway.Tests;

public sealed class RoutingTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static readonly (string Prefix, string Service)[] Table =
    [
        ("/api/auth", "identity"), ("/api/user", "identity"), ("/api/admin/users", "identity"), ("/.well-known", "identity"),
        ("/api/catalog", "catalog"), ("/api/admin/services", "catalog"), ("/api/admin/quota", "catalog"),
        ("/api/wallet", "wallet"), ("/api/admin/wallets", "wallet"), ("/api/admin/coupons", "wallet"),
        ("/api/subscriptions", "subscriptions"), ("/api/admin/subscriptions", "subscriptions"), ("/api/admin/billing", "subscriptions"),
        ("/api/instances", "provisioner"), ("/api/admin/health", "provisioner"), ("/api/admin/k8s", "provisioner"),
        ("/socket.io", "provisioner"),
    ];

    public static TheoryData<string, string> Prefixes => [.. Table];

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Each_prefix_reaches_its_own_service_with_path_and_query_unchanged(string prefix, string service)
    {
        using var caller = gateway.Caller();

        foreach (var target in (string[])[prefix, $"{prefix}/", $"{prefix}/a/b-c/019f?x=%2F..&y=a%20b", prefix.ToUpperInvariant()])
        {
            using var answer = await caller.GetAsync(target, TestContext.Current.CancellationToken);

            (await answer.ServiceAsync()).ShouldBe(service, target);
            gateway.TheOneAt(target).Service.ShouldBe(service);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/")]
    [InlineData("/api/unknown")]
    [InlineData("/api/authx")]
    [InlineData("/api/users")]
    [InlineData("/api/wallets/info")]
    [InlineData("/api/admin")]
    [InlineData("/api/admin/usersx")]
    [InlineData("/auth/login")]
    [InlineData("/internal/catalog")]
    [InlineData("/api/internal/wallet")]
    [InlineData("/.env")]
    [InlineData("/.git/config")]
    [InlineData("/swagger/index.html")]
    [InlineData("/metrics")]
    [InlineData("/health/details")]
    [InlineData("/favicon.ico")]
    public async Task What_belongs_to_no_service_is_not_found_with_and_without_a_token(string target)
    {
        var (before, token) = (gateway.Received.Count(), TestTokens.For(Guid.CreateVersion7()));
        foreach (var caller in (HttpClient[])[gateway.Caller(), gateway.Caller(token), gateway.Caller("rubbish")])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete])
            {
                using var answer = await caller.SendAsync(new(method, target), TestContext.Current.CancellationToken);

                await answer.ShouldBeAsync(404, "NOT_FOUND");
            }

            caller.Dispose();
        }

        gateway.Received.Count().ShouldBe(before);
    }

    [Theory]
    [InlineData("/api//catalog/categories", "/api/catalog/categories", "catalog")]
    [InlineData("//api///wallet//info//", "/api/wallet/info/", "wallet")]
    [InlineData("/api//subscriptions?next=//evil", "/api/subscriptions?next=//evil", "subscriptions")]
    public async Task Repeated_slashes_are_one(string sent, string arrived, string service)
    {
        var answer = await RawCaller.AskAsync(gateway, [$"GET {sent} HTTP/1.1"]);

        answer.Status.ShouldBe(200, answer.Text);
        gateway.TheOneAt(arrived).Service.ShouldBe(service);
    }

    [Theory]
    [InlineData("GET"), InlineData("POST"), InlineData("PUT"), InlineData("PATCH"), InlineData("DELETE")]
    [InlineData("HEAD"), InlineData("OPTIONS")]
    public async Task A_method_arrives_as_it_was_sent(string method)
    {
        var target = $"/api/wallet/method/{method}";

        var answer = await RawCaller.AskAsync(gateway, [$"{method} {target} HTTP/1.1"]);

        answer.Status.ShouldBe(200, answer.Text);
        gateway.TheOneAt(target).Method.ShouldBe(method);
    }

    [Theory]
    [InlineData("TRACE"), InlineData("PROPFIND"), InlineData("DEBUG"), InlineData("get")]
    public async Task A_method_that_no_service_has_is_refused_here(string method)
    {
        var target = $"/api/wallet/no-method/{method}";

        var answer = await RawCaller.AskAsync(gateway, [$"{method} {target} HTTP/1.1"]);

        answer.ShouldBe(405, "METHOD_NOT_ALLOWED");
        answer.Head.ShouldContain("Allow: ");
        gateway.Received.ShouldNotContain(request => request.Target == target);
    }

    [Fact]
    public async Task A_header_cannot_change_the_method()
    {
        const string Target = "/api/subscriptions/override";

        await RawCaller.AskAsync(gateway,
        [
            $"POST {Target} HTTP/1.1", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE",
            "Content-Length: 0",
        ]);

        var arrived = gateway.TheOneAt(Target);
        arrived.Method.ShouldBe("POST");
        arrived.Headers.Values.ShouldNotContain(value => value.ToString() == "DELETE");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_webhook_without_a_token_arrives_byte_for_byte(bool chunked)
    {
        var target = $"/api/wallet/webhook/midtrans?{chunked}";
        const string Oddly = "{ \"gross_amount\":\"150000.00\" ,\r\n \"name\":\"Sri\\u0020é\" }\n\n";
        byte[] body = [.. Encoding.UTF8.GetBytes(Oddly), 0, .. RandomNumberGenerator.GetBytes(50_000)];
        using var caller = gateway.Caller();
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await caller.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var arrived = gateway.TheOneAt(target);
        arrived.Body.ShouldBe(body);
        arrived.Headers.ContentType.ToString().ShouldBe("application/json");
        arrived.Headers.ContentLength.ShouldBe(body.Length);
        arrived.Headers.TransferEncoding.ShouldBeEmpty();
    }
}
