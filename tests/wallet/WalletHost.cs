using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>The wallet service with a Midtrans of its own, and what people and services do with it.</summary>
public sealed class WalletHost() : ServiceHost<Program, WalletDbContext>("wallet")
{
    private TestBus? bus;

    public FakeMidtrans Midtrans { get; private set; } = null!;

    /// <summary>The other services: they send what subscriptions and identity send, and hear what wallet says.</summary>
    public TestBus Bus => bus!;

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("Midtrans:ServerKey", FakeMidtrans.ServerKey),
        new("Midtrans:ClientKey", FakeMidtrans.ClientKey),
        new("Midtrans:MerchantId", FakeMidtrans.MerchantId),
        new("Midtrans:CoreUrl", Midtrans.Address.ToString()),
        new("Midtrans:SnapUrl", $"{Midtrans.Address}snap/v1"),
        new("Midtrans:CallTimeout", "00:00:05"),
    ];

    /// <summary>The environment of another process that is the same service.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOfAReplica() =>
    [
        .. Settings.Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value)),
        new("ConnectionStrings__Postgres", Database.ConnectionString),
        new("ConnectionStrings__RabbitMq", Broker.Address.ToString()),
        new("Auth__Authority", "http://identity.invalid"),
        new("Auth__Issuer", TestTokens.Issuer),
        new("Auth__Audience", TestTokens.Audience),
    ];

    public override async ValueTask InitializeAsync()
    {
        Midtrans = await FakeMidtrans.StartAsync();
        await base.InitializeAsync();
        bus = await TestBus.StartAsync(Broker, (heard, endpoint) =>
        {
            heard.Hear<FundsHeld>(endpoint);
            heard.Hear<FundsRefused>(endpoint);
            heard.Hear<FundsCaptured>(endpoint);
            heard.Hear<CaptureRefused>(endpoint);
            heard.Hear<HoldReleased>(endpoint);
            heard.Hear<PaymentSettled>(endpoint);
            heard.Hear<PaymentReversed>(endpoint);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        if (bus is not null)
            await bus.DisposeAsync();
        await base.DisposeAsync();
        await Midtrans.DisposeAsync();
    }

    public Task<HttpResponseMessage> AskTopUpAsync(Guid user, long amount, string method = "BANK_TRANSFER", string? key = null)
    {
        var client = As(user);
        if (key is not null)
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
        return client.PostAsJsonAsync("/api/wallet/topup", new { amount, paymentMethod = method });
    }

    /// <returns>The order id.</returns>
    public async Task<Guid> OpenTopUpAsync(Guid user, long amount, string method = "BANK_TRANSFER") =>
        (Guid)(await DataAsync(await AskTopUpAsync(user, amount, method), HttpStatusCode.Created))["transaction"]!["transactionId"]!;

    public Task<HttpResponseMessage> NotifyAsync(JsonObject notification) => NotifyAsync(notification.ToJsonString());

    public Task<HttpResponseMessage> NotifyAsync(string body) =>
        Anonymous().PostAsync("/api/wallet/webhook/midtrans", new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>The gateway says how a transaction stands, and is believed.</summary>
    public async Task ShouldTakeAsync(string transaction)
    {
        var answer = await NotifyAsync(Midtrans.Notification(transaction));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A top-up from the button to the credit.</summary>
    public async Task<Guid> TopUpAsync(Guid user, long amount)
    {
        // Another amount or method would be another payment; the same within a minute is the same payment.
        var order = await OpenTopUpAsync(user, amount, Methods[Random.Shared.Next(Methods.Length)]);
        var transaction = Midtrans.Is(order, amount, "settlement");
        var answer = await NotifyAsync(Midtrans.Notification(transaction));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return order;
    }

    public async Task<JsonNode> WalletOfAsync(Guid user) =>
        (await DataAsync(await As(user).GetAsync("/api/wallet/info")))["wallet"]!;

    public async Task<(long Available, long Held)> BalanceOfAsync(Guid user)
    {
        var wallet = await WalletOfAsync(user);
        return ((long)wallet["available"]!, (long)wallet["held"]!);
    }

    /// <summary>What the owner sees of a transaction, without asking the gateway.</summary>
    public async Task<JsonNode> LineAsync(Guid user, Guid id)
    {
        var lines = (await DataAsync(await As(user).GetAsync("/api/wallet/transactions?limit=100")))["transactions"]!.AsArray();
        return lines.Single(line => (Guid)line!["id"]! == id)!;
    }

    public async Task<string> StatusOfAsync(Guid user, Guid id) => (string)(await LineAsync(user, id))["status"]!;

    internal Task<List<GatewayEventState>> EventStatesAsync(Guid order) => InScopeAsync(db =>
        db.GatewayEvents.Where(e => e.OrderId == order.ToString()).OrderBy(e => e.Id).Select(e => e.State).ToListAsync());

    public HoldFunds Wish(Guid user, long amount, TimeSpan? lasts = null, string kind = "SUBSCRIPTION") => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), user, Money.Idr(amount),
        new(kind, Guid.CreateVersion7(), "n8n", "n8n", "n8n Basic", "BASIC", "n8n Basic, first month"),
        Clock.GetUtcNow() + (lasts ?? TimeSpan.FromMinutes(15)));

    /// <summary>Holds and expects a yes.</summary>
    public async Task<HoldFunds> HoldAsync(Guid user, long amount, TimeSpan? lasts = null, string kind = "SUBSCRIPTION")
    {
        var wish = Wish(user, amount, lasts, kind);
        await Bus.SayAsync(wish);
        await Bus.HearsAsync<FundsHeld>(m => m.HoldId == wish.HoldId);
        return wish;
    }

    public async Task<FundsCaptured> CaptureAsync(HoldFunds hold, string? key = null)
    {
        await Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, key ?? $"period:{hold.Item.SubscriptionId}:1"));
        return await Bus.HearsAsync<FundsCaptured>(m => m.HoldId == hold.HoldId);
    }

    public static async Task<JsonNode> DataAsync(HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        return JsonNode.Parse(body)!["data"]!;
    }

    public static async Task ShouldRefuseAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        ((string?)JsonNode.Parse(body)!["code"]).ShouldBe(code, body);
    }

    /// <summary>The books: each transaction whole, the whole ledger zero, each balance the sum of its entries, none below zero.</summary>
    public async Task BooksShouldBalanceAsync()
    {
        (await Database.QueryAsync<long>("""
            SELECT count(*) FROM (SELECT t.id FROM wallet.ledger_transactions t LEFT JOIN wallet.ledger_entries e ON e.transaction_id = t.id
                GROUP BY t.id HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.*) < 2) AS broken
            """)).ShouldBe(0, "ledger transactions that are not whole");
        (await Database.QueryAsync<decimal>("SELECT coalesce(sum(amount), 0) FROM wallet.ledger_entries")).ShouldBe(0);
        (await Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.accounts a
            LEFT JOIN (SELECT account_id, sum(amount) AS total FROM wallet.ledger_entries GROUP BY account_id) e ON e.account_id = a.id
            WHERE a.balance IS NOT NULL AND (a.balance <> coalesce(e.total, 0) OR (a.balance < 0) <> (a.kind = 'DEBT' AND a.balance <> 0))
            """)).ShouldBe(0, "balances that are not the sum of their entries");
        (await Database.QueryAsync<long>("""
            SELECT count(*) FROM wallet.accounts a WHERE a.kind = 'HELD' AND a.balance <>
                (SELECT coalesce(sum(h.amount), 0) FROM wallet.holds h WHERE h.user_id = a.owner AND h.state = 'HELD')
            """)).ShouldBe(0, "held accounts that are not the sum of the open holds");
    }

    private static readonly string[] Methods = ["BANK_TRANSFER", "E_WALLET", "CREDIT_CARD", "QRIS"];
}
