using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class SnapCreateTests
{
    [Fact]
    public async Task A_token_and_a_link_to_its_page_are_answered_with_201()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.OpenSnapAsync(Requests.Snap("snap-1"));

        answer.HttpCode.ShouldBe(201, answer.Text);
        answer.Field("token").Length.ShouldBe(36);
        answer.Field("redirect_url").ShouldBe($"{simulator.Url}/snap/v4/redirection/{answer.Field("token")}");
    }

    [Theory]
    [InlineData("""{}""", "transaction_details.order_id is required")]
    [InlineData("""{"transaction_details":{"order_id":"a"}}""", "transaction_details.gross_amount is required")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":"10000"}}""", "transaction_details.gross_amount is not a number")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":10000.5}}""", "whole number")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":0}}""", "greater than or equal to 0.01")]
    [InlineData("""{"transaction_details":{"order_id":"a b","gross_amount":10000}}""", "not allowed")]
    [InlineData("""{"transaction_details":{"order_id":"a/b","gross_amount":10000}}""", "not allowed")]
    [InlineData(
        """{"transaction_details":{"order_id":"123456789012345678901234567890123456789012345678901",""" +
        """ "gross_amount":10000}}""",
        "too long")]
    [InlineData(
        """{"transaction_details":{"order_id":"a","gross_amount":10000},"item_details":[{"name":"Top up",""" +
        """ "price":9000,"quantity":1}]}""",
        "transaction_details.gross_amount is not equal to the sum of item_details")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":10000},"item_details":[{"price":10000,"quantity":1}]}""", "name")]
    [InlineData(
        """{"transaction_details":{"order_id":"a","gross_amount":10000},"enabled_payments":["no_such_method"]}""",
        "enabled_payments")]
    [InlineData(
        """{"transaction_details":{"order_id":"a","gross_amount":10000},""" +
        """ "expiry":{"start_time":"2026-03-10 10:00:00 +07:00","duration":1,"unit":"hour"}}""",
        "start_time")]
    [InlineData(
        """{"transaction_details":{"order_id":"a","gross_amount":10000},""" +
        """ "expiry":{"start_time":"2026-03-10 08:00:00 +0700","duration":1,"unit":"hour"}}""",
        "passed")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":10000},"expiry":{"duration":0,"unit":"hour"}}""", "duration")]
    [InlineData(
        """{"transaction_details":{"order_id":"a","gross_amount":10000},"page_expiry":{"duration":19,"unit":"second"}}""",
        "20 seconds")]
    [InlineData("""{"transaction_details":{"order_id":"a","gross_amount":10000},"page_expiry":{"duration":8,"unit":"days"}}""", "7 days")]
    public async Task A_body_that_is_not_valid_is_400_with_error_messages_and_no_status_code(string body, string message)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.OpenSnapAsync((JsonObject)JsonNode.Parse(body)!);

        answer.HttpCode.ShouldBe(400);
        answer.Json!["error_messages"]!.AsArray().ShouldContain(each => each!.ToString().Contains(message), answer.Text);
        answer.Json["status_code"].ShouldBeNull();
    }

    [Fact]
    public async Task Items_may_carry_a_discount_as_long_as_the_sum_is_right()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Requests.Snap("snap-2");
        body["item_details"] = JsonNode.Parse(
            """[{"name":"Top up","price":80000,"quantity":2},{"name":"Coupon","price":-10000,"quantity":1}]""");

        (await simulator.OpenSnapAsync(body)).HttpCode.ShouldBe(201);
    }

    [Fact]
    public async Task A_wrong_key_is_401_with_the_known_words()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.CallAsync(HttpMethod.Post, "/snap/v1/transactions", Requests.Snap("snap-3"), key: "wrong");

        answer.HttpCode.ShouldBe(401);
        answer.Json!["error_messages"]![0]!.ToString()
            .ShouldBe("Access denied due to unauthorized transaction, please check client or server key");
    }

    [Fact]
    public async Task A_second_create_before_payment_replaces_the_first_token_and_after_it_is_refused()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var first = await simulator.OpenSnapAsync(Requests.Snap("snap-4"));
        var second = await simulator.OpenSnapAsync(Requests.Snap("snap-4"));

        using var oldPage = await simulator.Http.GetAsync(first.Field("redirect_url"));
        using var newPage = await simulator.Http.GetAsync(second.Field("redirect_url"));
        await simulator.PlayAsync("snap-4", "pay");
        var third = await simulator.OpenSnapAsync(Requests.Snap("snap-4"));

        ((int)oldPage.StatusCode, (int)newPage.StatusCode).ShouldBe((410, 200));
        third.HttpCode.ShouldBe(400);
        third.Json!["error_messages"]![0]!.ToString().ShouldBe("transaction_details.order_id has already been taken");
    }

    [Fact]
    public async Task A_token_is_cancelled_once_and_not_while_it_is_being_paid()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var token = (await simulator.OpenSnapAsync(Requests.Snap("snap-5"))).Field("token");
        var busy = (await simulator.OpenSnapAsync(Requests.Snap("snap-6"))).Field("token");
        await simulator.PlayAsync("snap-6", "pay");

        var cancelled = await CancelAsync(simulator, token);
        var again = await CancelAsync(simulator, token);
        var refused = await CancelAsync(simulator, busy);
        var unknown = await CancelAsync(simulator, "no-such-token");

        cancelled.Field("canceled_at").ShouldBe("2026-03-10T03:00:00.000Z");
        again.Json!["error_messages"]![0]!.ToString().ShouldBe("token already canceled");
        refused.Json!["error_messages"]![0]!.ToString().ShouldBe("Transaction is on progress");
        unknown.Json!["error_messages"]![0]!.ToString().ShouldBe("token not found");
    }

    [Fact]
    public async Task A_start_time_fixes_the_expiry_of_the_payment_and_without_one_the_clock_starts_at_the_choice()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var fixedTime = Requests.Snap("snap-7", 150_000, "bca_va");
        fixedTime["expiry"] = new JsonObject { ["start_time"] = "2026-03-10 10:00:00 +0700", ["duration"] = 60, ["unit"] = "minutes" };
        var floating = Requests.Snap("snap-8", 150_000, "bca_va");
        floating["expiry"] = new JsonObject { ["duration"] = 60, ["unit"] = "minute" };
        await simulator.OpenSnapAsync(fixedTime);
        await simulator.OpenSnapAsync(floating);
        simulator.Clock.Advance(TimeSpan.FromMinutes(10));

        await simulator.PlayAsync("snap-7", "pay");
        await simulator.PlayAsync("snap-8", "pay");

        (await simulator.GetStatusAsync("snap-7")).Field("expiry_time").ShouldBe("2026-03-10 11:00:00");
        (await simulator.GetStatusAsync("snap-8")).Field("expiry_time").ShouldBe("2026-03-10 11:10:00");
    }

    [Fact]
    public async Task Custom_fields_and_metadata_come_back_and_a_fee_the_customer_bears_raises_the_amount()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Requests.Snap("snap-9", 100_000, "bca_va");
        body["custom_field1"] = "wallet-7";
        body["metadata"] = new JsonObject { ["topUp"] = 42 };
        body["customer_imposed_payment_fee"] = JsonNode.Parse(
            """{"enable":true,"payment_fee_configs":[{"payment_type":"bca_va","customer_percentage":50}]}""");
        await simulator.OpenSnapAsync(body);
        await simulator.PlayAsync("snap-9", "pay");

        var status = await simulator.GetStatusAsync("snap-9");

        (status.Field("custom_field1"), status.Json!["metadata"]!["topUp"]!.GetValue<int>()).ShouldBe(("wallet-7", 42));
        status.Field("gross_amount").ShouldBe("102000.00");
        status.Json["extra_info"]!["gross_amount_info"]!["original_amount"]!.ToString().ShouldBe("100000.00");
    }

    private static Task<Answer> CancelAsync(SimulatorHost simulator, string token) =>
        simulator.CallAsync(HttpMethod.Post, $"/snap/v1/transactions/{token}/cancel");
}
