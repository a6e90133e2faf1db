using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class CardTests
{
    [Fact]
    public async Task An_accepted_card_is_captured_and_settles_the_next_afternoon_and_counts_as_paid_once()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var charge = await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync("4811111111111114"), "card-1"));
        await simulator.MerchantIsToldAsync("card-1", "capture");
        simulator.Clock.AdvanceTo(new DateTimeOffset(2026, 3, 11, 16, 0, 0, TimeSpan.FromHours(7)));
        await simulator.MerchantIsToldAsync("card-1", "capture", "settlement");
        var truth = (await simulator.ControlAsync(HttpMethod.Get, "truth")).Json!;

        (charge.Code, charge.Status, charge.Field("fraud_status")).ShouldBe(("200", "capture", "accept"));
        charge.Field("masked_card").ShouldBe("48111111-1114");
        charge.Message.ShouldBe("Success, Credit Card transaction is successful");
        charge.Field("approval_code").ShouldMatch(@"^\d{6}$");
        ((long)truth["paid"]!, (long)truth["settled"]!, (long)truth["net"]!).ShouldBe((150_000, 150_000, 150_000));
        truth["days"]!.AsArray().Select(day => $"{day!["date"]} {day["paid"]} {day["settled"]}")
            .ShouldBe(["2026-03-10 150000 0", "2026-03-11 0 150000"]);
    }

    [Theory]
    [InlineData("4911111111111113", "123", "accept")]
    [InlineData("4611111111111116", "123", "deny")]
    [InlineData("4811111111111114", "999", "accept")]
    [InlineData("5555555555554444", "123", "accept")]
    public async Task A_denied_card_is_202_and_has_no_approval_code(string number, string cvv, string fraudStatus)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var charge = await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync(number, cvv), "card-2"));

        (charge.HttpCode, charge.Code, charge.Status).ShouldBe((200, "202", "deny"));
        charge.Field("fraud_status").ShouldBe(fraudStatus);
        charge.Json!["approval_code"].ShouldBeNull();
    }

    [Fact]
    public async Task A_slow_bank_accepts_after_a_minute()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync("4024007176265022"), "card-3"));
        await simulator.MerchantIsToldAsync("card-3", "pending");

        simulator.Clock.Advance(TimeSpan.FromSeconds(60));
        await simulator.MerchantIsToldAsync("card-3", "pending", "capture");

        (charge.Code, charge.Status).ShouldBe(("201", "pending"));
    }

    [Theory]
    [InlineData("112233", "capture")]
    [InlineData("000000", "deny")]
    public async Task A_card_with_3DS_waits_for_the_one_time_password(string password, string outcome)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = await simulator.ChargeAsync(
            Requests.Card(await simulator.CardTokenAsync("4811111111111114"), "card-4", threeDs: true));
        var page = charge.Field("redirect_url");

        var shown = await simulator.Http.GetStringAsync(page);
        using var form = new FormUrlEncodedContent([new("otp", password)]);
        using var posted = await simulator.Http.PostAsync(page + "/pay", form);

        (charge.Code, charge.Status, charge.Field("expiry_time")).ShouldBe(("201", "pending", "2026-03-10 10:10:00"));
        shown.ShouldContain("no real money moves");
        ((int)posted.StatusCode).ShouldBe(303);
        (await simulator.GetStatusAsync("card-4")).Status.ShouldBe(outcome);
    }

    [Fact]
    public async Task A_token_is_good_for_one_charge_and_ten_minutes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var used = await simulator.CardTokenAsync("4811111111111114");
        var old = await simulator.CardTokenAsync("4811111111111114");
        await simulator.ChargeAsync(Requests.Card(used, "card-5"));
        simulator.Clock.Advance(TimeSpan.FromMinutes(10));

        (await simulator.ChargeAsync(Requests.Card(used, "card-6"))).Code.ShouldBe("411");
        (await simulator.ChargeAsync(Requests.Card(old, "card-7"))).Code.ShouldBe("411");
    }

    [Fact]
    public async Task A_token_needs_the_client_key_and_a_card_number()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var wrongKey = await simulator.CallAsync(HttpMethod.Get, "/v2/token?client_key=x&card_number=4811111111111114", key: null);
        var wrongCard = await simulator.CallAsync(
            HttpMethod.Get,
            "/v2/token?client_key=SB-Mid-client-test&card_number=4811111111111115&card_exp_month=1&card_exp_year=2030&card_cvv=123",
            key: null);

        (wrongKey.HttpCode, wrongCard.HttpCode).ShouldBe((401, 400));
    }

    [Fact]
    public async Task An_authorisation_is_captured_on_request()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = await simulator.ChargeAsync(
            Requests.Card(await simulator.CardTokenAsync("4811111111111114"), "card-8", type: "authorize"));

        var captured = await simulator.CallAsync(HttpMethod.Post, "/v2/capture", new JsonObject
        {
            ["transaction_id"] = charge.Field("transaction_id"), ["gross_amount"] = 100_000,
        });

        charge.Status.ShouldBe("authorize");
        (captured.Code, captured.Status, captured.Field("gross_amount")).ShouldBe(("200", "capture", "100000.00"));
    }

    [Fact]
    public async Task A_settled_card_can_be_charged_back()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.Card(await simulator.CardTokenAsync("4811111111111114"), "card-9"));
        await simulator.PlayAsync("card-9", "settle");

        await simulator.PlayAsync("card-9", "chargeback", new JsonObject { ["amount"] = 50_000 });
        await simulator.PlayAsync("card-9", "chargeback");
        await simulator.MerchantIsToldAsync("card-9", "capture", "settlement", "partial_chargeback", "chargeback");

        ((long)(await simulator.ControlAsync(HttpMethod.Get, "truth?orderId=card-9")).Json!["net"]!).ShouldBe(0);
    }
}
