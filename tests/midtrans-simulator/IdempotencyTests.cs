namespace Platform.Simulators.Midtrans.Tests;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_key_used_again_gets_the_first_answer_whatever_is_asked()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var first = await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-1"), ("Idempotency-Key", "key-1"));

        var again = await simulator.ChargeAsync(Requests.BankTransfer("bni", "idem-2"), ("Idempotency-Key", "key-1"));
        var other = await simulator.CallAsync(
            HttpMethod.Post, $"/v2/idem-1/cancel", null, SimulatorHost.ServerKey, ("Idempotency-Key", "key-1"));

        again.Text.ShouldBe(first.Text);
        other.Text.ShouldBe(first.Text);
        (await simulator.GetStatusAsync("idem-1")).Status.ShouldBe("pending");
    }

    [Fact]
    public async Task A_key_is_forgotten_after_five_minutes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-3"), ("Idempotency-Key", "key-2"));
        simulator.Clock.Advance(TimeSpan.FromMinutes(5));

        var again = await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-3"), ("Idempotency-Key", "key-2"));

        again.Code.ShouldBe("406");
    }

    [Fact]
    public async Task A_key_of_more_than_46_characters_counts_as_none()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var key = new string('k', 47);
        await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-4"), ("Idempotency-Key", key));

        (await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-4"), ("Idempotency-Key", key))).Code.ShouldBe("406");
    }

    [Fact]
    public async Task A_refusal_is_not_kept_under_its_key()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-5", amount: 1), ("Idempotency-Key", "key-3"));

        (await simulator.ChargeAsync(Requests.BankTransfer("bca", "idem-5"), ("Idempotency-Key", "key-3"))).Code.ShouldBe("201");
    }

    [Fact]
    public async Task Permata_does_not_keep_keys()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeAsync(Requests.BankTransfer("permata", "idem-6"), ("Idempotency-Key", "key-4"));

        (await simulator.ChargeAsync(Requests.BankTransfer("permata", "idem-6"), ("Idempotency-Key", "key-4"))).Code.ShouldBe("406");
    }
}
