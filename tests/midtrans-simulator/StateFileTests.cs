using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class StateFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("midtrans-simulator-").FullName;

    private string FileName => Path.Combine(folder, "state.json");

    [Fact]
    public async Task What_was_answered_is_in_the_file_and_the_next_simulator_goes_on_from_there()
    {
        var file = Path.Combine(folder, "state.json");
        var setting = $"--Simulator:StateFile={file}";
        var clock = new FakeClock();
        await using var merchant = await Merchant.StartAsync();
        merchant.AnswerAlways(503);
        string token, copy;
        await using (var first = await SimulatorHost.StartAsync(clock, merchant, setting))
        {
            token = (await first.OpenSnapAsync(Requests.Snap("kept-1"))).Field("token");
            await first.ChargeAsync(Requests.Charge("gopay", "kept-2"));
            // The copy stands for a simulator that was killed right after its answer.
            copy = Path.Combine(folder, "copy.json");
            File.Copy(file, copy);
        }

        merchant.AnswerAlways(200);
        await using var second = await SimulatorHost.StartAsync(clock, merchant, $"--Simulator:StateFile={copy}");
        await second.MerchantHearsAsync("kept-2", "pending");
        using var page = await second.Http.GetAsync($"/snap/v4/redirection/{token}");
        second.Clock.Advance(TimeSpan.FromMinutes(15));
        await second.MerchantHearsAsync("kept-2", "expire");

        ((int)page.StatusCode).ShouldBe(200);
        await second.PlayAsync("kept-1", "pay", new JsonObject { ["late"] = true });
        (await second.GetStatusAsync("kept-1")).Status.ShouldBe("settlement");
    }

    [Fact]
    public async Task A_question_changes_nothing_and_writes_nothing()
    {
        await using var simulator = await SimulatorHost.StartAsync(null, null, $"--Simulator:StateFile={FileName}");
        await simulator.ControlAsync(HttpMethod.Put, "modes", new JsonObject { ["hold"] = true });
        await simulator.ChargeBcaAsync("asked-1");
        File.Delete(FileName);

        for (var question = 0; question < 20; question++)
        {
            (await simulator.GetStatusAsync("asked-1")).Status.ShouldBe("pending");
        }

        File.Exists(FileName).ShouldBeFalse();
        await simulator.PlayAsync("asked-1", "pay");
        File.Exists(FileName).ShouldBeTrue();
    }

    [Fact]
    public async Task What_became_of_a_delivery_is_in_the_file_when_the_simulator_has_stopped()
    {
        await using (var simulator = await SimulatorHost.StartAsync(null, null, $"--Simulator:StateFile={FileName}"))
        {
            await simulator.ChargeBcaAsync("told-1");
            await simulator.MerchantIsToldAsync("told-1", "pending");
        }

        await using var next = await SimulatorHost.StartAsync(null, null, $"--Simulator:StateFile={FileName}");

        (await next.DeliveriesAsync("told-1")).ShouldHaveSingleItem()["state"]!.ToString().ShouldBe("delivered");
    }

    [Fact]
    public async Task A_reset_forgets_everything()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("gone");
        await simulator.ControlAsync(HttpMethod.Post, "reset");

        (await simulator.GetStatusAsync("gone")).Code.ShouldBe("404");
        (await simulator.ControlAsync(HttpMethod.Get, "orders")).Json!.AsArray().ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
