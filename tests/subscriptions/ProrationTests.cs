using Platform.Contracts;
using Platform.Subscriptions.Pricing;

namespace Platform.Subscriptions.Tests;

public sealed class ProrationTests
{
    [Theory]
    [InlineData(50_000, 150_000, 15, 30, 50_000)]
    [InlineData(50_000, 150_000, 16, 31, 51_613)]
    [InlineData(50_000, 150_000, 1, 28, 3_571)]
    [InlineData(25_000, 100_000, 27, 31, 65_323)]
    [InlineData(0, 100_000, 27, 28, 96_429)]
    [InlineData(150_000, 50_000, 15, 30, 0)]
    [InlineData(50_000, 150_000, 0, 30, 0)]
    public void An_upgrade_costs_the_difference_for_the_days_left_rounded_half_up_once(
        long oldPrice, long newPrice, int left, int days, long charge) =>
        Proration.UpgradeCharge(Money.Idr(oldPrice), Money.Idr(newPrice), left, days).ShouldBe(Money.Idr(charge));

    [Fact]
    public void Periods_are_counted_from_the_original_anchor_and_clamped_to_the_end_of_the_month()
    {
        var anchor = new DateTimeOffset(2025, 1, 31, 9, 0, 0, TimeSpan.Zero);
        var starts = Enumerable.Range(0, 25).Select(k => BillingPeriod.Of(anchor, k)).ToList();

        starts.Take(4).Select(p => p.Start.Day).ShouldBe([31, 28, 31, 30]);
        starts[13].Start.ShouldBe(new(2026, 2, 28, 9, 0, 0, TimeSpan.Zero));
        starts.Zip(starts.Skip(1)).ShouldAllBe(pair => pair.First.End == pair.Second.Start);
        starts.ShouldAllBe(p => p.Days >= 28 && p.Days <= 31);
    }

    [Fact]
    public void A_leap_day_belongs_to_February() =>
        BillingPeriod.Of(new(2024, 1, 31, 0, 0, 0, TimeSpan.Zero), 0).End.ShouldBe(new(2024, 2, 29, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_day_that_has_begun_counts_as_left_and_the_amount_is_constant_within_it()
    {
        var period = BillingPeriod.Of(new(2025, 1, 31, 9, 0, 0, TimeSpan.Zero), 0);

        period.Days.ShouldBe(28);
        period.DaysLeft(period.Start).ShouldBe(28);
        period.DaysLeft(period.Start.AddDays(1)).ShouldBe(27);
        period.DaysLeft(period.Start.AddDays(1).AddSeconds(1)).ShouldBe(27);
        period.DaysLeft(period.End).ShouldBe(0);
        period.EndOfSlice(period.Start.AddHours(5)).ShouldBe(period.Start.AddDays(1));
    }
}
