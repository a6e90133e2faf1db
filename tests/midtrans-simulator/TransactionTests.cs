using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>What HTTP says and what the body says, state by state.</summary>
public sealed class TransactionTests
{
    [Theory]
    [InlineData("nothing-here")]
    [InlineData("ord%201")]
    [InlineData("")]
    public async Task An_unknown_transaction_is_HTTP_200_with_404_in_the_body(string id)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.GetStatusAsync(id);

        (answer.HttpCode, answer.Code, answer.Message).ShouldBe((200, "404", "Transaction doesn't exist."));
    }

    [Fact]
    public async Task A_transaction_is_found_by_both_its_ids_and_its_answer_is_signed()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = await simulator.ChargeBcaAsync("both");

        var byOrder = await simulator.GetStatusAsync("both");
        var byTransaction = await simulator.GetStatusAsync(charge.Field("transaction_id"));

        byOrder.Text.ShouldBe(byTransaction.Text);
        (byOrder.HttpCode, byOrder.Code, byOrder.Status).ShouldBe((200, "201", "pending"));
        byOrder.Message.ShouldBe("Success, transaction is found");
        byOrder.Field("signature_key").ShouldBe(Wire.Signature.Of("both", "201", "150000.00", SimulatorHost.ServerKey));
    }

    [Fact]
    public async Task A_paid_transaction_is_200_with_its_settlement_time()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("paid");
        await simulator.PlayAsync("paid", "pay");

        var status = await simulator.GetStatusAsync("paid");

        (status.Code, status.Status, status.Field("settlement_time")).ShouldBe(("200", "settlement", "2026-03-10 10:00:00"));
    }

    [Fact]
    public async Task Cancelling_answers_200_and_the_merchant_is_told_202()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("cancel-1");

        var answer = await simulator.ActAsync("cancel-1", "cancel");
        await simulator.MerchantIsToldAsync("cancel-1", "pending", "cancel");

        (answer.HttpCode, answer.Code, answer.Status).ShouldBe((200, "200", "cancel"));
        answer.Message.ShouldBe("Success, transaction is canceled");
        simulator.Merchant.Received[1].Body["status_code"]!.ToString().ShouldBe("202");
        (await simulator.GetStatusAsync("cancel-1")).Code.ShouldBe("200");
    }

    [Fact]
    public async Task Expiring_answers_407_under_HTTP_200_and_the_merchant_is_told_202()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("expire-1");

        var answer = await simulator.ActAsync("expire-1", "expire");
        await simulator.MerchantIsToldAsync("expire-1", "pending", "expire");
        var status = await simulator.GetStatusAsync("expire-1");

        (answer.HttpCode, answer.Code, answer.Status).ShouldBe((200, "407", "expire"));
        answer.Message.ShouldBe("Success, transaction has expired");
        (status.HttpCode, status.Code, status.Status).ShouldBe((200, "407", "expire"));
        simulator.Merchant.Received[1].Body["status_code"]!.ToString().ShouldBe("202");
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("expire")]
    [InlineData("approve")]
    [InlineData("deny")]
    [InlineData("refund")]
    public async Task A_change_that_the_state_does_not_allow_is_412_under_HTTP_200(string action)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("illegal");
        await simulator.PlayAsync("illegal", "pay");

        var answer = await simulator.ActAsync("illegal", action, action == "refund" ? new JsonObject() : null);

        (answer.HttpCode, answer.Code).ShouldBe((200, "412"));
        answer.Message.ShouldBe("Merchant cannot modify the status of the transaction");
        (await simulator.GetStatusAsync("illegal")).Status.ShouldBe("settlement");
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("expire")]
    [InlineData("approve")]
    [InlineData("deny")]
    [InlineData("refund")]
    [InlineData("refund/online/direct")]
    public async Task An_action_on_an_unknown_transaction_is_404_under_HTTP_200(string action)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.ActAsync("nobody", action);

        (answer.HttpCode, answer.Code).ShouldBe((200, "404"));
    }

    [Fact]
    public async Task A_challenged_card_waits_for_the_merchant_who_approves_it()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var token = await simulator.CardTokenAsync("4511111111111117");

        var charge = await simulator.ChargeAsync(Requests.Card(token, "challenge-1"));
        var approved = await simulator.ActAsync("challenge-1", "approve");
        await simulator.MerchantIsToldAsync("challenge-1", "capture", "capture");

        (charge.Code, charge.Status, charge.Field("fraud_status")).ShouldBe(("201", "capture", "challenge"));
        (approved.Code, approved.Status, approved.Field("fraud_status")).ShouldBe(("200", "capture", "accept"));
        approved.Message.ShouldBe("Success, transaction is approved");
        simulator.Merchant.Received.Select(each => each.Body["status_code"]!.ToString()).ShouldBe(["201", "200"]);
    }

    [Fact]
    public async Task A_challenged_card_can_be_denied_and_nothing_was_ever_paid()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync("4511111111111117"), "challenge-2"));

        var denied = await simulator.ActAsync("challenge-2", "deny");

        (denied.Code, denied.Status, denied.Field("fraud_status")).ShouldBe(("200", "deny", "deny"));
        denied.Message.ShouldBe("Success, transaction is denied");
        (await simulator.ControlAsync(HttpMethod.Get, "truth")).Json!["paid"]!.GetValue<long>().ShouldBe(0);
    }

    [Fact]
    public async Task A_challenge_that_nobody_answers_is_cancelled_the_next_afternoon()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync("4511111111111117"), "challenge-3"));
        await simulator.MerchantIsToldAsync("challenge-3", "capture");

        simulator.Clock.AdvanceTo(new DateTimeOffset(2026, 3, 11, 16, 0, 0, TimeSpan.FromHours(7)));

        await simulator.MerchantIsToldAsync("challenge-3", "capture", "cancel");
    }

    [Fact]
    public async Task The_status_for_business_partners_lists_all_transactions_of_an_order()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("b2b");

        var answer = await simulator.CallAsync(HttpMethod.Get, "/v2/b2b/status/b2b");

        answer.Code.ShouldBe("200", answer.Text);
        answer.Json!["transactions"]![0]!["order_id"]!.ToString().ShouldBe("b2b");
        (await simulator.CallAsync(HttpMethod.Get, "/v2/unknown/status/b2b")).Code.ShouldBe("404");
    }
}
