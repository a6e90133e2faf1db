using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Tool.Display;

namespace Platform.Tool.Demonstration;

internal sealed record JobStep(string Name, long Milliseconds, string Fact);

/// <summary>
/// The main job, done as a customer would: register, top up, subscribe, watch it run, upgrade, cancel. Each step holds, or the
/// demonstration ends with the answer that was seen instead.
/// </summary>
internal sealed class MainJob(Uri gateway, Uri payments, Progress progress, TimeProvider clock) : IDisposable
{
    private const long TopUpRupiah = 300_000;
    private const string ServiceSlug = "n8n-automation";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly PlatformClient api = new(new Uri(gateway, "/api/"), clock);
    private readonly PlatformClient paymentPage = new(payments, clock);
    private readonly List<JobStep> steps = [];

    private string email = "";
    private string password = "";
    private string transactionId = "";
    private string quoteId = "";
    private string subscriptionId = "";
    private JsonNode basic = new JsonObject();
    private JsonNode pro = new JsonObject();

    public IReadOnlyList<JobStep> Steps => steps;

    public async Task RunAsync(CancellationToken ct)
    {
        await StepAsync("register", RegisterAsync, ct);
        await StepAsync("sign-in", SignInAsync, ct);
        await StepAsync("top-up", TopUpAsync, ct);
        await StepAsync("settled", SettledAsync, ct);
        await StepAsync("quote", QuoteAsync, ct);
        await StepAsync("subscribe", SubscribeAsync, ct);
        await StepAsync("running", RunningAsync, ct);
        await StepAsync("captured", CapturedAsync, ct);
        await StepAsync("metrics", MetricsAsync, ct);
        await StepAsync("upgrade", UpgradeAsync, ct);
        await StepAsync("cancel", CancelAsync, ct);
    }

    /// <summary>The customer's transactions and the double-entry lines behind them.</summary>
    public async Task<(JsonNode Transactions, JsonNode Entries)> LedgerAsync(CancellationToken ct) =>
        (await api.GetAsync("wallet/transactions?limit=50", ct), await api.GetAsync("wallet/ledger", ct));

    public void Dispose()
    {
        api.Dispose();
        paymentPage.Dispose();
    }

    private async Task<string> RegisterAsync(CancellationToken ct)
    {
        // A new customer each time, so that the demonstration can be repeated on the same data.
        email = $"demo-{Guid.CreateVersion7():N}@example.id";
        password = "Demo-" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        var answer = await api.PostAsync("auth/register", new { email, password, name = "Demo Customer" }, ct);
        return answer.Text("user.email");
    }

    private async Task<string> SignInAsync(CancellationToken ct)
    {
        var answer = await api.PostAsync("auth/login", new { email, password }, ct);
        api.SignIn(answer.Text("accessToken"));
        return $"as {answer.Text("user.role")}";
    }

    private async Task<string> TopUpAsync(CancellationToken ct)
    {
        var answer = await api.PostAsync("wallet/topup", new { amount = TopUpRupiah, paymentMethod = "E_WALLET" }, ct);
        transactionId = answer.Text("transaction.transactionId");
        await paymentPage.PostAsync($"_simulator/orders/{transactionId}/pay", new { }, ct);
        return $"{Rupiah(TopUpRupiah)} paid at the payment simulator";
    }

    private async Task<string> SettledAsync(CancellationToken ct)
    {
        // A welcome gift may be in the wallet as well.
        var wallet = await UntilAsync("wallet/info", "the credit", answer => answer.Number("wallet.creditBalance") >= TopUpRupiah, ct);
        return $"balance {Rupiah(wallet.Number("wallet.creditBalance"))}";
    }

    private async Task<string> QuoteAsync(CancellationToken ct)
    {
        var service = await api.GetAsync($"catalog/services/{ServiceSlug}", ct);
        basic = PlanOf(service, "BASIC");
        pro = PlanOf(service, "PRO");
        var quote = await QuoteAsync(new { action = "create", planId = basic.Text("id") }, ct);
        quoteId = quote.Text("quoteId");
        return $"{service.Text("name")} {basic.Text("name")} for {Rupiah(quote.Number("total"))}";
    }

    private async Task<string> SubscribeAsync(CancellationToken ct)
    {
        var answer = await api.PostAsync("subscriptions", new { planId = basic.Text("id"), quoteId }, ct);
        subscriptionId = answer.Text("subscription.id");
        return $"subscription {subscriptionId} is {answer.Text("subscription.status")}";
    }

    private async Task<string> RunningAsync(CancellationToken ct)
    {
        var answer = await UntilAsync($"subscriptions/{subscriptionId}", "a running, healthy instance", IsRunning, ct);
        var instance = answer.Find("subscription.instances.0")!;
        return $"pod {instance.Text("podName")} at {(string?)instance.Find("publicUrl")}";
    }

