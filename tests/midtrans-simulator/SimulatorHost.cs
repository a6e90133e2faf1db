using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace Platform.Simulators.Midtrans.Tests;

internal sealed record Answer(HttpStatusCode Http, JsonNode? Json, string Text)
{
    public int HttpCode => (int)Http;

    /// <summary>The status_code of the body, which is a text.</summary>
    public string Code => Field("status_code");

    public string Message => Field("status_message");

    public string Status => Field("transaction_status");

    public string Field(string name) => Json?[name] is JsonValue value ? value.ToString() : "(absent)";
}

/// <summary>A simulator on a real port with a merchant behind it, and what both do to each other as methods.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-test";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private readonly WebApplication app;
    private readonly bool ownsMerchant;

    private SimulatorHost(WebApplication app, Merchant merchant, FakeClock clock, bool ownsMerchant)
    {
        (this.app, Merchant, Clock, this.ownsMerchant) = (app, merchant, clock, ownsMerchant);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public Merchant Merchant { get; }
    public FakeClock Clock { get; }
    public HttpClient Http { get; }
    public string Url => app.Urls.Single();

    public static async Task<SimulatorHost> StartAsync(FakeClock? clock = null, Merchant? merchant = null, params string[] settings)
    {
        clock ??= new FakeClock();
        var owns = merchant is null;
        merchant ??= await Merchant.StartAsync();
        var app = SimulatorApp.Build(
            [
                "--urls=http://127.0.0.1:0", "--environment=Development", $"--Midtrans:ServerKey={ServerKey}",
                "--Midtrans:ClientKey=SB-Mid-client-test", "--Midtrans:MerchantId=G123456789",
                $"--Midtrans:NotificationUrl={merchant.Url}", "--Simulator:Seed=7", "--Logging:LogLevel:Default=Warning", .. settings,
            ],
            clock, Console.Error);
        app.ShouldNotBeNull();
        await app.StartAsync();
        return new SimulatorHost(app, merchant, clock, owns);
    }

    public async Task<Answer> CallAsync(
        HttpMethod method, string path, JsonNode? body = null, string? key = ServerKey, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            // The official client sends a body with every call, also with GET, and the literal `null` where it has nothing to say.
            Content = new StringContent(
                body?.ToJsonString() ?? (method == HttpMethod.Get ? "{}" : "null"), Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answer(response.StatusCode, isJson ? JsonNode.Parse(text) : null, text);
    }

    public Task<Answer> GetStatusAsync(string id) => CallAsync(HttpMethod.Get, $"/v2/{id}/status");

    public Task<Answer> ActAsync(string id, string action, JsonNode? body = null) => CallAsync(HttpMethod.Post, $"/v2/{id}/{action}", body);

    public Task<Answer> ChargeAsync(JsonObject body, params (string Name, string Value)[] headers) =>
        CallAsync(HttpMethod.Post, "/v2/charge", body, ServerKey, headers);

    public Task<Answer> ChargeBcaAsync(string orderId, long amount = 150_000) => ChargeAsync(Requests.BankTransfer("bca", orderId, amount));

    public Task<Answer> OpenSnapAsync(JsonObject body, params (string Name, string Value)[] headers) =>
        CallAsync(HttpMethod.Post, "/snap/v1/transactions", body, ServerKey, headers);

    public async Task<string> CardTokenAsync(string number, string cvv = "123")
    {
        var answer = await CallAsync(
            HttpMethod.Get,
            $"/v2/token?client_key=SB-Mid-client-test&card_number={number}&card_exp_month=12&card_exp_year=2030&card_cvv={cvv}", key: null);
        answer.Code.ShouldBe("200", answer.Text);
        return answer.Field("token_id");
    }

    /// <summary>A call of the control API that must work.</summary>
    public async Task<Answer> ControlAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        var sent = body ?? (method == HttpMethod.Get ? null : new JsonObject());
        var answer = await CallAsync(method, "/_simulator/" + path, sent, key: null);
        answer.HttpCode.ShouldBeInRange(200, 299, answer.Text);
        return answer;
    }

    public Task<Answer> PlayAsync(string orderId, string action, JsonObject? wish = null) =>
        ControlAsync(HttpMethod.Post, $"orders/{orderId}/{action}", wish);

    public async Task<IReadOnlyList<JsonObject>> NotificationsAsync(string orderId) =>
    [
        .. (await ControlAsync(HttpMethod.Get, $"notifications?orderId={orderId}")).Json!.AsArray().Select(each => (JsonObject)each!),
    ];

    public async Task<IReadOnlyList<JsonObject>> DeliveriesAsync(string orderId) =>
        [.. (await NotificationsAsync(orderId)).SelectMany(each => each["deliveries"]!.AsArray()).Select(each => (JsonObject)each!)];

    /// <summary>Waits until the merchant has been told exactly these states, in this order, and no delivery is under way.</summary>
    public async Task MerchantIsToldAsync(string orderId, params string[] states)
    {
        var seen = "";
        await UntilAsync(
            async () =>
            {
                var told = Merchant.Received.Where(each => (string?)each.Body["order_id"] == orderId);
                seen = string.Join(", ", told.Select(each => each.Status));
                return seen == string.Join(", ", states)
                    && (await DeliveriesAsync(orderId)).All(each => !(bool)each["inFlight"]! && (string)each["state"]! != "waiting");
            },
            () => $"the merchant was told: {seen}; expected: {string.Join(", ", states)}");
    }

    public Task MerchantHearsAsync(string orderId, string status) => UntilAsync(
        () => Task.FromResult(Merchant.Received.Any(each => (string?)each.Body["order_id"] == orderId && each.Status == status)),
        () => $"the merchant was never told {status} of {orderId}");

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> seen)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Not within {Deadline.TotalSeconds} s: {seen()}"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await app.StopAsync(now.Token);
        }

        await app.DisposeAsync();
        if (ownsMerchant)
        {
            await Merchant.DisposeAsync();
        }
    }
}
