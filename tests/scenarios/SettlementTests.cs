using System.Text.Json.Nodes;
using Npgsql;
using Platform.Scenarios.Books;
using Platform.Scenarios.Customers;
using Platform.Scenarios.Running;

namespace Platform.Scenarios;

/// <summary>The payment gateway's notifications through our gateway: as often as they come, and whoever sends them.</summary>
public sealed class SettlementTests(RunningPlatform platform)
{
    private const string Webhook = "wallet/webhook/midtrans";
    private const long Amount = 150_000;

    [Fact]
    public async Task Fifty_settlements_of_one_order_at_once_credit_it_once()
    {
        using var customer = await Customer.RegisterAsync(platform);
        var (order, settlement) = await PaidWithoutNoticeAsync(customer);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => DeliverAsync(customer, settlement)));

        answers.ShouldAllBe(answer => answer.Status == 200);
        (await customer.WalletAsync()).ShouldBe(new Wallet(Amount, Amount, 0));
        (await RowsAsync($"SELECT business_key FROM wallet.ledger_transactions WHERE business_key = 'topup:{order}'")).Count.ShouldBe(1);
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_forged_settlement_credits_nothing_and_changes_nothing_but_a_security_record()
    {
        using var customer = await Customer.RegisterAsync(platform);
        var (order, settlement) = await PaidWithoutNoticeAsync(customer);
        var before = await TraceOfAsync(order, customer.Id);

        settlement["signature_key"] = PaymentGateway.Sign(settlement, "SB-Mid-server-somebody-elses");
        var forged = await DeliverAsync(customer, settlement);

        forged.Status.ShouldBe(401, forged.Text);
        (await TraceOfAsync(order, customer.Id)).ShouldBe(before);
        (await customer.WalletAsync()).ShouldBe(new Wallet(0, 0, 0));
        (await RowsAsync($"SELECT state FROM wallet.gateway_events WHERE body LIKE '%{order}%' AND source = 'NOTIFICATION'"))
            .ShouldBe(["REJECTED"]);

        // The true one is still welcome.
        settlement["signature_key"] = PaymentGateway.Sign(settlement, platform.System.Secrets.MidtransServerKey);
        (await DeliverAsync(customer, settlement)).Status.ShouldBe(200);
        (await customer.WalletAsync()).Balance.ShouldBe(Amount);
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_signed_settlement_of_another_amount_credits_nothing()
    {
        using var customer = await Customer.RegisterAsync(platform);
        var (order, settlement) = await PaidWithoutNoticeAsync(customer);
        var before = await TraceOfAsync(order, customer.Id);
        var right = settlement.DeepClone().AsObject();

        settlement["gross_amount"] = "9150000.00";
        settlement["signature_key"] = PaymentGateway.Sign(settlement, platform.System.Secrets.MidtransServerKey);
        var raised = await DeliverAsync(customer, settlement);

        raised.Status.ShouldBe(422, raised.Text);
        (await TraceOfAsync(order, customer.Id)).ShouldBe(before);
        (await DeliverAsync(customer, right)).Status.ShouldBe(200);
        await platform.Books.AreCleanAsync();
    }

    /// <summary>An order that is paid at the gateway, whose notification got lost.</summary>
    private async Task<(Guid Order, JsonObject Settlement)> PaidWithoutNoticeAsync(Customer customer)
    {
        var order = await customer.OpenTopUpAsync(Amount);
        await platform.PaymentGateway.LoseNotificationsAsync(order);
        await platform.PaymentGateway.PayAsync(order);
        return (order, await platform.PaymentGateway.SettlementOfAsync(order));
    }

    private static Task<ApiAnswer> DeliverAsync(Customer sender, JsonObject notification) =>
        Until.SeenAsync(() => sender.SendOnceAsync(HttpMethod.Post, Webhook, notification, key: null),
            // What the gateway would do itself: 503 means later.
            answer => answer.Status is not (503 or 429));

    private async Task<string> TraceOfAsync(Guid order, Guid user) => string.Join(Environment.NewLine, await RowsAsync($"""
        SELECT t::text FROM wallet.top_ups t WHERE order_id = '{order}'
        UNION ALL SELECT t::text FROM wallet.transactions t WHERE user_id = '{user}'
        UNION ALL SELECT a::text FROM wallet.accounts a WHERE owner = '{user}'
        UNION ALL SELECT l::text FROM wallet.ledger_transactions l WHERE owner = '{user}'
        """));

    private async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var db = new NpgsqlConnection(platform.Database);
        await db.OpenAsync();
        return await PlatformBooks.RowsAsync(db, sql, reader => reader.GetString(0));
    }
}
