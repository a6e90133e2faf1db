namespace Platform.Gateway.Tests;

public sealed class RequestFormTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Theory]
    [InlineData("/api/wallet/./info")]
    [InlineData("/api/wallet/../admin/wallets")]
    [InlineData("/api/wallet/..")]
    [InlineData("/api/wallet/.")]
    [InlineData("/api/wallet/%2e/info")]
    [InlineData("/api/wallet/%2e%2e/admin/wallets")]
    [InlineData("/api/wallet/%2E%2e/admin/wallets")]
    [InlineData("/api/wallet/.%2e/admin/wallets")]
    [InlineData("/api/wallet%2finfo")]
    [InlineData("/api/wallet/..%2fadmin%2Fwallets")]
    [InlineData("/api/wallet/..%5cadmin%5Cwallets")]
    [InlineData("/api/wallet/..\\admin\\wallets")]
    [InlineData("/api/wallet/..;/admin/wallets")]
    [InlineData("/api/wallet/..;x=1/admin/wallets")]
    [InlineData("/api/wallet/info;.css")]
    [InlineData("/api/wallet/%252e%252e/admin/wallets")]
    [InlineData("/api/wallet/%25%32%65%25%32%65/admin")]
    [InlineData("/api/wallet/%u002e%u002e/admin")]
    [InlineData("/api/wallet/%c0%af%c0%ae/admin")]
    [InlineData("/api/wallet/%e0%80%af/admin")]
    [InlineData("/api/wallet%E2%88%95info")]
    [InlineData("/api/wallet%E2%81%84info")]
    [InlineData("/api/wallet%EF%BC%8Finfo")]
    [InlineData("/api/wallet%EF%BC%BCinfo")]
    [InlineData("/api/wallet/info.")]
    [InlineData("/api/wallet./info")]
    [InlineData("/api/wallet/info%20")]
    [InlineData("/api/wallet/info%2e")]
    [InlineData("/api/wallet/info%0d%0aX-Role:%20ADMINISTRATOR")]
    [InlineData("/api/wallet/info%09")]
    [InlineData("/api/%61dmin/wallets")]
    [InlineData("/api/wallet/info#/../x")]
    [InlineData("/api/wallet/<script>")]
    [InlineData("http://{host}/api/wallet/..%2fadmin")]
    [InlineData("http://{host}/api/wallet/../admin")]
    public async Task A_path_with_two_readings_is_refused_and_reaches_nobody(string target)
    {
        var before = gateway.Received.Count();

        target = target.Replace("{host}", gateway.Address.Authority, StringComparison.Ordinal);
        var answer = await RawCaller.AskAsync(gateway, [$"GET {target} HTTP/1.1"]);

        answer.ShouldBe(400, "AMBIGUOUS_REQUEST");
        gateway.Received.Count().ShouldBe(before);
    }

    [Theory]
    [InlineData("/api/wallet/é")]
    [InlineData("/api/wallet/info\0")]
    [InlineData("/api/wallet/info%")]
    [InlineData("/api/wallet/%zz/info")]
    [InlineData("/api/wallet/info%00.css")]
    [InlineData("/api/wallet/a b/info")]
    [InlineData("api/wallet/info")]
    [InlineData("http://other.example/api/wallet/info")]
    public async Task A_target_that_is_no_path_is_refused_and_reaches_nobody(string target)
    {
        var before = gateway.Received.Count();

        var answer = await RawCaller.AskAsync(gateway, [$"GET {target} HTTP/1.1"]);

        answer.Status.ShouldBe(400, answer.Text);
        gateway.Received.Count().ShouldBe(before);
    }

    [Fact]
    public async Task The_absolute_form_of_an_address_means_the_same_path()
    {
        var answer = await RawCaller.AskAsync(gateway, [$"GET {gateway.Address}api/wallet/absolute HTTP/1.1"]);

        answer.Status.ShouldBe(200, answer.Text);
        gateway.TheOneAt("/api/wallet/absolute").Service.ShouldBe("wallet");
    }

    [Theory]
    [InlineData("/api/wallet/transactions/TXMP-12/status")]
    [InlineData("/api/catalog/services/n8n_1.2~beta")]
    [InlineData("/api/instances/019a-x/logs?tail=5&since=2026-01-01T00%3A00%3A00Z&q=..%2f%252e;x\\")]
    [InlineData("/api/admin/coupons/A+B@C:D,E=(F)!$&'*")]
    public async Task A_plain_path_passes_and_the_query_is_not_judged(string target)
    {
        var answer = await RawCaller.AskAsync(gateway, [$"GET {target} HTTP/1.1"]);

        answer.Status.ShouldBe(200, answer.Text);
    }

    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 44")]
    public async Task A_request_with_two_lengths_is_refused_and_what_it_smuggles_is_not_executed(string one, string other)
    {
        var before = gateway.Received.Count();
        var smuggled = $"0\r\n\r\nGET /api/wallet/smuggled HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n";

        var answer = await RawCaller.AskAsync(gateway, ["POST /api/wallet/cl-te HTTP/1.1", one, other, "Connection: keep-alive"], smuggled);

        answer.ShouldBe(400, "AMBIGUOUS_REQUEST");
        answer.Answers.ShouldBe(1);
        gateway.Received.Count().ShouldBe(before);
    }

    [Theory]
    [InlineData("Content-Length: 5", "Content-Length: 6")]
    [InlineData("Content-Length: 5, 5", "X: y")]
    [InlineData("Transfer-Encoding: chunked, identity", "X: y")]
    [InlineData("Transfer-Encoding: xchunked", "X: y")]
    [InlineData("Transfer-Encoding : chunked", "X: y")]
    [InlineData("X: y\r\n folded", "X: y")]
    [InlineData("X: a\0b", "X: y")]
    [InlineData("Host: a.example", "Host: b.example")]
    [InlineData("Host: a.example/x", "X: y")]
    public async Task A_request_with_bad_framing_is_refused_and_reaches_nobody(string one, string other)
    {
        var before = gateway.Received.Count();

        var answer = await RawCaller.AskAsync(gateway, ["POST /api/wallet/framing HTTP/1.1", one, other], "hello");

        answer.Status.ShouldBe(400, answer.Text);
        answer.Answers.ShouldBe(1);
        gateway.Received.Count().ShouldBe(before);
    }

    // The server reads "+5" as 5 and does not show the sign, so it cannot be refused; what is sent on says 5.
    [Fact]
    public async Task A_length_in_an_odd_spelling_is_sent_on_in_the_plain_one()
    {
        var answer = await RawCaller.AskAsync(gateway, ["POST /api/wallet/plus HTTP/1.1", "Content-Length: +5"], "hello");

        answer.Answers.ShouldBe(1, answer.Text);
        gateway.TheOneAt("/api/wallet/plus").Headers["Content-Length"].ToString().ShouldBe("5");
    }

    [Fact]
    public async Task The_server_as_a_whole_is_no_address()
    {
        var answer = await RawCaller.AskAsync(gateway, ["OPTIONS * HTTP/1.1"]);

        answer.Status.ShouldBe(400, answer.Text);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_one_by_one()
    {
        string Ask(string target, string connection) =>
            $"GET {target} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: {connection}\r\n\r\n";

        var answer = await RawCaller.SendAsync(gateway, Ask("/api/wallet/pipe/1", "keep-alive") + Ask("/api/wallet/pipe/2", "close"));

        answer.Answers.ShouldBe(2, answer.Text);
        gateway.TheOneAt("/api/wallet/pipe/1").Service.ShouldBe("wallet");
        gateway.TheOneAt("/api/wallet/pipe/2").Service.ShouldBe("wallet");
    }

    [Fact]
    public async Task An_upgrade_to_another_protocol_is_not_passed_on()
    {
        const string Target = "/api/wallet/h2c";

        var answer = await RawCaller.AskAsync(gateway,
            [$"GET {Target} HTTP/1.1", "Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]);

        answer.Status.ShouldBe(200, answer.Text);
        gateway.TheOneAt(Target).Headers.Upgrade.ShouldBeEmpty();
    }

    [Fact]
    public async Task Headers_of_40_KB_are_too_large()
    {
        var answer = await RawCaller.AskAsync(gateway, ["GET /api/wallet/header HTTP/1.1", "X-Big: " + new string('a', 40 * 1024)]);

        answer.ShouldBe(431, "HEADERS_TOO_LARGE");
        gateway.Received.ShouldNotContain(request => request.Target == "/api/wallet/header");
    }

    [Fact]
    public async Task A_request_line_of_9_KB_is_too_long()
    {
        var answer = await RawCaller.AskAsync(gateway, [$"GET /api/wallet/line?{new string('a', 9 * 1024)} HTTP/1.1"]);

        answer.ShouldBe(414, "REQUEST_LINE_TOO_LONG");
        gateway.Received.ShouldNotContain(request => request.Target.StartsWith("/api/wallet/line", StringComparison.Ordinal));
    }

    // These are beyond what the server reads at all, so the answer is its own and bare; what matters is that it is a refusal.
    [Theory]
    [InlineData(20, 1, 414)]
    [InlineData(1, 60, 431)]
    public async Task What_is_absurdly_large_is_refused_unread(int lineKb, int headerKb, int status)
    {
        var answer = await RawCaller.AskAsync(gateway,
            [$"GET /api/wallet/absurd?{new string('a', lineKb * 1024)} HTTP/1.1", "X-Big: " + new string('a', headerKb * 1024)]);

        answer.Status.ShouldBe(status, answer.Text);
        gateway.Received.ShouldNotContain(request => request.Target.StartsWith("/api/wallet/absurd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_of_65_KB_is_too_large_with_its_length_and_without()
    {
        var body = new string('a', 65 * 1024);

        var announced = await RawCaller.AskAsync(gateway, ["POST /api/wallet/body HTTP/1.1", $"Content-Length: {body.Length}"], body);
        var chunked = await RawCaller.AskAsync(gateway, ["POST /api/wallet/body HTTP/1.1", "Transfer-Encoding: chunked"],
            $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n");

        announced.ShouldBe(413, "BODY_TOO_LARGE");
        chunked.ShouldBe(413, "BODY_TOO_LARGE");
        gateway.Received.ShouldNotContain(request => request.Target == "/api/wallet/body");
    }

    [Fact]
    public async Task A_body_that_is_only_announced_too_large_is_refused_before_it_is_sent()
    {
        var answer = await RawCaller.AskAsync(gateway,
            ["POST /api/wallet/expect HTTP/1.1", "Content-Length: 5000000", "Expect: 100-continue"]);

        answer.ShouldBe(413, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task A_body_of_64_KB_passes()
    {
        var body = new string('a', 64 * 1024);

        var answer = await RawCaller.AskAsync(gateway, ["POST /api/wallet/full HTTP/1.1", $"Content-Length: {body.Length}"], body);

        answer.Status.ShouldBe(200, answer.Text);
        gateway.TheOneAt("/api/wallet/full").Body.Length.ShouldBe(body.Length);
    }

    [Fact]
    public async Task Only_listed_host_names_are_served_when_there_is_a_list()
    {
        await using var strict = await GatewayHost.StartAsync(("AllowedHosts", "api.example.id"));

        var right = await RawCaller.AskAsync(strict, ["GET /api/wallet/host HTTP/1.1", "Host: api.example.id"]);
        var wrong = await RawCaller.AskAsync(strict, ["GET /api/wallet/host HTTP/1.1", "Host: evil.example"]);
        var none = await RawCaller.AskAsync(strict, ["GET /api/wallet/host HTTP/1.1", "Host: "]);

        right.Status.ShouldBe(200, right.Text);
        wrong.ShouldBe(400, "MALFORMED_REQUEST");
        none.Status.ShouldBe(400, none.Text);
        strict.TheOneAt("/api/wallet/host").Headers.Host.ToString().ShouldNotContain("evil");
    }
}
