using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.WalletSequences.Running;

/// <summary>A notification as the gateway sees it.</summary>
/// <param name="Answers">The HTTP status of each attempt; null where there was no answer.</param>
/// <param name="Done">Every delivery was taken by us.</param>
/// <param name="GivenUp">One was refused as often as the gateway tries.</param>
internal sealed record Told(Guid Id, string Status, IReadOnlyList<int?> Answers, bool Done, bool GivenUp)
{
    public override string ToString() =>
        $"{Status} [{string.Join(", ", Answers.Select(answer => answer is { } status ? $"{status}" : "none"))}]";
}

/// <summary>The payment gateway as a process of its own, and everything that people and banks do there.</summary>
internal sealed class GatewaySimulator : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-Qw7Zr2Lk9Xv4Tn8Bh3Md5Pc6";
    public const string ClientKey = "SB-Mid-client-Rt5Yu8Io1Pa4Sd7F";
    public const string MerchantId = "G123456789";

    // The bank's confirmation of a refund comes after 0.6 s, the first repetition after about 0.1 s; a captured card still waits for a
    // minute before it settles by itself.
    private const string TimeScale = "0.001";
    private const string AcceptedCard = "4811111111111114";

    private readonly ChildProcess process;
    private readonly HttpClient http;

    private GatewaySimulator(ChildProcess process) => (this.process, http) = (process, new() { BaseAddress = process.Address });

    public Uri Address => process.Address;

    public static async Task<GatewaySimulator> StartAsync(string notificationUrl) =>
        new(await ChildProcess.StartAsync(World.Simulator, new Dictionary<string, string>
        {
            ["Midtrans__ServerKey"] = ServerKey,
            ["Midtrans__ClientKey"] = ClientKey,
            ["Midtrans__MerchantId"] = MerchantId,
            ["Midtrans__NotificationUrl"] = notificationUrl,
            ["Simulator__TimeScale"] = TimeScale,
            ["Simulator__Seed"] = "7",
        }));

    /// <summary>How the order's notifications misbehave; they are always held until the test lets them go.</summary>
    public Task MisbehaveAsync(Guid order, JsonObject? modes)
    {
        var all = (JsonObject?)modes?.DeepClone() ?? [];
        all["hold"] = true;
        return SendAsync(HttpMethod.Put, $"_simulator/orders/{order}/modes", all);
    }

    /// <summary>The customer picks a method on the payment page, without paying yet.</summary>
    public async Task ChooseAsync(Guid order, string method, string gopayMode)
    {
        var token = (string)(await GetAsync($"_simulator/orders/{order}"))["snap"]!["token"]!;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["method"] = method, ["gopayMode"] = gopayMode, ["card_number"] = AcceptedCard, ["card_cvv"] = "123",
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"snap/v4/redirection/{token}/choose") { Content = form };
        // On a phone an e-wallet opens its app; elsewhere it shows a QR code.
        request.Headers.UserAgent.ParseAdd(gopayMode == "qr" ? "Desktop" : "Mobile");
        using var answer = await http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBeLessThan(400, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Plays the customer, the bank or the merchant's staff.</summary>
    public Task PlayAsync(Guid order, string action, JsonObject? wish = null) =>
        SendAsync(HttpMethod.Post, $"_simulator/orders/{order}/{action}", wish);

    /// <summary>What the merchant decides about a transaction: approve, deny, cancel.</summary>
    public Task DecideAsync(Guid order, string action) => SendAsync(HttpMethod.Post, $"v2/{order}/{action}", null);

    /// <summary>A payment page that the wallet knows nothing of: another shop of the same merchant.</summary>
    public Task OpenElsewhereAsync(Guid order, long amount) => SendAsync(HttpMethod.Post, "snap/v1/transactions", new JsonObject
    {
        ["transaction_details"] = new JsonObject { ["order_id"] = order.ToString(), ["gross_amount"] = amount },
    });

    /// <summary>The ids of the order's transactions, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> TransactionsAsync(Guid order) =>
        [.. (await GetAsync($"_simulator/orders/{order}"))["transactions"]!.AsArray().Select(each => (string)each!["transactionId"]!)];

    public async Task<IReadOnlyList<Told>> ToldAsync(Guid order) =>
        [.. (await GetAsync($"_simulator/notifications?orderId={order}")).AsArray().Select(each => Read(each!))];

    /// <summary>The last notification about the order, as it is sent.</summary>
    public async Task<string> LastBodyAsync(Guid order) =>
        (await GetAsync($"_simulator/notifications?orderId={order}")).AsArray()[^1]!["body"]!.ToJsonString();

    public Task ReleaseAsync(Guid notification) =>
        SendAsync(HttpMethod.Post, "_simulator/notifications/release", new JsonObject { ["notifications"] = new JsonArray(notification) });

    public Task ResendAsync(Guid notification) => SendAsync(HttpMethod.Post, $"_simulator/notifications/{notification}/resend", null);

    /// <returns>The order id that the test notification names.</returns>
    public async Task<string> SendTestNotificationAsync() =>
        (string)(await SendAsync(HttpMethod.Post, "_simulator/notifications/test", null))["orderId"]!;

    /// <summary>The notifications about an order id that is not a top-up's.</summary>
    public async Task<IReadOnlyList<Told>> ToldAsync(string order) =>
        [.. (await GetAsync($"_simulator/notifications?orderId={order}")).AsArray().Select(each => Read(each!))];

    /// <summary>What was paid for the order and not taken back, by the gateway's own books.</summary>
    public async Task<long> NetAsync(Guid order) => (long)(await GetAsync($"_simulator/truth?orderId={order}"))["net"]!;

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Told Read(JsonNode each)
    {
        var deliveries = each["deliveries"]!.AsArray();
        return new(
            (Guid)each["id"]!, (string)each["transactionStatus"]!,
            [.. deliveries.SelectMany(delivery => delivery!["attempts"]!.AsArray()).Select(attempt => (int?)attempt!["status"])],
            deliveries.All(delivery => (string)delivery!["state"]! == "delivered"),
            deliveries.Any(delivery => (string)delivery!["state"]! == "given-up"));
    }

    private async Task<JsonNode> GetAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(path))!;

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body?.ToJsonString() ?? "{}", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(ServerKey + ":")));
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
