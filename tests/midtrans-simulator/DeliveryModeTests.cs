using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class DeliveryModeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copies_of_a_notification_arrive_as_often_as_wished(bool parallel)
    {
        await using var simulator = await WithModesAsync("dup", new JsonObject
        {
            ["duplicate"] = 4, ["parallel"] = parallel, ["only"] = new JsonArray("settlement"),
        });

        await PayAsync(simulator, "dup");

        await simulator.MerchantIsToldAsync("dup", "pending", "settlement", "settlement", "settlement", "settlement", "settlement");
        simulator.Merchant.Received.Skip(1).Select(each => each.Body.ToJsonString()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Held_notifications_arrive_in_the_order_of_their_release()
    {
        await using var simulator = await WithModesAsync("held", new JsonObject { ["hold"] = true });
        await PayAsync(simulator, "held");
        var ids = (await simulator.NotificationsAsync("held")).Select(each => each["id"]!.ToString()).ToList();
        simulator.Merchant.Received.ShouldBeEmpty();

        await simulator.ControlAsync(HttpMethod.Post, "notifications/release", new JsonObject
        {
            ["notifications"] = new JsonArray(ids[1], ids[0]),
        });

        await simulator.MerchantIsToldAsync("held", "settlement", "pending");
    }

    [Fact]
    public async Task A_lost_notification_never_arrives_but_the_payment_is_settled()
    {
        await using var simulator = await WithModesAsync(
            "lost", new JsonObject { ["lose"] = true, ["only"] = new JsonArray("settlement") });

        await PayAsync(simulator, "lost");

        await simulator.MerchantIsToldAsync("lost", "pending");
        (await simulator.GetStatusAsync("lost")).Status.ShouldBe("settlement");
        (await simulator.DeliveriesAsync("lost"))[1]["state"]!.ToString().ShouldBe("lost");
    }

    [Fact]
    public async Task A_delayed_notification_is_overtaken_by_the_next()
    {
        await using var simulator = await WithModesAsync(
            "slow", new JsonObject { ["delayMs"] = 60_000, ["only"] = new JsonArray("pending") });
        await PayAsync(simulator, "slow");
        await SimulatorHost.UntilAsync(
            async () => (await simulator.DeliveriesAsync("slow"))[1]["state"]!.ToString() == "delivered",
            () => "the settlement did not arrive");

        simulator.Clock.Advance(TimeSpan.FromMinutes(1));

        await simulator.MerchantIsToldAsync("slow", "settlement", "pending");
    }

    [Fact]
    public async Task A_late_settlement_arrives_after_the_expiry_time()
    {
        await using var simulator = await WithModesAsync(
            "late", new JsonObject { ["late"] = true, ["only"] = new JsonArray("settlement") });
        await PayAsync(simulator, "late");
        await SimulatorHost.UntilAsync(
            async () => (await simulator.DeliveriesAsync("late"))[0]["state"]!.ToString() == "delivered",
            () => "pending did not arrive");

        simulator.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));

        await simulator.MerchantIsToldAsync("late", "pending", "settlement");
    }

    [Fact]
    public async Task A_notification_can_be_wrongly_signed_and_strange_in_every_way_the_real_one_is()
    {
        await using var simulator = await WithModesAsync("odd", new JsonObject
        {
            ["wrongSignature"] = true, ["upperCasePending"] = true, ["omitFraudStatus"] = true, ["extraFields"] = true,
        });

        await PayAsync(simulator, "odd");
        await simulator.MerchantIsToldAsync("odd", "PENDING", "settlement");

        var body = simulator.Merchant.Received[1].Body;
        body["signature_key"]!.ToString().ShouldNotBe(Wire.Signature.Of("odd", "200", "150000.00", SimulatorHost.ServerKey));
        body["signature_key"]!.ToString().ShouldMatch("^[0-9a-f]{128}$");
        body["fraud_status"].ShouldBeNull();
        body["a_field_of_tomorrow"].ShouldNotBeNull();
    }

    [Fact]
    public async Task An_amount_written_otherwise_is_signed_as_it_is_written()
    {
        await using var simulator = await WithModesAsync("amount", new JsonObject { ["grossAmount"] = "1e4" });

        await PayAsync(simulator, "amount");
        await simulator.MerchantIsToldAsync("amount", "pending", "settlement");

        simulator.Merchant.Received[1].Body["signature_key"]!.ToString()
            .ShouldBe(Wire.Signature.Of("amount", "200", "1e4", SimulatorHost.ServerKey));
    }

    [Fact]
    public async Task A_partial_refund_can_be_told_without_its_list_of_refunds()
    {
        await using var simulator = await WithModesAsync("nolist", new JsonObject { ["omitRefunds"] = true });
        await simulator.PlayAsync("nolist", "pay", new JsonObject { ["method"] = "gopay" });

        await simulator.PlayAsync("nolist", "refund", new JsonObject { ["amount"] = 50_000 });
        await simulator.MerchantIsToldAsync("nolist", "pending", "settlement", "partial_refund");

        var body = simulator.Merchant.Received[2].Body;
        (body["refunds"], body["refund_amount"]!.ToString()).ShouldBe((null, "50000.00"));
        (await simulator.GetStatusAsync("nolist")).Json!["refunds"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_global_mode_holds_for_every_order_until_it_is_taken_back()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ControlAsync(HttpMethod.Put, "modes", new JsonObject { ["lose"] = true });
        await simulator.ChargeBcaAsync("all-1");
        await simulator.ControlAsync(HttpMethod.Delete, "modes");
        await simulator.ChargeBcaAsync("all-2");

        await simulator.MerchantIsToldAsync("all-2", "pending");
        simulator.Merchant.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_notification_can_be_sent_again()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("again");
        await simulator.MerchantIsToldAsync("again", "pending");
        var id = (await simulator.NotificationsAsync("again"))[0]["id"]!.ToString();

        await simulator.ControlAsync(HttpMethod.Post, $"notifications/{id}/resend");

        await simulator.MerchantIsToldAsync("again", "pending", "pending");
    }

    private static async Task<SimulatorHost> WithModesAsync(string orderId, JsonObject modes)
    {
        var simulator = await SimulatorHost.StartAsync();
        await simulator.ControlAsync(HttpMethod.Put, $"orders/{orderId}/modes", modes);
        await simulator.OpenSnapAsync(Requests.Snap(orderId));
        return simulator;
    }

    private static Task<Answer> PayAsync(SimulatorHost simulator, string orderId) =>
        simulator.PlayAsync(orderId, "pay", new JsonObject { ["method"] = "bca_va" });
}
