using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>Reversals, refunds, chargebacks, challenges and authorisations, each played through the control API alone.</summary>
public sealed class MoneyBackSequenceTests
{
    [Theory]
    [InlineData("permata_va")]
    [InlineData("echannel")]
    [InlineData("indomaret")]
    public async Task Settlement_then_deny(string method)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync(method);

        await order.PlayAsync("reverse");

        await order.IsToldAsync("pending 201", "settlement 200", "deny 202");
        order.Told.Select(body => body.Text("transaction_id")).Distinct().ShouldHaveSingleItem();
        await order.HasStatusAsync("202", "deny");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 150_000);
        (await order.CountsByTransactionAsync()).ShouldBe(["deny 150000 150000 150000 0"]);
    }

    [Fact]
    public async Task A_refund_is_told_twice()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");

        await order.PlayAsync("refund", new JsonObject { ["key"] = "key-1", ["reason"] = "asked for" });
        await order.PlayAsync("confirm-refund");

        await order.IsToldAsync("pending 201", "settlement 200", "refund 200", "refund 200");
        var (first, second) = (Refunds(order.Told[2]).ShouldHaveSingleItem(), Refunds(order.Told[3]).ShouldHaveSingleItem());
        first.Select(field => field.Key)
            .ShouldBe(["refund_chargeback_id", "refund_amount", "created_at", "refund_key", "reason"], ignoreOrder: true);
        (first.Text("refund_amount"), first.Text("refund_key"), first.Text("reason")).ShouldBe(("150000.00", "key-1", "asked for"));
        second.Text("bank_confirmed_at").ShouldBe("2026-03-10 10:00:00");
        (await order.HasStatusAsync("200", "refund")).Field("refund_amount").ShouldBe("150000.00");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 150_000);
        await order.IsRefusedAsync("confirm-refund");
    }

    [Fact]
    public async Task Three_partial_refunds_end_as_a_refund_and_each_is_confirmed()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PayAsync("gopay");

        foreach (var key in new[] { "a", "b", "c" })
        {
            await order.PlayAsync("refund", new JsonObject { ["amount"] = 50_000, ["key"] = key });
        }

        foreach (var key in new[] { "c", "a", "b" })
        {
            await order.PlayAsync("confirm-refund", new JsonObject { ["key"] = key });
        }

        await order.IsToldAsync(
            "pending 201", "settlement 200", "partial_refund 200", "partial_refund 200", "refund 200", "refund 200", "refund 200",
            "refund 200");
        order.Told.Skip(2).Select(body => $"{body["refund_amount"]} {Refunds(body).Count}").ShouldBe(
            ["50000.00 1", "100000.00 2", "150000.00 3", "150000.00 3", "150000.00 3", "150000.00 3"]);
        order.Told.Skip(2).Select(body => Refunds(body).Count(each => each.Has("bank_confirmed_at"))).ShouldBe([0, 0, 0, 1, 2, 3]);
        Refunds(order.Told[3]).Select(each => each.Text("refund_amount")).ShouldBe(["50000.00", "50000.00"]);
        await order.HasStatusAsync("200", "refund");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 150_000);
        await order.IsRefusedAsync("refund", new JsonObject { ["amount"] = 1 });
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task A_partial_refund_without_its_list(bool alsoInStatus, int listed)
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["omitRefunds"] = true, ["alsoInStatus"] = alsoInStatus });
        await order.PayAsync("gopay");

        await order.PlayAsync("refund", new JsonObject { ["amount"] = 50_000 });

        await order.IsToldAsync("pending 201", "settlement 200", "partial_refund 200");
        (order.Told[2].ContainsKey("refunds"), order.Told[2].Text("refund_amount")).ShouldBe((false, "50000.00"));
        var status = await order.HasStatusAsync("200", "partial_refund");
        (Refunds((JsonObject)status.Json!).Count, status.Field("refund_amount")).ShouldBe((listed, "50000.00"));
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 50_000);
    }

    [Fact]
    public async Task A_chargeback_of_everything()
    {
        await using var order = await SettledCardAsync();

        await order.PlayAsync("chargeback");

        await order.IsToldAsync("pending 201", "capture 200", "settlement 200", "chargeback 200");
        order.Told[3].Text("refund_amount").ShouldBe("150000.00");
        await order.HasStatusAsync("200", "chargeback");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 150_000);
    }

    [Fact]
    public async Task A_partial_chargeback_then_the_rest()
    {
        await using var order = await SettledCardAsync();

        await order.PlayAsync("chargeback", new JsonObject { ["amount"] = 50_000 });
        await order.HasStatusAsync("200", "partial_chargeback");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 50_000);
        await order.IsRefusedAsync("chargeback", new JsonObject { ["amount"] = 10_000 });
        await order.PlayAsync("chargeback");

        await order.IsToldAsync("pending 201", "capture 200", "settlement 200", "partial_chargeback 200", "chargeback 200");
        order.Told.Skip(3).Select(body => body.Text("refund_amount")).ShouldBe(["50000.00", "150000.00"]);
        await order.HasStatusAsync("200", "chargeback");
        (await order.CountsByTransactionAsync()).ShouldBe(["chargeback 150000 150000 150000 0"]);
    }

    [Fact]
    public async Task A_challenged_card_is_approved()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PlayAsync("challenge");
        var status = await order.HasStatusAsync("201", "capture");
        await order.CountsAsync(paid: 0, settled: 0, reversed: 0);
        await order.PlayAsync("approve");
        await order.PlayAsync("settle");

        status.Field("fraud_status").ShouldBe("challenge");
        await order.IsToldAsync("pending 201", "capture 201", "capture 200", "settlement 200");
        order.Told.Skip(1).Select(body => body.Text("fraud_status")).ShouldBe(["challenge", "accept", "accept"]);
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 0);
        await order.IsRefusedAsync("approve");
    }

    [Fact]
    public async Task A_challenged_card_is_denied()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PlayAsync("challenge");
        await order.PlayAsync("deny");

        await order.IsToldAsync("pending 201", "capture 201", "deny 202");
        order.Told[2].Text("fraud_status").ShouldBe("deny");
        await order.HasStatusAsync("202", "deny");
        await order.CountsAsync(paid: 0, settled: 0, reversed: 0);
    }

    [Fact]
    public async Task A_card_that_was_accepted_is_challenged_afterwards_and_denied()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PayAsync("credit_card");
        await order.PlayAsync("challenge");
        await order.PlayAsync("deny");

        await order.IsToldAsync("pending 201", "capture 200", "capture 201", "deny 202");
        await order.CountsAsync(paid: 150_000, settled: 0, reversed: 150_000);
        (await order.CountsByTransactionAsync()).ShouldBe(["deny 150000 0 150000 0"]);
    }

    [Fact]
    public async Task A_capture_is_cancelled_before_it_settles()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PayAsync("credit_card");
        await order.PlayAsync("cancel");

        await order.IsToldAsync("pending 201", "capture 200", "cancel 202");
        await order.HasStatusAsync("200", "cancel");
        await order.CountsAsync(paid: 150_000, settled: 0, reversed: 150_000);
    }

    [Theory]
    [InlineData("cancel", "cancel 202", "200")]
    [InlineData("deny", "deny 202", "202")]
    [InlineData("expire", "expire 202", "407")]
    public async Task An_authorisation_ends_without_money(string end, string notice, string code)
    {
        await using var order = await Sequence.OpenForAuthorizationAsync();
        await order.PlayAsync("pay");
        await order.HasStatusAsync("200", "authorize");

        await order.PlayAsync(end);

        await order.IsToldAsync("authorize 200", notice);
        await order.HasStatusAsync(code, end);
        await order.CountsAsync(paid: 0, settled: 0, reversed: 0);
    }

    [Fact]
    public async Task An_authorisation_is_captured_in_part_and_settled()
    {
        await using var order = await Sequence.OpenForAuthorizationAsync();
        order.AlsoAllow("100000.00");
        await order.PlayAsync("pay");
        await order.IsRefusedAsync("capture", new JsonObject { ["amount"] = 150_001 });

        await order.PlayAsync("capture", new JsonObject { ["amount"] = 100_000 });
        await order.PlayAsync("settle");

        await order.IsToldAsync("authorize 200", "capture 200", "settlement 200");
        order.Told.Select(body => body.Text("gross_amount")).ShouldBe(["150000.00", "100000.00", "100000.00"]);
        await order.CountsAsync(paid: 100_000, settled: 100_000, reversed: 0);
    }

    private static async Task<Sequence> SettledCardAsync()
    {
        var order = await Sequence.OpenAsync();
        await order.PayAsync("credit_card");
        await order.PlayAsync("settle");
        return order;
    }

    private static List<JsonObject> Refunds(JsonObject body) => [.. (body.Array("refunds") ?? []).OfType<JsonObject>()];
}
