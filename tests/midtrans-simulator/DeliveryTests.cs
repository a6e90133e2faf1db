using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>How often and how long the merchant is tried, by what it answers.</summary>
public sealed class DeliveryTests
{
    private static readonly double[] IntervalMinutes = [2, 10, 30, 90, 210];

    [Theory]
    [InlineData(200, 1, "delivered")]
    [InlineData(204, 1, "delivered")]
    [InlineData(500, 2, "given-up")]
    [InlineData(503, 5, "given-up")]
    [InlineData(400, 3, "given-up")]
    [InlineData(404, 3, "given-up")]
    [InlineData(301, 1, "given-up")]
    [InlineData(302, 1, "given-up")]
    [InlineData(303, 1, "given-up")]
    [InlineData(401, 6, "given-up")]
    [InlineData(403, 6, "given-up")]
    [InlineData(409, 6, "given-up")]
    [InlineData(422, 6, "given-up")]
    [InlineData(429, 6, "given-up")]
    [InlineData(502, 6, "given-up")]
    [InlineData(504, 6, "given-up")]
    public async Task Each_answer_has_its_number_of_attempts_and_they_come_at_growing_intervals(int answer, int attempts, string end)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        simulator.Merchant.AnswerAlways(answer, answer is 301 or 302 or 303 ? "/elsewhere" : null);
        await simulator.ChargeBcaAsync("retry-1");

        var delivery = await RunToTheEndAsync(simulator, "retry-1");