    private async Task<string> CapturedAsync(CancellationToken ct)
    {
        await UntilAsync($"subscriptions/{subscriptionId}/timeline", "the captured step", answer => Tells(answer, "FUNDS_CAPTURED"), ct);
        var wallet = await UntilAsync("wallet/info", "nothing held any more", answer => answer.Number("wallet.held") == 0, ct);
        return $"balance {Rupiah(wallet.Number("wallet.creditBalance"))}, held {Rupiah(0)}";
    }

    private async Task<string> MetricsAsync(CancellationToken ct)
    {
        var metrics = await api.GetAsync($"subscriptions/{subscriptionId}/metrics", ct);
        var (cpu, cpuLimit) = (metrics.Measure("cpu.usage"), metrics.Measure("cpu.limit"));
        var (memory, memoryLimit) = (metrics.Measure("memory.usage"), metrics.Measure("memory.limit"));
        return string.Create(CultureInfo.InvariantCulture, $"cpu {cpu:0} of {cpuLimit:0} m, memory {memory:0.0} of {memoryLimit:0} MB");
    }

    private async Task<string> UpgradeAsync(CancellationToken ct)
    {
        var (planId, before) = (pro.Text("id"), await PodNameAsync(ct));
        var quote = await QuoteAsync(new { action = "upgrade", subscriptionId, planId }, ct);
        await api.PutAsync($"subscriptions/{subscriptionId}/upgrade", new { newPlanId = planId, quoteId = quote.Text("quoteId") }, ct);
        await UntilAsync($"subscriptions/{subscriptionId}", "the new plan, running and healthy",
            answer => answer.Text("subscription.planId") == planId && IsRunning(answer), ct);
        return $"to {pro.Text("name")} for {Rupiah(quote.Number("total"))}, pod {before} -> {await PodNameAsync(ct)}";
    }

    private async Task<string> CancelAsync(CancellationToken ct)
    {
        await api.DeleteAsync($"subscriptions/{subscriptionId}", new { reason = "The demonstration is over." }, ct);
        var answer = await UntilAsync($"subscriptions/{subscriptionId}", "a terminated instance",
            found => (string?)found.Find("subscription.instances.0.status") == "TERMINATED", ct);
        return $"subscription {answer.Text("subscription.status")}, instance TERMINATED";
    }

    private async Task<JsonNode> QuoteAsync(object question, CancellationToken ct)
    {
        var answer = await api.PostAsync("subscriptions/quote", question, ct);
        return answer.Find("quote") ?? answer;
    }

    private async Task<string> PodNameAsync(CancellationToken ct) =>
        (await api.GetAsync($"subscriptions/{subscriptionId}", ct)).Text("subscription.instances.0.podName");

    private async Task StepAsync(string name, Func<CancellationToken, Task<string>> action, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        using var step = progress.Begin("✓", name);
        try
        {
            var fact = await action(ct);
            step.Done(fact);
            steps.Add(new(name, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, fact));
        }
        catch (TroubleException trouble)
        {
            throw new TroubleException($"step {name} did not hold: {trouble.Message}", trouble.Remedy, trouble);
        }
    }

    private async Task<JsonNode> UntilAsync(string path, string wanted, Func<JsonNode, bool> holds, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await api.GetAsync(path, ct);
            if (holds(answer))
            {
                return answer;
            }

            // No use in waiting for something that has been given up.
            var lost = (string?)answer.Find("subscription.instances.0.status") == "ERROR";
            if (lost || Stopwatch.GetElapsedTime(start) > Deadline)
            {
                var why = lost ? "the instance failed" : $"not within {Deadline.TotalSeconds:0} s";
                throw new TroubleException(
                    $"{wanted}: {why}; GET {path} last said {PlatformClient.Shortened(answer.ToJsonString())}",
                    "./platform logs provisioner, ./platform logs subscriptions");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(150), clock, ct);
        }
    }

    private static bool IsRunning(JsonNode answer) =>
        (string?)answer.Find("subscription.instances.0.status") == "RUNNING"
        && (string?)answer.Find("subscription.instances.0.healthStatus") == "Healthy";

    /// <summary>Whether any text in the answer contains the word: the timeline says in words what happened.</summary>
    private static bool Tells(JsonNode answer, string step) => answer.Items("timeline").Any(entry => (string?)entry.Find("step") == step);

    private static JsonNode PlanOf(JsonNode service, string type) =>
        service.Items("plans").FirstOrDefault(plan => (string?)plan.Find("planType") == type)
        ?? throw new TroubleException($"{ServiceSlug} has no {type} plan: {PlatformClient.Shortened(service.ToJsonString())}");

    internal static string Rupiah(long amount) => string.Create(CultureInfo.InvariantCulture, $"IDR {amount:N0}").Replace(',', ' ');
}
