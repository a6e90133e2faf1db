using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Customers;

/// <summary>What the API answered.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body, string Text)
{
    /// <summary>The envelope's content.</summary>
    public JsonNode Data => Status is >= 200 and < 300 && Body is not null
        ? Body["data"] ?? Body
        : throw new InvalidOperationException($"The answer was not a success: {this}");

    public string? Code => Body.Find("code")?.ToString();

    public override string ToString() => $"{Status} {Text}";
}

/// <summary>
/// A customer with a well-behaved client: everything goes through the gateway, and what moves money or machines carries an
/// Idempotency-Key and is sent again under it when no certain answer came.
/// </summary>
internal sealed class Customer : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly RunningPlatform platform;
    private readonly HttpClient http;

    private Customer(RunningPlatform platform)
    {
        this.platform = platform;
        http = Direct.To(new(platform.System.Gateway, "api/"), TimeSpan.FromSeconds(20));
    }

    public Guid Id { get; private set; }
    public string Email { get; private set; } = "";

    public static async Task<Customer> RegisterAsync(RunningPlatform platform)
    {
        var customer = new Customer(platform) { Email = $"customer-{Guid.CreateVersion7():N}@example.id" };
        var answer = await customer.SendAsync(HttpMethod.Post, "auth/register",
            new { name = "Siti Rahayu", email = customer.Email, password = "kuda-laut-biru-7" });
        customer.Id = Guid.Parse(answer.Data.Text("user.id"));
        customer.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Data.Text("accessToken"));
        return customer;
    }

    /// <summary>Opens a top-up.</summary>
    /// <returns>Its order id.</returns>
    public async Task<Guid> OpenTopUpAsync(long amount) =>
        Guid.Parse((await SendAsync(HttpMethod.Post, "wallet/topup", new { amount, paymentMethod = "E_WALLET" }))
            .Data.Text("transaction.transactionId"));

    /// <summary>Tops up, and returns when the credit is there.</summary>
    public async Task TopUpAsync(long amount)
    {
        var before = (await WalletAsync()).Balance;
        var order = await OpenTopUpAsync(amount);
        await platform.PaymentGateway.PayAsync(order);
        await Until.SeenAsync(WalletAsync, wallet => wallet.Balance == before + amount,
            () => platform.DescribeAsync("wallet", "gateway", "midtrans-simulator"));
    }

    public async Task<Wallet> WalletAsync()
    {
        var wallet = (await GetAsync("wallet/info")).Data.Find("wallet");
        return new(wallet.Number("creditBalance"), wallet.Number("available"), wallet.Number("held"));
    }

    /// <summary>Buys; comes back with the first certain answer, whatever breaks meanwhile.</summary>
    public Task<ApiAnswer> SubscribeAsync(Offer offer) => SendAsync(HttpMethod.Post, "subscriptions", new { planId = offer.PlanId });

    /// <summary>The subscription's answer, taken by a customer who expects to be served.</summary>
    public async Task<Purchase> BuyAsync(Offer offer)
    {
        var answer = await SubscribeAsync(offer);
        return new(platform, this, offer, Guid.Parse(answer.Data.Text("subscription.id")));
    }

    public async Task<ApiAnswer> GetAsync(string path) => await SendOnceAsync(HttpMethod.Get, path, null, null);

    /// <summary>Sends until there is a certain answer: not while connections break, servers are away, or a first try runs.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body)
    {
        var key = Guid.CreateVersion7().ToString();
        return await Until.SeenAsync(() => SendOnceAsync(method, path, body, key), IsCertain, () => platform.DescribeAsync("gateway"));
    }

    public async Task<ApiAnswer> SendOnceAsync(HttpMethod method, string path, object? body, string? key)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        try
        {
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? Between, TimeProvider.System);
            }

            return new((int)answer.StatusCode, Parse(text), text);
        }
        catch (TaskCanceledException late)
        {
            throw new HttpRequestException($"{method} {path} was not answered within {http.Timeout.TotalSeconds:0} s.", late);
        }
    }

    public void Dispose() => http.Dispose();

    private static bool IsCertain(ApiAnswer answer) =>
        answer.Status is < 500 and not (408 or 429) && answer.Code is not ("IDEMPOTENCY_KEY_IN_PROGRESS" or "KEY_IN_PROGRESS");

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Whole rupiah.</summary>
internal sealed record Wallet(long Balance, long Available, long Held);
