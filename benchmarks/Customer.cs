using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Benchmarks;

/// <summary>One user of the public API: registered, with credit, buying and cancelling.</summary>
internal sealed class Customer : IDisposable
{
    private const long Credit = 10_000_000;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new(Surroundings.Gateway, "/api/"),
    };

    /// <summary>Registers and tops up; not part of what is measured.</summary>
    public static async Task<Customer> ArriveAsync(CancellationToken ct)
    {
        var customer = new Customer();
        var name = Guid.CreateVersion7().ToString("N");
        var registered = await customer.SendAsync(HttpMethod.Post, "auth/register",
            new { name = "Load", email = $"load-{name}@example.id", password = $"long enough {name}" }, ct);
        customer.http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", registered["accessToken"]!.GetValue<string>());
        var topUp = await customer.SendAsync(HttpMethod.Post, "wallet/topup", new { amount = Credit, paymentMethod = "E_WALLET" }, ct);
        using var payments = new HttpClient { BaseAddress = Surroundings.Payments };
        var order = topUp["transaction"]!["transactionId"]!.GetValue<string>();
        (await payments.PostAsJsonAsync($"_simulator/orders/{order}/pay", new { }, ct)).EnsureSuccessStatusCode();
        var deadline = Stopwatch.StartNew();
        while ((await customer.SendAsync(HttpMethod.Get, "wallet/info", null, ct))["wallet"]!["creditBalance"]!.GetValue<long>() < Credit)
        {
            if (deadline.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("A top-up was not credited within 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }

        return customer;
    }

    /// <summary>The cheapest plan that costs something, with the most seats.</summary>
    public async Task<Guid> ChoosePlanAsync(CancellationToken ct)
    {
        var services = await SendAsync(HttpMethod.Get, "catalog/services?limit=50", null, ct);
        return services["services"]!.AsArray().SelectMany(service => service!["plans"]!.AsArray())
            .Where(plan => plan!["monthlyPrice"]!.GetValue<long>() > 0)
            .OrderByDescending(plan => plan!["availableQuota"]!.GetValue<int>())
            .First()!["id"]!.GetValue<Guid>();
    }

    /// <summary>POST until the money is captured, as the timeline tells it.</summary>
    public async Task<(Guid Subscription, TimeSpan ToAnswer, TimeSpan ToCapture)> BuyAsync(Guid plan, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var bought = await SendAsync(HttpMethod.Post, "subscriptions", new { planId = plan }, ct);
        var answered = Stopwatch.GetElapsedTime(started);
        var id = bought["subscription"]!["id"]!.GetValue<Guid>();
        await FollowAsync(id, "FUNDS_CAPTURED", ct);
        return (id, answered, Stopwatch.GetElapsedTime(started));
    }

    public async Task CancelAsync(Guid subscription, CancellationToken ct)
    {
        await SendAsync(HttpMethod.Delete, $"subscriptions/{subscription}", null, ct);
        await FollowAsync(subscription, "CANCELLED", ct);
    }

    public void Dispose() => http.Dispose();

    private async Task FollowAsync(Guid subscription, string step, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var stream = await http.GetStreamAsync($"subscriptions/{subscription}/timeline/stream", limit.Token);
        using var reader = new StreamReader(stream);
        var seen = new List<string>();
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal) || JsonNode.Parse(line["data: ".Length..]) is not { } entry)
                continue;
            seen.Add(entry["step"]!.GetValue<string>());
            if (seen[^1] == step)
                return;
        }

        throw new InvalidOperationException($"The timeline of {subscription} ended without {step}: {string.Join(", ", seen)}");
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!["data"]!
            : throw new InvalidOperationException($"{method} {path} was answered {(int)answer.StatusCode}: {text}");
    }
}
