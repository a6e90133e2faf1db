using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class RefundingChargesTests(RefundBus bus) : IClassFixture<RefundBus>
{
    private readonly WalletHost wallet = bus.Wallet;
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_part_of_a_charge_comes_back_under_a_line_of_its_own()
    {
        var charge = await ChargeAsync(100_000, 30_000);

        var refund = await RefundAsync(Wish(charge, 10_000));

        (await wallet.BalanceOfAsync(user)).ShouldBe((80_000, 0));
        var line = await wallet.LineAsync(user, refund.TransactionId);
        ((string?)line["type"], (string?)line["status"], (long)line["amount"]!, (long)line["balanceBefore"]!, (long)line["balanceAfter"]!)
            .ShouldBe(("REFUND", "COMPLETED", 10_000, 70_000, 80_000));
        ((string?)line["customId"], (Guid)line["subscriptionId"]!, (string?)line["subscription"]!["service"]!["name"])
            .ShouldBe((refund.CustomId, charge.Subscription, "n8n"));
        ((string?)line["description"])!.ShouldContain(charge.CustomId);
        (await wallet.Database.QueryAsync<Guid>($"SELECT refunds FROM wallet.transactions WHERE id = '{refund.TransactionId}'"))
            .ShouldBe(charge.Id);
        (await wallet.StatusOfAsync(user, charge.Id)).ShouldBe("COMPLETED");
        var info = await wallet.WalletOfAsync(user);
        ((long)info["totalTopUp"]!, (long)info["totalSpent"]!, (long)info["monthlySpending"]!).ShouldBe((100_000, 20_000, 20_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_charge_that_came_back_whole_is_refunded()
    {
        var charge = await ChargeAsync(50_000, 30_000);

        await RefundAsync(Wish(charge, 12_000));
        await RefundAsync(Wish(charge, 18_000));

        (await wallet.StatusOfAsync(user, charge.Id)).ShouldBe("REFUNDED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        ((long)(await wallet.WalletOfAsync(user))["totalSpent"]!).ShouldBe(0);
        (await RefusalAsync(Wish(charge, 1))).ShouldBe(("EXCEEDS_REFUNDABLE", Money.Zero));
    }

    [Fact]
    public async Task Fifty_partial_refunds_at_once_never_exceed_the_charge()
    {
        var charge = await ChargeAsync(100_000, 30_000);
        var wishes = Enumerable.Range(0, 50).Select(_ => Wish(charge, 1_000)).ToList();

        await Task.WhenAll(wishes.Select(wish => bus.Says.SayAsync(wish)));

        await Eventually.SeesAsync(() => Task.FromResult(
            (Given: bus.Says.All<FundsRefunded>().Count(m => wishes.Any(wish => wish.RefundId == m.RefundId)),
            Refused: bus.Says.All<RefundRefused>().Count(m => wishes.Any(wish => wish.RefundId == m.RefundId)))),
            seen => seen == (30, 20));
        (await wallet.BalanceOfAsync(user)).ShouldBe((100_000, 0));
        (await wallet.StatusOfAsync(user, charge.Id)).ShouldBe("REFUNDED");
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task The_same_refund_many_times_is_paid_once_and_answered_alike()
    {
        var charge = await ChargeAsync(50_000, 30_000);
        var wish = Wish(charge, 10_000);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bus.Says.SayAsync(wish)));

        var answers = await Eventually.SeesAsync(
            () => Task.FromResult(bus.Says.All<FundsRefunded>().Where(m => m.RefundId == wish.RefundId).ToList()), all => all.Count == 20);
        answers.Distinct().ShouldHaveSingleItem().Amount.ShouldBe(Money.Idr(10_000));
        (await wallet.BalanceOfAsync(user)).ShouldBe((30_000, 0));
    }

    [Fact]
    public async Task A_refusal_is_remembered_even_when_the_refund_would_be_possible_later()
    {
        var charge = Guid.CreateVersion7();
        var early = new RefundCharge(Guid.CreateVersion7(), Guid.CreateVersion7(), charge, user, Money.Idr(1_000), "too early");
        (await RefusalAsync(early)).ShouldBe(("CHARGE_UNKNOWN", Money.Zero));
        var real = await ChargeAsync(50_000, 30_000);

        await bus.Says.SayAsync(early with { ChargeId = real.Id });

        await Eventually.SeesAsync(
            () => Task.FromResult(bus.Says.All<RefundRefused>().Count(m => m.RefundId == early.RefundId)), count => count == 2);
        (await wallet.BalanceOfAsync(user)).ShouldBe((20_000, 0));
        bus.Says.All<RefundRefused>().Where(m => m.RefundId == early.RefundId).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30_001)]
    [InlineData(999_999_999_999)]
    public async Task Nothing_and_more_than_the_charge_are_refused_with_what_is_left(long amount)
    {
        var charge = await ChargeAsync(50_000, 30_000);
        (await RefusalAsync(Wish(charge, amount))).ShouldBe(("EXCEEDS_REFUNDABLE", Money.Idr(30_000)));
        (await wallet.BalanceOfAsync(user)).ShouldBe((20_000, 0));
    }

    [Fact]
    public async Task What_is_not_a_charge_of_this_user_is_unknown()
    {
        var charge = await ChargeAsync(50_000, 30_000);
        var topUp = (Guid)(await LinesAsync()).Single(line => (string?)line!["type"] == "TOP_UP")!["id"]!;
        var refund = await RefundAsync(Wish(charge, 1_000));

        (await RefusalAsync(Wish(charge, 1_000) with { UserId = Guid.CreateVersion7() })).ShouldBe(("CHARGE_UNKNOWN", Money.Zero));
        (await RefusalAsync(Wish(charge, 1_000) with { ChargeId = topUp })).ShouldBe(("CHARGE_UNKNOWN", Money.Zero));
        (await RefusalAsync(Wish(charge, 1_000) with { ChargeId = refund.TransactionId })).ShouldBe(("CHARGE_UNKNOWN", Money.Zero));
        (await wallet.BalanceOfAsync(user)).ShouldBe((21_000, 0));
    }

    [Fact]
    public async Task A_refund_pays_what_its_owner_owes_first()
    {
        var charge = await ChargeAsync(50_000, 30_000);
        var order = (Guid)(await LinesAsync()).Single(line => (string?)line!["type"] == "TOP_UP")!["id"]!;
        await wallet.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var topUp = await db.TopUps.FindAsync(order);
            await new Ledger(db, wallet.Clock).PostAsync(Posting.Reversal(topUp!, "test", Money.Idr(50_000)), CancellationToken.None);
            await transaction.CommitAsync();
            return 0;
        });

        var refund = await RefundAsync(Wish(charge, 20_000));

        var info = await wallet.WalletOfAsync(user);
        ((long)info["available"]!, (long)info["debt"]!).ShouldBe((0, 10_000));
        var line = await wallet.LineAsync(user, refund.TransactionId);
        ((long)line["balanceBefore"]!, (long)line["balanceAfter"]!).ShouldBe((-30_000, -10_000));
        await wallet.BooksShouldBalanceAsync();
    }

    private async Task<Charge> ChargeAsync(long topUp, long amount)
    {
        await wallet.TopUpAsync(user, topUp);
        var hold = await wallet.HoldAsync(user, amount);
        var captured = await wallet.CaptureAsync(hold);
        return new(captured.TransactionId, captured.CustomId, hold.Item.SubscriptionId);
    }

    private RefundCharge Wish(Charge charge, long amount) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), charge.Id, user, Money.Idr(amount), "a test wants it");

    private async Task<FundsRefunded> RefundAsync(RefundCharge wish)
    {
        await bus.Says.SayAsync(wish);
        return await bus.Says.HearsAsync<FundsRefunded>(m => m.RefundId == wish.RefundId);
    }

    private async Task<(string Code, Money Refundable)> RefusalAsync(RefundCharge wish)
    {
        await bus.Says.SayAsync(wish);
        var refused = await bus.Says.HearsAsync<RefundRefused>(m => m.RefundId == wish.RefundId);
        refused.CorrelationId.ShouldBe(wish.CorrelationId);
        return (refused.Code, refused.Refundable);
    }

    private async Task<JsonArray> LinesAsync() =>
        (await WalletHost.DataAsync(await wallet.As(user).GetAsync("/api/wallet/transactions?limit=100")))["transactions"]!.AsArray();

    private sealed record Charge(Guid Id, string CustomId, Guid Subscription);
}

/// <summary>The wallet with somebody who asks for refunds and hears what became of them.</summary>
public sealed class RefundBus : IAsyncLifetime
{
    private TestBus? says;

    public WalletHost Wallet { get; } = new();

    public TestBus Says => says!;

    public async ValueTask InitializeAsync()
    {
        await Wallet.InitializeAsync();
        says = await TestBus.StartAsync(Wallet.Broker, (heard, endpoint) =>
        {
            heard.Hear<FundsRefunded>(endpoint);
            heard.Hear<RefundRefused>(endpoint);
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (says is not null)
            await says.DisposeAsync();
        await Wallet.DisposeAsync();
    }
}
