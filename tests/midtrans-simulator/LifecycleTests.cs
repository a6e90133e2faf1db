using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public async Task An_order_that_nobody_opened_can_be_paid_as_if_the_customer_had_chosen_and_paid()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.OpenSnapAsync(Requests.Snap("life-1"));
        (await simulator.GetStatusAsync("life-1")).Code.ShouldBe("404");

        var order = await simulator.PlayAsync("life-1", "pay", new JsonObject { ["method"] = "bca_va" });
        await simulator.MerchantIsToldAsync("life-1", "pending", "settlement");

        order.Json!["status"]!.ToString().ShouldBe("settlement");
        var told = simulator.Merchant.Received[1];
        told.UserAgent.ShouldBe("Veritrans");
        told.Body["signature_key"]!.ToString().ShouldBe(Wire.Signature.Of("life-1", "200", "150000.00", SimulatorHost.ServerKey));
        told.Body["status_message"]!.ToString().ShouldBe("midtrans payment notification");
        told.Body["payment_amounts"]!.AsArray().ShouldBeEmpty();
        (await simulator.GetStatusAsync("life-1")).Json!["payment_amounts"].ShouldBeNull();
    }

    [Theory]
    [InlineData("permata_va")]
    [InlineData("echannel")]
    [InlineData("indomaret")]
    public async Task A_settlement_can_be_reversed_into_a_deny(string method)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.OpenSnapAsync(Requests.Snap("rev-1"));
        await simulator.PlayAsync("rev-1", "pay", new JsonObject { ["method"] = method });

        await simulator.PlayAsync("rev-1", "reverse");
        await simulator.MerchantIsToldAsync("rev-1", "pending", "settlement", "deny");
        var truth = (await simulator.ControlAsync(HttpMethod.Get, "truth?orderId=rev-1")).Json!;

        simulator.Merchant.Received[2].Body["status_code"]!.ToString().ShouldBe("202");
        ((long)truth["settled"]!, (long)truth["reversed"]!, (long)truth["net"]!).ShouldBe((150_000, 150_000, 0));
    }

    [Fact]
    public async Task A_channel_that_is_never_reversed_refuses_it()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.OpenSnapAsync(Requests.Snap("rev-2"));
        await simulator.PlayAsync("rev-2", "pay", new JsonObject { ["method"] = "bca_va" });

        var answer = await simulator.CallAsync(HttpMethod.Post, "/_simulator/orders/rev-2/reverse", new JsonObject(), key: null);

        answer.HttpCode.ShouldBe(409);
        (await simulator.GetStatusAsync("rev-2")).Status.ShouldBe("settlement");
    }

    [Fact]
    public async Task A_transaction_expires_by_itself_in_the_batch_after_its_time()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.Charge("gopay", "exp-1"));
        await simulator.MerchantIsToldAsync("exp-1", "pending");

        simulator.Clock.Advance(TimeSpan.FromMinutes(15));
        await simulator.MerchantIsToldAsync("exp-1", "pending", "expire");
        var status = await simulator.GetStatusAsync("exp-1");

        simulator.Merchant.Received[1].Body["status_code"]!.ToString().ShouldBe("202");
        (status.HttpCode, status.Code, status.Status).ShouldBe((200, "407", "expire"));
    }

    [Fact]
    public async Task A_page_expires_without_a_word_and_its_order_stays_unknown()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Requests.Snap("page-1");
        body["page_expiry"] = new JsonObject { ["duration"] = 5, ["unit"] = "minutes" };
        var opened = await simulator.OpenSnapAsync(body);

        simulator.Clock.Advance(TimeSpan.FromMinutes(5));
        using var page = await simulator.Http.GetAsync(opened.Field("redirect_url"));

        ((int)page.StatusCode).ShouldBe(410);
        (await simulator.GetStatusAsync("page-1")).Code.ShouldBe("404");
        (await simulator.NotificationsAsync("page-1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Money_that_comes_after_the_expiry_settles_under_a_new_transaction_id()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.OpenSnapAsync(Requests.Snap("late-1", 150_000, "gopay"));
        await simulator.PlayAsync("late-1", "deny");
        await simulator.MerchantIsToldAsync("late-1", "pending", "deny");
        simulator.Clock.Advance(TimeSpan.FromDays(2));

        await simulator.PlayAsync("late-1", "pay", new JsonObject { ["late"] = true });
        await simulator.MerchantIsToldAsync("late-1", "pending", "deny", "pending", "settlement");

        var ids = simulator.Merchant.Received.Select(each => each.Body["transaction_id"]!.ToString()).ToList();
        ids[1].ShouldNotBe(ids[3]);
        (await simulator.GetStatusAsync("late-1")).Status.ShouldBe("settlement");
        (await simulator.GetStatusAsync(ids[1])).Status.ShouldBe("deny");
    }

    [Fact]
    public async Task Late_payment_of_a_pending_transaction_expires_it_first()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("late-2");

        await simulator.PlayAsync("late-2", "pay", new JsonObject { ["late"] = true });

        await simulator.MerchantIsToldAsync("late-2", "pending", "expire", "pending", "settlement");
    }

    [Fact]
    public async Task Test_notifications_are_signed_and_their_order_is_unknown()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var sent = await simulator.ControlAsync(HttpMethod.Post, "notifications/test");
        var orderId = sent.Field("orderId");
        await simulator.MerchantIsToldAsync(orderId, "settlement");

        orderId.ShouldStartWith("payment_notif_test_G123456789_");
        (await simulator.GetStatusAsync(simulator.Merchant.Received[0].Body["transaction_id"]!.ToString())).Code.ShouldBe("404");
    }
}
