using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>
/// The sequences of payments that the real gateway is known to produce, each played through the control API alone. What happens to
/// money that was already there is in <see cref="MoneyBackSequenceTests"/>.
/// </summary>
public sealed class SequenceTests
{
    [Fact]
    public async Task Pending_then_settlement()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PayAsync("bca_va");

        await order.IsToldAsync("pending 201", "settlement 200");
        await order.HasStatusAsync("200", "settlement");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 0);
        (order.Told[0].Has("settlement_time"), order.Told[1].Text("settlement_time")).ShouldBe((false, "2026-03-10 10:00:00"));
    }

    [Fact]
    public async Task Settlement_before_pending()
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["hold"] = true });
        await order.PayAsync("bca_va");
        order.Told.ShouldBeEmpty();

        await order.Simulator.ControlAsync(HttpMethod.Post, "notifications/release", new JsonObject
        {
            ["orderId"] = Sequence.OrderId, ["reverse"] = true,
        });

        await order.IsToldAsync("settlement 200", "pending 201");
        await order.HasStatusAsync("200", "settlement");
    }

    [Fact]
    public async Task The_same_settlement_twice()
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["duplicate"] = 1, ["only"] = new JsonArray("settlement") });

        await order.PayAsync("bca_va");

        await order.IsToldAsync("pending 201", "settlement 200", "settlement 200");
        order.Told[2].ToJsonString().ShouldBe(order.Told[1].ToJsonString());
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 0);
    }

    [Fact]
    public async Task Capture_then_settlement_of_the_same_card()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PayAsync("credit_card");
        await order.HasStatusAsync("200", "capture");
        await order.CountsAsync(paid: 150_000, settled: 0, reversed: 0);
        await order.PlayAsync("settle");

        await order.IsToldAsync("pending 201", "capture 200", "settlement 200");
        await order.HasStatusAsync("200", "settlement");
        await order.CountsAsync(paid: 150_000, settled: 150_000, reversed: 0);
        (order.Told[1].Text("transaction_id"), order.Told[1].Text("signature_key"))
            .ShouldBe((order.Told[2].Text("transaction_id"), order.Told[2].Text("signature_key")));
    }

    [Fact]
    public async Task Deny_then_settlement_under_a_new_transaction_id()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PlayAsync("deny", new JsonObject { ["method"] = "gopay" });
        await order.HasStatusAsync("202", "deny");
        await order.PayAsync("gopay");

        await order.IsToldAsync("pending 201", "deny 202", "pending 201", "settlement 200");
        var ids = order.Told.Select(body => body.Text("transaction_id")!).ToList();
        (ids[0] == ids[1], ids[2] == ids[3], ids[1] == ids[3]).ShouldBe((true, true, false));
        await order.HasStatusAsync("200", "settlement");
        await order.HasStatusAsync("202", "deny", ids[1]);
        (await order.CountsByTransactionAsync()).ShouldBe(["deny 0 0 0 0", "settlement 150000 150000 0 150000"]);
    }

    [Theory]
    [InlineData("expire", "expire 202", "407")]
    [InlineData("cancel", "cancel 202", "200")]
    public async Task A_payment_that_ended_then_settlement_under_a_new_transaction_id(string end, string notice, string code)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PlayAsync("choose", new JsonObject { ["method"] = "bca_va" });
        await order.PlayAsync(end);

        await order.PlayAsync("pay", new JsonObject { ["late"] = true });

        await order.IsToldAsync("pending 201", notice, "pending 201", "settlement 200");
        var ids = order.Told.Select(body => body.Text("transaction_id")!).ToList();
        ids[3].ShouldNotBe(ids[1]);
        await order.HasStatusAsync("200", "settlement");
        await order.HasStatusAsync(code, end, ids[1]);
        (await order.CountsByTransactionAsync()).ShouldBe([$"{end} 0 0 0 0", "settlement 150000 150000 0 150000"]);
    }

    [Fact]
    public async Task A_direct_charge_that_expired_then_settlement_under_a_new_transaction_id()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = await simulator.ChargeBcaAsync("core-1");
        await simulator.PlayAsync("core-1", "expire");

        await simulator.PlayAsync("core-1", "pay", new JsonObject { ["late"] = true });

        await simulator.MerchantIsToldAsync("core-1", "pending", "expire", "pending", "settlement");
        simulator.Merchant.Received[3].Body.Text("transaction_id").ShouldNotBe(charge.Field("transaction_id"));
        (await simulator.GetStatusAsync(charge.Field("transaction_id"))).Status.ShouldBe("expire");
    }

    [Fact]
    public async Task A_page_that_expires_says_nothing_and_its_order_is_unknown()
    {
        await using var order = await Sequence.OpenAsync();

        var view = await order.PlayAsync("expire");

        view.Field("status").ShouldBe("page-closed");
        await order.IsUnknownAsync();
        await order.IsToldAsync();
        await order.CountsAsync(paid: 0, settled: 0, reversed: 0);
        await order.IsRefusedAsync("pay");
    }

    [Theory]
    [InlineData("expire", "expire 202", "407")]
    [InlineData("cancel", "cancel 202", "200")]
    public async Task What_ends_unpaid_has_one_code_in_the_notification_and_another_in_the_status(string end, string notice, string code)
    {
        await using var order = await Sequence.OpenAsync();
        await order.PlayAsync("choose", new JsonObject { ["method"] = "bca_va" });
        await order.HasStatusAsync("201", "pending");

        await order.PlayAsync(end);

        await order.IsToldAsync("pending 201", notice);
        await order.HasStatusAsync(code, end);
        await order.CountsAsync(paid: 0, settled: 0, reversed: 0);
    }

    [Fact]
    public async Task Pending_in_upper_case_in_the_notification_and_in_the_status()
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["upperCasePending"] = true, ["alsoInStatus"] = true });

        await order.PlayAsync("choose", new JsonObject { ["method"] = "shopeepay" });
        await order.HasStatusAsync("200", "PENDING");
        await order.PlayAsync("pay");

        await order.IsToldAsync("PENDING 201", "settlement 200");
        await order.HasStatusAsync("200", "settlement");
    }

    [Theory]
    [InlineData("""{"omitFraudStatus":true,"alsoInStatus":true}""", "bca_va")]
    [InlineData("{}", "indomaret")]
    public async Task A_missing_fraud_status(string modes, string method)
    {
        await using var order = await Sequence.OpenAsync((JsonObject)JsonNode.Parse(modes)!);

        await order.PayAsync(method);

        await order.IsToldAsync("pending 201", "settlement 200");
        order.Told.ShouldAllBe(body => !body.ContainsKey("fraud_status"));
        (await order.HasStatusAsync("200", "settlement")).Json!["fraud_status"].ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fields_that_nobody_knows_yet(bool alsoInStatus)
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["extraFields"] = true, ["alsoInStatus"] = alsoInStatus });

        await order.PayAsync("bca_va");

        await order.IsToldAsync("pending 201", "settlement 200");
        order.Told.ShouldAllBe(body => body.ContainsKey("a_field_of_tomorrow"));
        var status = await order.HasStatusAsync("200", "settlement");
        (status.Json!["another_field_of_tomorrow"] is not null).ShouldBe(alsoInStatus);
    }

    [Fact]
    public async Task A_test_notification_is_rightly_signed_and_its_order_is_unknown()
    {
        await using var order = await Sequence.OpenAsync();

        var sent = await order.Simulator.ControlAsync(HttpMethod.Post, "notifications/test");

        var orderId = sent.Field("orderId");
        await order.Simulator.MerchantIsToldAsync(orderId, "settlement");
        orderId.ShouldMatch("^payment_notif_test_G123456789_[0-9a-f-]{36}$");
        order.Told[0].Text("signature_key").ShouldBe(Sequence.RightSignature(order.Told[0]));
        await order.IsUnknownAsync(orderId);
        await order.IsUnknownAsync(order.Told[0].Text("transaction_id")!);
    }

    [Fact]
    public async Task A_wrong_signature_on_the_notification_and_a_right_one_on_the_status()
    {
        await using var order = await Sequence.OpenAsync(new JsonObject { ["wrongSignature"] = true });

        await order.PayAsync("bca_va");

        await order.Simulator.MerchantIsToldAsync(Sequence.OrderId, "pending", "settlement");
        order.Told.ShouldAllBe(body => body.Text("signature_key") != Sequence.RightSignature(body));
        await order.HasStatusAsync("200", "settlement");
    }

    [Fact]
    public async Task A_payment_that_fails_is_nobody_s_decision_and_can_be_tried_again()
    {
        await using var order = await Sequence.OpenAsync();

        await order.PlayAsync("fail", new JsonObject { ["method"] = "gopay" });
        await order.HasStatusAsync("202", "failure");
        await order.PayAsync("gopay");

        await order.IsToldAsync("pending 201", "failure 202", "pending 201", "settlement 200");
    }

    [Fact]
    public async Task A_reversed_payment_can_be_made_again_under_a_new_transaction_id()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PlayAsync("deny", new JsonObject { ["method"] = "bni_va" });
        await order.PayAsync("permata_va");
        await order.IsRefusedAsync("pay", new JsonObject { ["method"] = "bca_va" });

        await order.PlayAsync("reverse");
        await order.PayAsync("bca_va");

        await order.IsToldAsync(
            "pending 201", "deny 202", "pending 201", "settlement 200", "deny 202", "pending 201", "settlement 200");
        (await order.CountsByTransactionAsync())
            .ShouldBe(["deny 0 0 0 0", "deny 150000 150000 150000 0", "settlement 150000 150000 0 150000"]);
        await order.CountsAsync(paid: 300_000, settled: 300_000, reversed: 150_000);
    }

    [Fact]
    public async Task Two_accounts_of_one_order_are_both_paid()
    {
        await using var order = await Sequence.OpenAsync();
        await order.PlayAsync("choose", new JsonObject { ["method"] = "bni_va" });
        var view = await order.PlayAsync("choose", new JsonObject { ["method"] = "bca_va" });
        var ids = view.Json!["transactions"]!.AsArray().Select(each => each!["transactionId"]!.ToString()).ToList();

        await order.PlayAsync("pay", new JsonObject { ["transactionId"] = ids[1] });
        await order.PlayAsync("pay", new JsonObject { ["transactionId"] = ids[0] });

        await order.IsToldAsync("pending 201", "pending 201", "settlement 200", "settlement 200");
        order.Told.Skip(2).Select(body => body.Text("transaction_id")).ShouldBe([ids[1], ids[0]]);
        (await order.CountsByTransactionAsync()).ShouldBe(["settlement 150000 150000 0 150000", "settlement 150000 150000 0 150000"]);
        await order.CountsAsync(paid: 300_000, settled: 300_000, reversed: 0);
    }

    [Fact]
    public async Task A_late_payment_by_a_method_that_is_not_enabled_is_refused_and_the_open_one_stays_open()
    {
        await using var order = await Sequence.OpenAsync(null, "bca_va");
        await order.PlayAsync("choose");

        await order.IsRefusedAsync("pay", new JsonObject { ["method"] = "gopay", ["late"] = true });

        await order.HasStatusAsync("201", "pending");
        await order.IsToldAsync("pending 201");
    }
}
