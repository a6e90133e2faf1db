using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class RefundTests
{
    [Fact]
    public async Task A_refund_is_told_twice_the_second_time_with_the_bank_s_confirmation()
    {
        await using var simulator = await SettledAsync("gopay", "r-1");

        var answer = await simulator.ActAsync("r-1", "refund", new JsonObject { ["refund_key"] = "key-1", ["reason"] = "asked for" });
        await simulator.MerchantIsToldAsync("r-1", "pending", "settlement", "refund");
        simulator.Clock.Advance(TimeSpan.FromMinutes(10));
        await simulator.MerchantIsToldAsync("r-1", "pending", "settlement", "refund", "refund");

        (answer.HttpCode, answer.Code, answer.Status).ShouldBe((200, "200", "refund"));
        (answer.Field("refund_amount"), answer.Field("refund_key")).ShouldBe(("150000.00", "key-1"));
        answer.Json!["refund_chargeback_id"]!.GetValueKind().ShouldBe(System.Text.Json.JsonValueKind.Number);
        var (first, second) = (simulator.Merchant.Received[2].Body, simulator.Merchant.Received[3].Body);
        first["refunds"]![0]!["bank_confirmed_at"].ShouldBeNull();
        second["refunds"]![0]!["bank_confirmed_at"]!.ToString().ShouldBe("2026-03-10 10:10:00");
        second["refund_amount"]!.ToString().ShouldBe("150000.00");
        second["signature_key"]!.ToString().ShouldBe(first["signature_key"]!.ToString());
    }

    [Fact]
    public async Task Partial_refunds_add_up_to_a_refund()
    {
        await using var simulator = await SettledAsync("gopay", "r-2");

        var first = await simulator.ActAsync("r-2", "refund", new JsonObject { ["amount"] = 100_000 });
        var tooMuch = await simulator.ActAsync("r-2", "refund", new JsonObject { ["amount"] = 50_001 });
        var rest = await simulator.ActAsync("r-2", "refund/online/direct", new JsonObject { ["amount"] = 50_000 });
        var over = await simulator.ActAsync("r-2", "refund");

        (first.Status, first.Field("refund_amount")).ShouldBe(("partial_refund", "100000.00"));
        (tooMuch.HttpCode, tooMuch.Code, tooMuch.Message).ShouldBe((200, "414", "Refund request is rejected due to invalid amount"));
        (rest.Status, rest.Field("refund_amount")).ShouldBe(("refund", "50000.00"));
        over.Code.ShouldBe("412");
        var status = await simulator.GetStatusAsync("r-2");
        (status.Code, status.Field("refund_amount"), status.Json!["refunds"]!.AsArray().Count).ShouldBe(("200", "150000.00", 2));
    }

    [Fact]
    public async Task A_refund_key_is_taken_once()
    {
        await using var simulator = await SettledAsync("gopay", "r-3");
        await simulator.ActAsync("r-3", "refund", new JsonObject { ["refund_key"] = "k", ["amount"] = 1_000 });

        var again = await simulator.ActAsync("r-3", "refund", new JsonObject { ["refund_key"] = "k", ["amount"] = 1_000 });

        (again.HttpCode, again.Code, again.Message).ShouldBe((200, "406", "Duplicate refund ID"));
    }

    [Theory]
    [InlineData("bca_va", "412")]
    [InlineData("echannel", "412")]
    [InlineData("indomaret", "412")]
    [InlineData("shopeepay", "414")]
    [InlineData("other_qris", "200")]
    public async Task A_channel_gives_back_what_it_can(string method, string codeOfAPartialRefund)
    {
        await using var simulator = await SettledAsync(method, "r-4");

        (await simulator.ActAsync("r-4", "refund", new JsonObject { ["amount"] = 1_000 })).Code.ShouldBe(codeOfAPartialRefund);
    }

    [Fact]
    public async Task A_refund_after_the_channel_s_period_is_rejected()
    {
        await using var simulator = await SettledAsync("gopay", "r-5");
        simulator.Clock.Advance(TimeSpan.FromDays(46));

        (await simulator.ActAsync("r-5", "refund")).Code.ShouldBe("414");
    }

    [Fact]
    public async Task A_bank_that_says_no_leaves_the_payment_settled()
    {
        await using var simulator = await SettledAsync("gopay", "r-6");
        await simulator.ControlAsync(HttpMethod.Post, "faults", new JsonObject { ["kind"] = "refund", ["mode"] = "denied" });

        var answer = await simulator.ActAsync("r-6", "refund/online/direct");

        (answer.HttpCode, answer.Code, answer.Status, answer.Field("refund_amount")).ShouldBe((200, "202", "settlement", "0.00"));
        answer.Message.ShouldBe("Refund denied by the bank");
        (await simulator.ActAsync("r-6", "refund")).Code.ShouldBe("200");
    }

    [Fact]
    public async Task A_refunded_order_cannot_be_paid_again()
    {
        await using var simulator = await SettledAsync("gopay", "r-7");
        await simulator.ActAsync("r-7", "refund");

        var again = await simulator.CallAsync(HttpMethod.Post, "/_simulator/orders/r-7/pay", new JsonObject(), key: null);

        again.HttpCode.ShouldBe(409);
        (await simulator.GetStatusAsync("r-7")).Status.ShouldBe("refund");
    }

    private static async Task<SimulatorHost> SettledAsync(string method, string orderId)
    {
        var simulator = await SimulatorHost.StartAsync();
        (await simulator.OpenSnapAsync(Requests.Snap(orderId, 150_000, method))).HttpCode.ShouldBe(201);
        await simulator.PlayAsync(orderId, "pay");
        return simulator;
    }
}
