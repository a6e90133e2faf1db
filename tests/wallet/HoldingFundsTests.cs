using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class HoldingFundsTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Of_a_hundred_holds_at_once_with_money_for_seven_exactly_seven_succeed()
    {
        await wallet.TopUpAsync(user, 75_000);
        var wishes = Enumerable.Range(0, 100).Select(_ => wallet.Wish(user, 10_000)).ToList();

        await Task.WhenAll(wishes.Select(wish => wallet.Bus.SayAsync(wish)));

        var ids = wishes.Select(wish => wish.HoldId).ToHashSet();
        await Eventually.SeesAsync(
            () => Task.FromResult(wallet.Bus.All<FundsHeld>().Count(m => ids.Contains(m.HoldId))
                + wallet.Bus.All<FundsRefused>().Count(m => ids.Contains(m.HoldId))), answers => answers == 100);
        wallet.Bus.All<FundsHeld>().Count(m => ids.Contains(m.HoldId)).ShouldBe(7);
        wallet.Bus.All<FundsRefused>().Where(m => ids.Contains(m.HoldId)).ShouldAllBe(m =>
            m.Code == "INSUFFICIENT_CREDIT" && m.Available < m.Required && m.Required == Money.Idr(10_000));
        (await wallet.BalanceOfAsync(user)).ShouldBe((5_000, 70_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_hold_that_is_asked_for_again_is_answered_alike_and_taken_once()
    {
        await wallet.TopUpAsync(user, 50_000);
        var wish = await wallet.HoldAsync(user, 20_000);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => wallet.Bus.SayAsync(wish)));

        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsHeld>().Count(m => m.HoldId == wish.HoldId) == 11));
        (await wallet.BalanceOfAsync(user)).ShouldBe((30_000, 20_000));
        wallet.Bus.All<FundsHeld>().Where(m => m.HoldId == wish.HoldId)
            .ShouldAllBe(m => m.CorrelationId == wish.CorrelationId && m.Amount == wish.Amount);
    }

    [Fact]
    public async Task A_refusal_stays_a_refusal_when_money_has_come_meanwhile()
    {
        var wish = wallet.Wish(user, 20_000);
        await wallet.Bus.SayAsync(wish);
        var first = await wallet.Bus.HearsAsync<FundsRefused>(m => m.HoldId == wish.HoldId);
        first.ShouldBe(new(wish.CorrelationId, wish.HoldId, "INSUFFICIENT_CREDIT", Money.Zero, Money.Idr(20_000)));

        await wallet.TopUpAsync(user, 50_000);
        await wallet.Bus.SayAsync(wish);

        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsRefused>().Count(m => m == first) == 2));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_hold_that_was_released_before_it_came_is_refused_then_and_ever_after()
    {
        await wallet.TopUpAsync(user, 50_000);
        var wish = wallet.Wish(user, 20_000);
        await wallet.Bus.SayAsync(new ReleaseHold(wish.CorrelationId, wish.HoldId, "cancelled"));
        await wallet.Bus.HearsAsync<HoldReleased>(m => m.HoldId == wish.HoldId);

        await wallet.Bus.SayAsync(wish);
        var refused = await wallet.Bus.HearsAsync<FundsRefused>(m => m.HoldId == wish.HoldId);
        refused.Code.ShouldBe("HOLD_ENDED");

        await wallet.Bus.SayAsync(wish);
        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsRefused>().Count(m => m == refused) == 2));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_release_gives_the_money_back_once_however_often_it_comes()
    {
        await wallet.TopUpAsync(user, 50_000);
        var hold = await wallet.HoldAsync(user, 20_000);

        await Task.WhenAll(Enumerable.Range(0, 5)
            .Select(_ => wallet.Bus.SayAsync(new ReleaseHold(hold.CorrelationId, hold.HoldId, "cancelled"))));

        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<HoldReleased>().Count(m => m.HoldId == hold.HoldId) == 5));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_capture_takes_the_money_once_and_writes_a_line_with_the_names_as_they_were_agreed()
    {
        await wallet.TopUpAsync(user, 50_000);
        var hold = await wallet.HoldAsync(user, 20_000);
        var captured = await wallet.CaptureAsync(hold);

        await wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, $"period:{hold.Item.SubscriptionId}:1"));

        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsCaptured>().Count(m => m == captured) == 2));
        (await wallet.BalanceOfAsync(user)).ShouldBe((30_000, 0));
        var line = await wallet.LineAsync(user, captured.TransactionId);
        ((string?)line["customId"], (string?)line["type"], (string?)line["status"], (long)line["amount"]!)
            .ShouldBe((captured.CustomId, "SUBSCRIPTION", "COMPLETED", 20_000));
        ((long)line["balanceBefore"]!, (long)line["balanceAfter"]!).ShouldBe((50_000, 30_000));
        ((Guid)line["subscription"]!["id"]!).ShouldBe(hold.Item.SubscriptionId);
        ((string?)line["subscription"]!["plan"]!["planType"]).ShouldBe("BASIC");
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Lines_that_are_written_side_by_side_still_form_one_chain_of_balances()
    {
        await wallet.TopUpAsync(user, 100_000);
        var holds = new List<HoldFunds>();
        for (var i = 1; i <= 12; i++)
            holds.Add(await wallet.HoldAsync(user, i * 1_000));

        var topUp = wallet.TopUpAsync(user, 40_000);
        var lines = await Task
            .WhenAll(holds.Select(async hold => await wallet.LineAsync(user, (await wallet.CaptureAsync(hold)).TransactionId)));
        lines = [.. lines, await wallet.LineAsync(user, await topUp)];

        var afters = lines.Select(line => (long)line["balanceAfter"]!).Append(100_000).Order();
        var befores = lines.Select(line => (long)line["balanceBefore"]!).Append(100_000 + 40_000 - 78_000).Order();
        afters.ShouldBe(befores, "each line begins where another one ended");
    }

    [Fact]
    public async Task What_one_hold_has_paid_for_is_not_paid_for_by_another_under_the_same_key()
    {
        await wallet.TopUpAsync(user, 50_000);
        var (first, second) = (await wallet.HoldAsync(user, 20_000), await wallet.HoldAsync(user, 20_000));
        var key = $"period:{first.Item.SubscriptionId}:1";
        var captured = await wallet.CaptureAsync(first, key);

        await wallet.Bus.SayAsync(new CaptureHold(second.CorrelationId, second.HoldId, key));

        var answer = await wallet.Bus.HearsAsync<FundsCaptured>(m => m.CorrelationId == second.CorrelationId);
        answer.ShouldBe(captured with { CorrelationId = second.CorrelationId });
        (await wallet.BalanceOfAsync(user)).ShouldBe((10_000, 20_000));
    }

    [Fact]
    public async Task Captures_of_two_holds_under_one_key_at_the_same_moment_take_the_money_once()
    {
        await wallet.TopUpAsync(user, 100_000);
        for (var round = 0; round < 10; round++)
        {
            var holds = new[] { await wallet.HoldAsync(user, 1_000), await wallet.HoldAsync(user, 1_000) };
            var key = $"period:{holds[0].Item.SubscriptionId}:1";
            await Task.WhenAll(holds.Select(hold => wallet.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, key))));
            foreach (var hold in holds)
                await wallet.Bus.HearsAsync<FundsCaptured>(m => m.CorrelationId == hold.CorrelationId);
        }

        (await wallet.BalanceOfAsync(user)).ShouldBe((80_000, 10_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task An_unknown_hold_is_not_captured_and_does_not_come_to_life_later()
    {
        await wallet.TopUpAsync(user, 50_000);
        var wish = wallet.Wish(user, 20_000);
        await wallet.Bus.SayAsync(new CaptureHold(wish.CorrelationId, wish.HoldId, $"period:{wish.HoldId}:1"));
        (await wallet.Bus.HearsAsync<CaptureRefused>(m => m.HoldId == wish.HoldId)).Code.ShouldBe("HOLD_UNKNOWN");

        await wallet.Bus.SayAsync(wish);
        (await wallet.Bus.HearsAsync<FundsRefused>(m => m.HoldId == wish.HoldId)).Code.ShouldBe("HOLD_ENDED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_released_hold_is_not_captured_and_a_captured_one_is_not_released()
    {
        await wallet.TopUpAsync(user, 50_000);
        var released = await wallet.HoldAsync(user, 10_000);
        await wallet.Bus.SayAsync(new ReleaseHold(released.CorrelationId, released.HoldId, "cancelled"));
        await wallet.Bus.HearsAsync<HoldReleased>(m => m.HoldId == released.HoldId);
        await wallet.Bus.SayAsync(new CaptureHold(released.CorrelationId, released.HoldId, $"period:{released.HoldId}:1"));
        (await wallet.Bus.HearsAsync<CaptureRefused>(m => m.HoldId == released.HoldId)).Code.ShouldBe("HOLD_ENDED");

        var hold = await wallet.HoldAsync(user, 10_000);
        var captured = await wallet.CaptureAsync(hold);
        await wallet.Bus.SayAsync(new ReleaseHold(hold.CorrelationId, hold.HoldId, "cancelled"));
        await Eventually.IsTrueAsync(() => Task.FromResult(wallet.Bus.All<FundsCaptured>().Count(m => m == captured) == 2));
        wallet.Bus.All<HoldReleased>().ShouldNotContain(m => m.HoldId == hold.HoldId);
        (await wallet.BalanceOfAsync(user)).ShouldBe((40_000, 0));
    }

    [Fact]
    public async Task A_free_plan_holds_and_captures_nothing_and_still_writes_its_line()
    {
        var hold = await wallet.HoldAsync(user, 0);
        var captured = await wallet.CaptureAsync(hold);

        captured.Amount.ShouldBe(Money.Zero);
        var line = await wallet.LineAsync(user, captured.TransactionId);
        ((long)line["amount"]!, (string?)line["type"], (string?)line["status"]).ShouldBe((0, "SUBSCRIPTION", "COMPLETED"));
        (await wallet.InScopeAsync(db => db.LedgerTransactions.CountAsync(t => t.Owner == user))).ShouldBe(0);
    }

    [Fact]
    public async Task A_hold_whose_time_was_over_before_it_came_is_refused()
    {
        await wallet.TopUpAsync(user, 50_000);
        var wish = wallet.Wish(user, 10_000, TimeSpan.FromSeconds(-1));
        await wallet.Bus.SayAsync(wish);
        (await wallet.Bus.HearsAsync<FundsRefused>(m => m.HoldId == wish.HoldId)).Code.ShouldBe("HOLD_ENDED");
    }

    [Fact]
    public async Task The_balance_is_told_to_whoever_asks_on_the_bus()
    {
        await wallet.TopUpAsync(user, 50_000);
        await wallet.HoldAsync(user, 20_000);
        (await wallet.Bus.AskAsync<GetWalletBalance, WalletBalance>(new(user))).ShouldBe(new(user, Money.Idr(30_000), Money.Idr(20_000)));
        var stranger = Guid.CreateVersion7();
        (await wallet.Bus.AskAsync<GetWalletBalance, WalletBalance>(new(stranger))).ShouldBe(new(stranger, Money.Zero, Money.Zero));
    }

    [Fact]
    public async Task A_message_that_the_broker_delivers_twice_has_one_effect_and_one_answer()
    {
        await wallet.TopUpAsync(user, 50_000);
        var (wish, messageId) = (wallet.Wish(user, 10_000), Guid.CreateVersion7());
        await wallet.Bus.SayAsync(wish, messageId);
        await wallet.Bus.HearsAsync<FundsHeld>(m => m.HoldId == wish.HoldId);

        await wallet.Bus.SayAsync(wish, messageId);
        await wallet.HoldAsync(user, 1_000);

        wallet.Bus.All<FundsHeld>().Count(m => m.HoldId == wish.HoldId).ShouldBe(1);
        (await wallet.BalanceOfAsync(user)).ShouldBe((39_000, 11_000));
    }
}
