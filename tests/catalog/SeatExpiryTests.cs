using Platform.Contracts;
using Platform.Testing;

namespace Platform.Catalog.Tests;

public sealed class SeatExpiryTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task A_reservation_that_ran_out_gives_its_seat_back_once_and_cannot_be_confirmed()
    {
        var plan = await catalog.AddPlanAsync(seats: 3);
        var (late, confirmed) = (await catalog.SeatAsync(plan), await catalog.SeatAsync(plan));
        await catalog.ConfirmAsync(plan, confirmed);

        catalog.Clock.Advance(Lifetime);
        await SweptAsync(late);

        (await catalog.UsedAsync(plan)).ShouldBe(1);
        (await catalog.ConfirmAsync(plan, late)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
        (await catalog.ReserveAsync(plan, reservation: late)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
        (await catalog.ReleaseAsync(plan, late)).ShouldBeOfType<SeatReleased>();
        (await catalog.UsedAsync(plan)).ShouldBe(1);
        (await catalog.StateOfAsync(late)).ShouldBe("EXPIRED");
    }

    [Fact]
    public async Task A_reservation_keeps_its_seat_until_its_last_instant()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var reservation = await catalog.SeatAsync(plan);

        catalog.Clock.Advance(Lifetime - TimeSpan.FromMilliseconds(1));

        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatConfirmed>();
    }

    [Fact]
    public async Task A_confirmation_that_comes_too_late_is_refused_and_frees_the_seat_before_the_sweep_does()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var reservation = await catalog.SeatAsync(plan);
        // The sweep follows the clock, which stands still here.
        await catalog.Database.ExecuteAsync(
            $"UPDATE seat_reservations SET expires_at = expires_at - interval '1 hour' WHERE id = '{reservation}'");

        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");

        (await catalog.UsedAsync(plan)).ShouldBe(0);
        (await catalog.StateOfAsync(reservation)).ShouldBe("EXPIRED");
    }

    [Fact]
    public async Task A_wish_that_arrives_after_its_own_deadline_takes_no_seat()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);

        var answer = await catalog.ReserveAsync(plan, until: catalog.Clock.GetUtcNow());

        answer.ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
        (await catalog.UsedAsync(plan)).ShouldBe(0);
    }

    [Fact]
    public async Task Seats_of_many_plans_run_out_together_also_when_plans_are_withdrawn_and_two_replicas_sweep()
    {
        await using var replica = await catalog.StartReplicaAsync();
        var plans = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => catalog.AddPlanAsync(seats: 50)));
        var reservations = await Task.WhenAll(plans.SelectMany(plan => Enumerable.Range(0, 30).Select(_ => catalog.SeatAsync(plan))));
        await catalog.Database.ExecuteAsync($"UPDATE plans SET is_active = false WHERE id = '{plans[0]}'");

        catalog.Clock.Advance(Lifetime);
        await SweptAsync(reservations);

        foreach (var plan in plans)
            (await catalog.UsedAsync(plan)).ShouldBe(0);
    }

    private Task<int> SweptAsync(params Guid[] reservations) => Eventually.SeesAsync(
        async () =>
        {
            catalog.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await Task.WhenAll(reservations.Select(catalog.StateOfAsync))).Count(state => state == "RESERVED");
        },
        left => left == 0);
}
