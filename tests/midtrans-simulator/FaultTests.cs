using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class FaultTests
{
    [Theory]
    [InlineData("500", 500)]
    [InlineData("503", 503)]
    public async Task The_ordered_number_of_calls_fails_without_effect_and_the_next_works(string mode, int status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await FaultAsync(simulator, "snap-create", mode, 2);

        var first = await simulator.OpenSnapAsync(Requests.Snap("fault-1"));
        var second = await simulator.OpenSnapAsync(Requests.Snap("fault-1"));
        var third = await simulator.OpenSnapAsync(Requests.Snap("fault-1"));

        (first.HttpCode, second.HttpCode, third.HttpCode).ShouldBe((status, status, 201));
    }

    [Fact]
    public async Task A_cut_after_the_effect_leaves_the_charge_behind()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await FaultAsync(simulator, "charge", "disconnect-after-effect");

        await Should.ThrowAsync<HttpRequestException>(() => simulator.ChargeBcaAsync("fault-2"));

        (await simulator.GetStatusAsync("fault-2")).Status.ShouldBe("pending");
    }

    [Fact]
    public async Task A_cut_before_the_effect_leaves_nothing()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await FaultAsync(simulator, "charge", "disconnect");

        await Should.ThrowAsync<HttpRequestException>(() => simulator.ChargeBcaAsync("fault-3"));

        (await simulator.GetStatusAsync("fault-3")).Code.ShouldBe("404");
    }

    [Fact]
    public async Task A_call_that_hangs_is_answered_202_to_whoever_repeats_it_with_the_same_key()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await FaultAsync(simulator, "charge", "timeout");
        var first = simulator.ChargeAsync(Requests.BankTransfer("bca", "fault-4"), ("Idempotency-Key", "hang"));
        await SimulatorHost.UntilAsync(
            async () => (await simulator.ControlAsync(HttpMethod.Get, "faults")).Json!.AsArray().Count == 0,
            () => "the fault was not taken");

        var repeat = await simulator.ChargeAsync(Requests.BankTransfer("bca", "fault-4"), ("Idempotency-Key", "hang"));
        await SimulatorHost.UntilAsync(
            () =>
            {
                simulator.Clock.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(first.IsCompleted);
            },
            () => "the first call was never answered");

        repeat.HttpCode.ShouldBe(202);
        (await first).HttpCode.ShouldBe(504);
        (await simulator.GetStatusAsync("fault-4")).Code.ShouldBe("404");
    }

    [Fact]
    public async Task Only_the_named_kind_fails()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await FaultAsync(simulator, "status", "503");

        (await simulator.ChargeBcaAsync("fault-5")).HttpCode.ShouldBe(200);
        (await simulator.GetStatusAsync("fault-5")).HttpCode.ShouldBe(503);
        (await simulator.GetStatusAsync("fault-5")).HttpCode.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"kind":"nothing","mode":"500"}""")]
    [InlineData("""{"kind":"charge","mode":"explode"}""")]
    [InlineData("""{"kind":"charge","mode":"denied"}""")]
    [InlineData("""{"kind":"charge","mode":"500","count":0}""")]
    public async Task A_fault_that_does_not_exist_is_refused(string wish)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        (await simulator.CallAsync(HttpMethod.Post, "/_simulator/faults", JsonNode.Parse(wish), key: null)).HttpCode.ShouldBe(400);
    }

    private static Task<Answer> FaultAsync(SimulatorHost simulator, string kind, string mode, int count = 1) =>
        simulator.ControlAsync(HttpMethod.Post, "faults", new JsonObject { ["kind"] = kind, ["mode"] = mode, ["count"] = count });
}
