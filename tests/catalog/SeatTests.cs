using Npgsql;
using Platform.Contracts;

namespace Platform.Catalog.Tests;

public sealed class SeatTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    [Fact]
    public async Task Fifty_users_who_want_ten_seats_at_once_get_exactly_ten()
    {
        var plan = await catalog.AddPlanAsync(seats: 10);
        await using var replica = await catalog.StartReplicaAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => catalog.ReserveAsync(plan)));

        answers.OfType<SeatReserved>().Count().ShouldBe(10);
        answers.OfType<SeatRefused>().Count(refused => refused.Code == "QUOTA_EXCEEDED").ShouldBe(40);
        (await catalog.UsedAsync(plan)).ShouldBe(10);
    }

    [Fact]
    public async Task A_message_that_is_delivered_again_takes_one_seat_and_is_answered_once()
    {
        var plan = await catalog.AddPlanAsync(seats: 5, maxPerUser: 5);
        var (saga, message) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var wish = new ReserveSeat(saga, Guid.CreateVersion7(), plan, Guid.CreateVersion7(), catalog.Clock.GetUtcNow().AddMinutes(15));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => catalog.Bus.SayAsync(wish, message)));
        await catalog.Bus.HearsAsync<SeatReserved>(reserved => reserved.CorrelationId == saga);
        await catalog.SeatAsync(plan);
        await catalog.AllSaidAsync();

        catalog.AnswersTo(saga).Count.ShouldBe(1);
        (await catalog.UsedAsync(plan)).ShouldBe(2);
    }

    [Fact]
    public async Task The_same_reservation_asked_for_many_times_at_once_takes_one_seat_and_every_asker_is_answered()
    {
        var plan = await catalog.AddPlanAsync(seats: 5, maxPerUser: 5);
        var (user, reservation) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => catalog.ReserveAsync(plan, user, reservation)));

        answers.ShouldAllBe(answer => answer is SeatReserved);
        (await catalog.UsedAsync(plan)).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_remembered_although_a_seat_is_free_by_now()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var holder = await catalog.SeatAsync(plan);
        var (user, reservation) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        (await catalog.ReserveAsync(plan, user, reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("QUOTA_EXCEEDED");

        (await catalog.ReleaseAsync(plan, holder)).ShouldBeOfType<SeatReleased>();

        (await catalog.ReserveAsync(plan, user, reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("QUOTA_EXCEEDED");
        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatRefused>();
        (await catalog.UsedAsync(plan)).ShouldBe(0);
        (await catalog.ReserveAsync(plan, user)).ShouldBeOfType<SeatReserved>();
    }

    [Fact]
    public async Task A_confirmed_seat_stays_and_each_repetition_is_answered_alike()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var user = Guid.CreateVersion7();
        var reservation = await catalog.SeatAsync(plan, user);

        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatConfirmed>();
        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatConfirmed>();
        (await catalog.ReserveAsync(plan, user, reservation)).ShouldBeOfType<SeatReserved>();

        catalog.Clock.Advance(TimeSpan.FromHours(1));
        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatConfirmed>();
        (await catalog.UsedAsync(plan)).ShouldBe(1);
        (await catalog.StateOfAsync(reservation)).ShouldBe("CONFIRMED");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_seat_comes_back_once_however_often_it_is_released(bool confirmed)
    {
        var plan = await catalog.AddPlanAsync(seats: 2);
        var reservation = await catalog.SeatAsync(plan);
        await catalog.SeatAsync(plan);
        if (confirmed)
            (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatConfirmed>();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => catalog.ReleaseAsync(plan, reservation)));

        answers.ShouldAllBe(answer => answer is SeatReleased);
        (await catalog.UsedAsync(plan)).ShouldBe(1);
        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
    }

    [Fact]
    public async Task A_release_that_overtakes_its_reservation_makes_the_late_reservation_be_refused()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var reservation = Guid.CreateVersion7();

        (await catalog.ReleaseAsync(plan, reservation)).ShouldBeOfType<SeatReleased>();

        (await catalog.ReserveAsync(plan, reservation: reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
        (await catalog.UsedAsync(plan)).ShouldBe(0);
    }

    [Fact]
    public async Task A_confirmation_of_an_unknown_reservation_is_refused_for_good()
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        var reservation = Guid.CreateVersion7();

        (await catalog.ConfirmAsync(plan, reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");

        (await catalog.ReserveAsync(plan, reservation: reservation)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("RESERVATION_ENDED");
        (await catalog.UsedAsync(plan)).ShouldBe(0);
    }

    [Fact]
    public async Task Reservation_and_release_in_any_order_at_once_leave_no_seat_behind()
    {
        var plan = await catalog.AddPlanAsync(seats: 30);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var reservation = Guid.CreateVersion7();
            await Task.WhenAll(catalog.ReserveAsync(plan, reservation: reservation), catalog.ReleaseAsync(plan, reservation));
            (await catalog.StateOfAsync(reservation)).ShouldBe("RELEASED");
        }));

        (await catalog.UsedAsync(plan)).ShouldBe(0);
    }

    [Fact]
    public async Task One_user_gets_no_more_seats_of_a_plan_than_it_allows_also_when_asking_at_once()
    {
        var plan = await catalog.AddPlanAsync(seats: 10, maxPerUser: 2);
        var user = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => catalog.ReserveAsync(plan, user)));

        var reserved = answers.OfType<SeatReserved>().ToList();
        reserved.Count.ShouldBe(2);
        answers.OfType<SeatRefused>().ShouldAllBe(refused => refused.Code == "USER_QUOTA");
        (await catalog.UsedAsync(plan)).ShouldBe(2);
        (await catalog.ReserveAsync(plan)).ShouldBeOfType<SeatReserved>();

        await catalog.ReleaseAsync(plan, reserved[0].ReservationId);
        (await catalog.ReserveAsync(plan, user)).ShouldBeOfType<SeatReserved>();
    }

    [Theory]
    [InlineData("UPDATE plans SET is_active = false WHERE id = '{0}'")]
    [InlineData("UPDATE services SET is_active = false WHERE id = (SELECT service_id FROM plans WHERE id = '{0}')")]
    [InlineData("UPDATE services SET is_public = false WHERE id = (SELECT service_id FROM plans WHERE id = '{0}')")]
    public async Task A_plan_that_is_no_longer_sold_refuses_new_seats_and_keeps_and_releases_the_old_ones(string withdraw)
    {
        var plan = await catalog.AddPlanAsync(seats: 5);
        var (kept, given) = (await catalog.SeatAsync(plan), await catalog.SeatAsync(plan));

        await catalog.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, withdraw, plan));

        (await catalog.ReserveAsync(plan)).ShouldBeOfType<SeatRefused>().Code.ShouldBe("PLAN_NOT_AVAILABLE");
        (await catalog.ConfirmAsync(plan, kept)).ShouldBeOfType<SeatConfirmed>();
        (await catalog.ReleaseAsync(plan, given)).ShouldBeOfType<SeatReleased>();
        (await catalog.UsedAsync(plan)).ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_plan_is_not_available()
    {
        (await catalog.ReserveAsync(Guid.CreateVersion7())).ShouldBeOfType<SeatRefused>().Code.ShouldBe("PLAN_NOT_AVAILABLE");
    }

    [Theory]
    [InlineData("used_quota = total_quota + 1")]
    [InlineData("used_quota = -1")]
    [InlineData("total_quota = 0")]
    public async Task The_store_itself_refuses_a_count_outside_the_quota(string change)
    {
        var plan = await catalog.AddPlanAsync(seats: 1);
        await catalog.SeatAsync(plan);

        var refused = await Should.ThrowAsync<PostgresException>(
            () => catalog.Database.ExecuteAsync($"UPDATE plans SET {change} WHERE id = '{plan}'"));

        refused.ConstraintName.ShouldBe("plans_seats_in_quota");
    }
}
