using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Platform.Benchmarks.Wallet;

/// <summary>How long the gateway waits for its answers, and the users for their credit, when many payments settle in one moment.</summary>
/// <param name="AllAnswered">Every answer was a 200.</param>
internal sealed record BurstResult(
    int Notifications, bool AllAnswered, double AnswerP50, double AnswerP99, double AnswerMax, double CreditedP50, double CreditedP99);

/// <summary>
/// Real top-ups, paid at the simulated gateway, whose settlement notifications are kept back, and then sent all at once, each on its own
/// connection: what follows (status query included) is what every notification costs.
/// </summary>
internal sealed class NotificationBurst(NpgsqlDataSource database, DevelopmentTokens tokens) : IDisposable
{
    private const int PerUser = 5;
    private const int AtOnce = 8;
    private static readonly string[] Methods = ["BANK_TRANSFER", "E_WALLET", "CREDIT_CARD", "QRIS"];

    private readonly HttpClient wallet = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Surroundings.Wallet };
    private readonly HttpClient payments = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Surroundings.Payments };

    public void Dispose()
    {
        wallet.Dispose();
        payments.Dispose();
    }

    public async Task<BurstResult> RunAsync(int count, CancellationToken ct)
    {
        await payments.PutAsJsonAsync("_simulator/modes", new { hold = true }, ct);
        List<(Guid Order, byte[] Notification)> waiting;
        try
        {
            waiting = await PrepareAsync(count, ct);
        }
        finally
        {
            await payments.DeleteAsync("_simulator/modes", CancellationToken.None);
        }

        var (sent, answers, refusals) = (new ConcurrentDictionary<Guid, DateTimeOffset>(), new Latencies(), 0);
        var load = new HttpLoad(Surroundings.Wallet, _ => []);
        var connections = await Task.WhenAll(waiting.Select(_ => load.ConnectAsync(ct)));
        await Task.WhenAll(waiting.Zip(connections, (each, connection) => Task.Run(async () =>
        {
            using (connection)
            {
                sent[each.Order] = TimeProvider.System.GetUtcNow();
                var started = Stopwatch.GetTimestamp();
                if (!await connection.AskAsync(each.Notification, ct))
                    Interlocked.Increment(ref refusals);
                answers.Add(Stopwatch.GetElapsedTime(started));
            }
        }, ct)));

        var credited = await CreditedAsync(sent, ct);
        return new(waiting.Count, refusals == 0 && credited.Count == waiting.Count, answers.Percentile(50), answers.Percentile(99),
            answers.Percentile(100), credited.Percentile(50), credited.Percentile(99));
    }

    private async Task<List<(Guid Order, byte[] Notification)>> PrepareAsync(int count, CancellationToken ct)
    {
        var waiting = new ConcurrentBag<(Guid, byte[])>();
        await Parallel.ForAsync(0, count / PerUser, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (_, stop) =>
        {
            var token = tokens.For(Guid.CreateVersion7(), "USER");
            for (var k = 0; k < PerUser; k++)
            {
                var order = await OpenAsync(token, 10_000 + 1_000 * k, Methods[k % Methods.Length], stop);
                (await payments.PostAsJsonAsync($"_simulator/orders/{order}/pay", new { }, stop)).EnsureSuccessStatusCode();
                var held = await payments.GetFromJsonAsync<JsonNode>($"_simulator/notifications?orderId={order}", stop);
                waiting.Add((order, HttpLoad.Post(Surroundings.Wallet, "/api/wallet/webhook/midtrans", token: null, BodyOfPaid(held!))));
            }
        });

        return [.. waiting];
    }

    private async Task<Guid> OpenAsync(string token, long amount, string method, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/wallet/topup");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new { amount, paymentMethod = method });
        using var answer = await wallet.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!["data"]!["transaction"]!["transactionId"]!.GetValue<Guid>()
            : throw new InvalidOperationException($"A top-up was answered {(int)answer.StatusCode}: {text}");
    }

    private static string BodyOfPaid(JsonNode notifications) => notifications.AsArray()
        .Select(each => each!["body"]!)
        .Select(body => body is JsonValue ? JsonNode.Parse(body.GetValue<string>())! : body)
        .Last(body => body["transaction_status"]!.GetValue<string>() is "settlement" or "capture").ToJsonString();

    // The ledger row's own time is the transaction's, taken before its commit by a few milliseconds at most.
    private async Task<Latencies> CreditedAsync(ConcurrentDictionary<Guid, DateTimeOffset> sent, CancellationToken ct)
    {
        await using var read = database.CreateCommand(
            "SELECT cause, created_at FROM wallet.ledger_transactions WHERE kind = 'TOP_UP' AND cause = ANY ($1)");
        read.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. sent.Keys] });
        var credited = new Latencies();
        await using var reader = await read.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            credited.Add(reader.GetFieldValue<DateTimeOffset>(1) - sent[reader.GetGuid(0)]);
        return credited;
    }
}
