using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class ExpiringHoldsTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Money_that_nobody_captured_in_time_goes_back_by_itself_once()
    {
        await wallet.TopUpAsync(user, 50_000);
        var hold = await wallet.HoldAsync(user, 20_000, Quarter);

        wallet.Clock.Advance(Quarter);

        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (50_000, 0));
        await wallet.Bus.SayAsync(new ReleaseHold(hold.CorrelationId, hold.HoldId, "too late"));
        await wallet.Bus.HearsAsync<HoldReleased>(m => m.HoldId == hold.HoldId);
        await wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, $"period:{hold.HoldId}:1"));
        (await wallet.Bus.HearsAsync<CaptureRefused>(m => m.HoldId == hold.HoldId)).Code.ShouldBe("HOLD_EXPIRED");
        await wallet.Bus.SayAsync(hold);
        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsHeld>().Count(m => m.HoldId == hold.HoldId) == 2));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_thousand_holds_that_run_out_in_one_moment_are_given_back_without_another_round()
    {
        const int Holds = 1_000;
        await wallet.TopUpAsync(user, Holds * 1_000);
        var wishes = Enumerable.Range(0, Holds).Select(_ => wallet.Wish(user, 1_000, Quarter)).ToList();
        await wallet.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Holds.AddRange(wishes.Select(wish => Hold.Of(wish, wallet.Clock.GetUtcNow())));
            await new Ledger(db, wallet.Clock).PostAsync(
                [.. wishes.Select(wish => Posting.Hold(wish.HoldId, user, wish.Amount))], CancellationToken.None);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return 0;
        });
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, Holds * 1_000));

        wallet.Clock.Advance(Quarter);

        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (Holds * 1_000, 0), TimeSpan.FromMinutes(1));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_hold_that_has_time_left_is_left_alone()
    {
        await wallet.TopUpAsync(user, 50_000);
        var (old, young) = (await wallet.HoldAsync(user, 10_000, Quarter), await wallet.HoldAsync(user, 10_000, Quarter + Quarter));

        wallet.Clock.Advance(Quarter);

        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (40_000, 10_000));
        (await wallet.CaptureAsync(young)).Amount.ShouldBe(Money.Idr(10_000));
        old.HoldId.ShouldNotBe(young.HoldId);
    }

    [Fact]
    public async Task A_race_of_capture_and_expiry_ends_with_the_money_in_one_place()
    {
        await wallet.TopUpAsync(user, 100_000);
        var captured = 0;
        for (var round = 0; round < 20; round++)
        {
            var hold = await wallet.HoldAsync(user, 1_000, Quarter);
            var key = $"period:{hold.HoldId}:1";
            await Task.WhenAll(
                wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, key)),
                Task.Run(() => wallet.Clock.Advance(Quarter)),
                wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, key)));

            await Eventually.IsTrueAsync(() => Task.FromResult(
                wallet.Bus.All<FundsCaptured>().Count(m => m.HoldId == hold.HoldId)
                + wallet.Bus.All<CaptureRefused>().Count(m => m.HoldId == hold.HoldId) == 2));
            var answers = wallet.Bus.All<FundsCaptured>().Count(m => m.HoldId == hold.HoldId);
            answers.ShouldBeOneOf(0, 2);
            captured += answers / 2;
        }

        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (100_000 - (captured * 1_000), 0));
        await wallet.BooksShouldBalanceAsync();
    }
}

public sealed class LateCaptureTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    [Fact]
    public async Task A_capture_that_comes_too_late_is_refused_even_before_the_expiry_job_has_looked()
    {
        var user = Guid.CreateVersion7();
        await wallet.TopUpAsync(user, 50_000);
        var hold = await wallet.HoldAsync(user, 20_000, TimeSpan.FromSeconds(2));

        // Less than the job's step since the service started, so that its timer does not fire.
        wallet.Clock.Advance(TimeSpan.FromSeconds(2));
        await wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, $"period:{hold.HoldId}:1"));

        (await wallet.Bus.HearsAsync<CaptureRefused>(m => m.HoldId == hold.HoldId)).Code.ShouldBe("HOLD_EXPIRED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }
}