        var tried = delivery["attempts"]!.AsArray();
        (tried.Count, delivery["state"]!.ToString()).ShouldBe((attempts, end), delivery.ToJsonString());
        tried.ShouldAllBe(each => (int)each!["status"]! == answer);
        simulator.Merchant.Received.Count.ShouldBe(attempts);
        for (var at = 1; at < tried.Count; at++)
        {
            var wait = ((DateTimeOffset)tried[at]!["at"]! - (DateTimeOffset)tried[at - 1]!["at"]!).TotalMinutes;
            wait.ShouldBeInRange(IntervalMinutes[at - 1] * 33 / 120 - 0.001, IntervalMinutes[at - 1] + 0.001);
        }
    }

    [Fact]
    public async Task A_merchant_that_recovers_is_tried_until_it_takes_the_notification()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        simulator.Merchant.Answer = (_, context) =>
        {
            context.Response.StatusCode = simulator.Merchant.Received.Count < 3 ? 503 : 200;
            return Task.CompletedTask;
        };
        await simulator.ChargeBcaAsync("retry-2");

        var delivery = await RunToTheEndAsync(simulator, "retry-2");

        delivery["state"]!.ToString().ShouldBe("delivered");
        delivery["attempts"]!.AsArray().Select(each => (int)each!["status"]!).ShouldBe([503, 503, 200]);
    }

    [Fact]
    public async Task An_answer_that_takes_longer_than_15_seconds_counts_as_none_and_is_tried_again()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var silence = new TaskCompletionSource();
        simulator.Merchant.Answer = (_, context) => silence.Task.WaitAsync(context.RequestAborted);
        await simulator.ChargeBcaAsync("slow-1");
        await SimulatorHost.UntilAsync(() => Task.FromResult(simulator.Merchant.Received.Count == 1), () => "the merchant was not called");

        simulator.Clock.Advance(TimeSpan.FromSeconds(15));
        await SimulatorHost.UntilAsync(
            async () => (await simulator.DeliveriesAsync("slow-1"))[0]["attempts"]!.AsArray().Count == 1,
            () => "no attempt was recorded");
        silence.SetResult();
        var delivery = await RunToTheEndAsync(simulator, "slow-1");

        delivery["attempts"]![0]!["error"]!.ToString().ShouldBe("no answer within 15 s");
        (delivery["attempts"]!.AsArray().Count, delivery["state"]!.ToString()).ShouldBe((2, "delivered"));
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_that_keeps_the_method_is_followed_with_the_same_body(int status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        simulator.Merchant.Answer = (notice, context) =>
        {
            context.Response.StatusCode = notice.Path == "/hook" ? status : 200;
            context.Response.Headers.Location = "/moved";
            return Task.CompletedTask;
        };
        await simulator.ChargeBcaAsync("moved-1");

        var delivery = await RunToTheEndAsync(simulator, "moved-1");

        delivery["attempts"]!.AsArray().Count.ShouldBe(1);
        simulator.Merchant.Received.Select(each => each.Path).ShouldBe(["/hook", "/moved"]);
        simulator.Merchant.Received[1].Body.ToJsonString().ShouldBe(simulator.Merchant.Received[0].Body.ToJsonString());
    }

    [Fact]
    public async Task A_circle_of_redirects_ends_after_five_hops()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        simulator.Merchant.AnswerAlways(307, "/hook");
        await simulator.ChargeBcaAsync("circle-1");

        await SimulatorHost.UntilAsync(
            async () => (await simulator.DeliveriesAsync("circle-1"))[0]["attempts"]!.AsArray().Count == 1,
            () => "no attempt was recorded");

        simulator.Merchant.Received.Count.ShouldBe(6);
    }

    [Fact]
    public async Task An_override_replaces_the_address_and_an_append_adds_to_it()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var other = await Merchant.StartAsync();

        await simulator.ChargeAsync(Requests.BankTransfer("bca", "to-other"), ("X-Override-Notification", other.Url));
        await simulator.OpenSnapAsync(Requests.Snap("to-both"), ("X-Append-Notification", other.Url));
        await simulator.PlayAsync("to-both", "pay", new JsonObject { ["method"] = "bca_va" });
        await simulator.MerchantIsToldAsync("to-both", "pending", "settlement");
        await SimulatorHost.UntilAsync(
            () => Task.FromResult(other.Received.Count == 3), () => $"the other was told {other.Received.Count} times");

        other.Received.Select(each => each.Body["order_id"]!.ToString()).Order().ShouldBe(["to-both", "to-both", "to-other"]);
        simulator.Merchant.Received.ShouldAllBe(each => (string?)each.Body["order_id"] == "to-both");
    }

    [Fact]
    public async Task An_address_that_nobody_listens_at_is_tried_six_times_and_no_other_takes_its_place()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var gone = await Merchant.StartAsync();
        var url = gone.Url;
        await gone.DisposeAsync();

        await simulator.ChargeAsync(Requests.BankTransfer("bca", "gone-1"), ("X-Override-Notification", url));
        var delivery = await RunToTheEndAsync(simulator, "gone-1");

        (delivery["attempts"]!.AsArray().Count, delivery["state"]!.ToString()).ShouldBe((6, "given-up"), delivery.ToJsonString());
        delivery["attempts"]!.AsArray().ShouldAllBe(each => each!["status"] == null && each["error"]!.ToString() == "ConnectionError");
        simulator.Merchant.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_header_names_at_most_three_addresses()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var urls = string.Join(", ", Enumerable.Range(1, 4).Select(number => $"{simulator.Merchant.Url}/{number}"));

        await simulator.ChargeAsync(Requests.BankTransfer("bca", "many-1"), ("X-Override-Notification", urls));
        await simulator.MerchantIsToldAsync("many-1", "pending", "pending", "pending");

        simulator.Merchant.Received.Select(each => each.Path).Order().ShouldBe(["/hook/1", "/hook/2", "/hook/3"]);
    }

    [Fact]
    public async Task The_time_scale_shortens_the_intervals()
    {
        await using var simulator = await SimulatorHost.StartAsync(null, null, "--Simulator:TimeScale=0.01");
        simulator.Merchant.AnswerAlways(500);
        await simulator.ChargeBcaAsync("scaled-1");

        var delivery = await RunToTheEndAsync(simulator, "scaled-1");

        var tried = delivery["attempts"]!.AsArray();
        ((DateTimeOffset)tried[1]!["at"]! - (DateTimeOffset)tried[0]!["at"]!).TotalSeconds.ShouldBeInRange(0.33, 1.2);
    }

    /// <summary>Moves the clock from attempt to attempt until there is none to come.</summary>
    private static async Task<JsonObject> RunToTheEndAsync(SimulatorHost simulator, string orderId)
    {
        JsonObject delivery = [];
        await SimulatorHost.UntilAsync(
            async () =>
            {
                delivery = (await simulator.DeliveriesAsync(orderId)).ShouldHaveSingleItem();
                if ((bool)delivery["inFlight"]! || delivery["attempts"]!.AsArray().Count == 0)
                {
                    return false;
                }

                if (delivery["dueAt"] is { } due)
                {
                    simulator.Clock.AdvanceTo((DateTimeOffset)due);
                }

                return delivery["state"]!.ToString() != "waiting";
            },
            () => delivery.ToJsonString());
        return delivery;
    }
}
