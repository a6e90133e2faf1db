using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>Who may be given money back, how much of it, and for how long.</summary>
public sealed class RefundRuleTests
{
    private const string Illegal = "Merchant cannot modify the status of the transaction";

    [Theory]
    [InlineData("""{"method":"gopay"}""", 45)]
    [InlineData("""{"method":"gopay","qr":true}""", 180)]
    [InlineData("""{"method":"other_qris"}""", 45)]
    [InlineData("""{"method":"other_qris","issuer":"ovo"}""", 7)]
    [InlineData("""{"method":"shopeepay"}""", 365)]
    [InlineData("""{"method":"dana"}""", 45)]
    [InlineData("""{"method":"ovo"}""", 7)]
    [InlineData("""{"method":"kredivo"}""", 14)]
    public async Task A_channel_gives_money_back_for_so_many_days(string wish, int days)
    {
        var pay = (JsonObject)JsonNode.Parse(wish)!;
        await using var order = await Sequence.OpenAsync(null, pay["method"]!.ToString());
        var paid = await order.PlayAsync("pay", pay);
        var id = paid.Json!["transactions"]![0]!["transactionId"]!.ToString();

        order.Simulator.Clock.Advance(TimeSpan.FromDays(days) + TimeSpan.FromSeconds(1));
        var tooLate = await order.Simulator.ActAsync(id, "refund", new JsonObject());
        await using var other = await Sequence.OpenAsync(null, pay["method"]!.ToString());
        paid = await other.PlayAsync("pay", pay);
        other.Simulator.Clock.Advance(TimeSpan.FromDays(days));
        id = paid.Json!["transactions"]![0]!["transactionId"]!.ToString();
        var inTime = await other.Simulator.ActAsync(id, "refund", new JsonObject());

        (tooLate.HttpCode, tooLate.Code).ShouldBe((200, "414"), tooLate.Text);
        (inTime.HttpCode, inTime.Code, inTime.Status).ShouldBe((200, "200", "refund"), inTime.Text);
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 0);
        await other.CountsAsync(paid: 150_000, settled: 150_000, reversed: 150_000);
    }

    [Theory]
    [InlineData("bca_va")]
    [InlineData("bni_va")]
    [InlineData("bri_va")]
    [InlineData("cimb_va")]
    [InlineData("permata_va")]
    [InlineData("echannel")]
    [InlineData("indomaret")]
    [InlineData("alfamart")]
    public async Task An_account_a_bill_and_a_counter_give_nothing_back(string method)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync(method);

        var answer = await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject());
        var direct = await order.Simulator.ActAsync(Sequence.OrderId, "refund/online/direct", new JsonObject());

        (answer.HttpCode, answer.Code, answer.Message).ShouldBe((200, "412", Illegal));
        (direct.HttpCode, direct.Code, direct.Message).ShouldBe((200, "412", Illegal));
        await order.IsRefusedAsync("refund");
        await order.IsToldAsync("pending 201", "settlement 200");
    }

    [Theory]
    [InlineData("shopeepay")]
    [InlineData("ovo")]
    public async Task Some_give_back_everything_or_nothing(string method)
    {
        await using var order = await Sequence.OpenAsync(null, method);
        await order.PlayAsync("pay");

        var part = await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject { ["amount"] = 149_999 });
        await order.IsRefusedAsync("refund", new JsonObject { ["amount"] = 149_999 });
        var all = await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject { ["amount"] = 150_000 });

        (part.HttpCode, part.Code, part.Message).ShouldBe((200, "414", "Refund request is rejected due to invalid amount"));
        (all.Code, all.Status).ShouldBe(("200", "refund"));
    }

    [Theory]
    [InlineData("choose", "gopay")]
    [InlineData("pay", "credit_card")]
    [InlineData("challenge", "credit_card")]
    [InlineData("deny", "gopay")]
    public async Task What_is_not_settled_is_not_refunded(string action, string method)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PlayAsync(action, new JsonObject { ["method"] = method });

        var answer = await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject());

        (answer.HttpCode, answer.Code, answer.Message).ShouldBe((200, "412", Illegal));
    }

    [Theory]
    [InlineData("23:54", "200")]
    [InlineData("23:55", "202")]
    [InlineData("05:59", "202")]
    [InlineData("06:00", "200")]
    public async Task ShopeePay_gives_nothing_back_directly_at_night(string time, string code)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("shopeepay");
        var at = TimeOnly.ParseExact(time, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        order.Simulator.Clock.AdvanceTo(new DateTimeOffset(new DateOnly(2026, 3, 12), at, TimeSpan.FromHours(7)));

        var answer = await order.Simulator.ActAsync(Sequence.OrderId, "refund/online/direct", new JsonObject());

        (answer.HttpCode, answer.Code).ShouldBe((200, code), answer.Text);
        if (code == "202")
        {
            (answer.Status, answer.Field("refund_amount"), answer.Message).ShouldBe(("settlement", "0.00", "Refund denied by the bank"));
            (await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject())).Code.ShouldBe("200");
        }
    }

    [Fact]
    public async Task A_key_of_a_refund_that_was_denied_may_be_used_again_and_one_that_was_done_may_not()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");
        await order.Simulator.ControlAsync(HttpMethod.Post, "faults", new JsonObject { ["kind"] = "refund", ["mode"] = "denied" });
        var wish = new JsonObject { ["refund_key"] = "key-1", ["amount"] = 50_000 };

        var denied = await order.Simulator.ActAsync(Sequence.OrderId, "refund/online/direct", wish);
        await order.IsToldAsync("pending 201", "settlement 200");
        var done = await order.Simulator.ActAsync(Sequence.OrderId, "refund/online/direct", wish);
        var again = await order.Simulator.ActAsync(Sequence.OrderId, "refund", wish);

        (denied.Code, done.Code, again.Code, again.Message).ShouldBe(("202", "200", "406", "Duplicate refund ID"));
        await order.IsToldAsync("pending 201", "settlement 200", "partial_refund 200");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 50_000);
    }

    [Fact]
    public async Task Refunds_without_a_key_are_each_a_new_one()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");
        var wish = new JsonObject { ["amount"] = 50_000 };

        var first = await order.Simulator.ActAsync(Sequence.OrderId, "refund", wish);
        var second = await order.Simulator.ActAsync(Sequence.OrderId, "refund", wish);

        (first.Code, second.Code).ShouldBe(("200", "200"));
        first.Field("refund_key").ShouldNotBe(second.Field("refund_key"));
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 100_000);
    }

    [Fact]
    public async Task A_merchant_without_enough_money_refunds_nothing()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");
        await order.Simulator.ControlAsync(
            HttpMethod.Post, "faults", new JsonObject { ["kind"] = "refund", ["mode"] = "insufficient-balance" });

        var answer = await order.Simulator.ActAsync(Sequence.OrderId, "refund", new JsonObject());

        (answer.HttpCode, answer.Code).ShouldBe((200, "414"));
        await order.HasStatusAsync("200", "settlement");
        await order.IsToldAsync("pending 201", "settlement 200");
    }

    [Theory]
    [InlineData("""{"refund_key":"a key"}""", "refund_key")]
    [InlineData("""{"amount":0}""", "amount")]
    [InlineData("""{"amount":"1000"}""", "amount")]
    public async Task A_refund_that_is_written_wrongly_is_HTTP_400(string wish, string named)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");

        var answer = await order.Simulator.ActAsync(Sequence.OrderId, "refund", JsonNode.Parse(wish));

        (answer.HttpCode, answer.Code).ShouldBe((400, "400"));
        answer.Json!["validation_messages"]!.AsArray().ShouldContain(each => each!.ToString().Contains(named));
    }
}
