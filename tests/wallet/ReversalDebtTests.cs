using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>Money that went back after it was spent, or while it is being spent.</summary>
public sealed class ReversalDebtTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task What_was_spent_before_it_went_back_is_owed_nothing_can_be_bought_and_the_next_top_up_pays_it_first()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 40_000));

        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "chargeback"));

        (await AmountsAsync()).ShouldBe((-40_000, 0, 0, 40_000));
        (await wallet.Bus.HearsAsync<PaymentReversed>(m => m.OrderId == order)).Debt.ShouldBe(Money.Idr(40_000));
        foreach (var amount in new[] { 0, 1, 40_000 })
        {
            var wish = wallet.Wish(user, amount);
            await wallet.Bus.SayAsync(wish);
            (await wallet.Bus.HearsAsync<FundsRefused>(m => m.HoldId == wish.HoldId)).Code.ShouldBe("WALLET_IN_DEBT");
        }

        await wallet.TopUpAsync(user, 30_000);
        (await AmountsAsync()).ShouldBe((-10_000, 0, 0, 10_000));
        await wallet.TopUpAsync(user, 25_000);
        (await AmountsAsync()).ShouldBe((15_000, 15_000, 0, 0));
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 15_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_hold_that_was_open_before_is_not_touched_and_may_still_be_captured()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var (kept, released) = (await wallet.HoldAsync(user, 30_000), await wallet.HoldAsync(user, 15_000));

        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "refund"));
        (await AmountsAsync()).ShouldBe((0, 0, 45_000, 45_000));

        await wallet.CaptureAsync(kept);
        await wallet.Bus.SayAsync(new ReleaseHold(released.CorrelationId, released.HoldId, "cancelled"));
        await wallet.Bus.HearsAsync<HoldReleased>(m => m.HoldId == released.HoldId);
        (await AmountsAsync()).ShouldBe((-30_000, 0, 0, 30_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Two_hundred_reversals_that_race_with_a_hold_and_a_capture_leave_books_that_balance()
    {
        var rounds = Enumerable.Range(0, 200).Select(_ => Guid.CreateVersion7()).ToList();
        await Parallel.ForEachAsync(rounds, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (owner, _) =>
        {
            var order = await wallet.TopUpAsync(owner, 50_000);
            var open = await wallet.HoldAsync(owner, 20_000);
            var (racing, taken) = (wallet.Wish(owner, 25_000), wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 35_000));

            await Task.WhenAll(
                wallet.ShouldTakeAsync(taken),
                wallet.Bus.SayAsync(new CaptureHold(open.CorrelationId, open.HoldId, $"period:{open.HoldId}:1")),
                wallet.Bus.SayAsync(racing),
                wallet.ShouldTakeAsync(taken));
            await wallet.Bus.HearsAsync<FundsCaptured>(m => m.HoldId == open.HoldId);
            var held = await Eventually.SeesAsync(
                () => Task.FromResult((
                    Yes: wallet.Bus.All<FundsHeld>().Any(m => m.HoldId == racing.HoldId),
                    No: wallet.Bus.All<FundsRefused>().SingleOrDefault(m => m.HoldId == racing.HoldId)?.Code)),
                answer => answer.Yes || answer.No is not null);

            // Whoever came first: 50 000 in, 20 000 spent, 35 000 taken back; and 25 000 held if the hold was first.
            var seen = await AmountsAsync(owner);
            seen.ShouldBe(held.Yes ? (-5_000, 0, 25_000, 30_000) : (-5_000, 0, 0, 5_000));
            if (!held.Yes)
                held.No.ShouldBe("WALLET_IN_DEBT");
        });

        await wallet.BooksShouldBalanceAsync();
        (await wallet.InScopeAsync(db => db.TopUpReversals.CountAsync(r => db.TopUps
            .Any(t => t.OrderId == r.OrderId && rounds.Contains(t.UserId))))).ShouldBe(200);
    }

    private Task<(long Total, long Available, long Held, long Debt)> AmountsAsync() => AmountsAsync(user);

    private async Task<(long Total, long Available, long Held, long Debt)> AmountsAsync(Guid owner)
    {
        var seen = await wallet.WalletOfAsync(owner);
        return ((long)seen["creditBalance"]!, (long)seen["available"]!, (long)seen["held"]!, (long)seen["debt"]!);
    }
}
