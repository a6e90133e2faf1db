using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class LifeOfATopUpTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Theory]
    [InlineData("pending settlement", "COMPLETED")]
    [InlineData("settlement pending", "COMPLETED")]
    [InlineData("capture settlement", "COMPLETED")]
    [InlineData("settlement settlement", "COMPLETED")]
    [InlineData("settlement expire", "COMPLETED")]
    [InlineData("PENDING", "PENDING")]
    [InlineData("authorize", "PENDING")]
    [InlineData("deny", "PENDING")]
    [InlineData("failure", "PENDING")]
    [InlineData("cancel", "FAILED")]
    [InlineData("expire", "FAILED")]
    [InlineData("expire settlement", "COMPLETED")]
    [InlineData("something-new", "PENDING")]
    public async Task Notifications_in_this_order_end_here_and_each_is_answered_200(string states, string end)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        foreach (var state in states.Split(' '))
        {
            var transaction = wallet.Midtrans.Is(order, 50_000, state);
            await ShouldBeTakenAsync(transaction);
        }

        (await wallet.StatusOfAsync(user, order)).ShouldBe(end);
        (await wallet.BalanceOfAsync(user)).ShouldBe((end == "COMPLETED" ? 50_000 : 0, 0));
    }

    [Fact]
    public async Task A_challenged_card_is_credited_only_once_it_is_accepted()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000, "CREDIT_CARD");
        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "capture", fraud: "challenge"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));

        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "capture"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_settlement_without_a_fraud_status_counts()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "settlement", fraud: null));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_denied_attempt_does_not_close_an_order_that_a_second_attempt_pays()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000, "CREDIT_CARD");
        var denied = wallet.Midtrans.Is(order, 50_000, "deny", "first-attempt");
        await ShouldBeTakenAsync(denied);
        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "settlement", "second-attempt"));
        await ShouldBeTakenAsync(denied);

        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await wallet.EventStatesAsync(order)).ShouldNotContain(GatewayEventState.ReversalUnposted);
    }

    [Fact]
    public async Task An_abandoned_card_page_does_not_close_the_order()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000, "CREDIT_CARD");
        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "expire", but: body => body["payment_type"] = "credit_card"));
        (await wallet.StatusOfAsync(user, order)).ShouldBe("PENDING");
    }

    [Fact]
    public async Task Money_that_comes_after_the_owner_cancelled_is_credited_all_the_same()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        (await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "settlement"));

        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        var line = await wallet.LineAsync(user, order);
        ((string?)line["status"], line["metadata"]!["note"]!.ToString())
            .ShouldBe(("COMPLETED", "Paid after it was closed; credited all the same."));
    }

    [Fact]
    public async Task An_order_that_was_paid_twice_is_credited_once_and_put_before_an_operator()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await ShouldBeTakenAsync(wallet.Midtrans.Is(order, 50_000, "settlement", "another-transaction"));

        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await wallet.EventStatesAsync(order)).ShouldContain(GatewayEventState.ExtraPayment);
    }

    [Fact]
    public async Task A_page_that_nobody_used_is_closed_after_its_time_and_not_asked_about_again()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        await AdvanceAsync(order, TimeSpan.FromMinutes(61), "PENDING");
        await AdvanceAsync(order, TimeSpan.FromMinutes(5), "FAILED");
        (await wallet.InScopeAsync(db => db.TopUps.Where(t => t.OrderId == order).Select(t => t.NextCheckAt).SingleAsync())).ShouldBeNull();
    }

    [Fact]
    public async Task A_payment_that_still_waits_after_its_time_is_ended_at_the_gateway()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "pending");
        await AdvanceAsync(order, TimeSpan.FromMinutes(66), "FAILED");
        wallet.Midtrans.Asked.ShouldContain($"/v2/{order}/expire");
    }

    [Fact]
    public async Task A_top_up_that_cannot_end_is_asked_about_every_hour()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.Is(order, 50_000, "something-new");
        await AdvanceAsync(order, TimeSpan.FromMinutes(121), "PENDING");
        for (var hour = 0; hour < 3; hour++)
            await AdvanceAsync(order, TimeSpan.FromHours(1), "PENDING");

        wallet.Midtrans.Is(order, 50_000, "settlement");
        await AdvanceAsync(order, TimeSpan.FromHours(1), "COMPLETED");
    }

    [Fact]
    public async Task A_settlement_whose_notification_never_came_is_found_within_minutes_or_days()
    {
        var (soon, late) = (await wallet.OpenTopUpAsync(user, 50_000), await wallet.OpenTopUpAsync(user, 60_000));
        wallet.Midtrans.Is(soon, 50_000, "settlement");
        wallet.Midtrans.Is(late, 60_000, "expire");
        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.SeesAsync(() => wallet.StatusOfAsync(user, soon), status => status == "COMPLETED");
        await wallet.Bus.HearsAsync<PaymentSettled>(m => m.OrderId == soon);

        await AdvanceAsync(late, TimeSpan.FromHours(3), "FAILED");
        wallet.Midtrans.Is(late, 60_000, "settlement", "paid-late-after-all");
        await AdvanceAsync(late, TimeSpan.FromDays(1), "COMPLETED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((110_000, 0));
        await wallet.BooksShouldBalanceAsync();
    }

    private async Task ShouldBeTakenAsync(string transaction)
    {
        var answer = await wallet.NotifyAsync(wallet.Midtrans.Notification(transaction));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Moves the clock, waits until the janitor has looked, and expects what it made of it.</summary>
    private async Task AdvanceAsync(Guid order, TimeSpan by, string status)
    {
        wallet.Clock.Advance(by);
        var now = wallet.Clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => wallet.InScopeAsync(db =>
            db.TopUps.AnyAsync(t => t.OrderId == order && t.LastCheckedAt == now || t.OrderId == order && t.NextCheckAt == null)));
        await Eventually.SeesAsync(() => wallet.StatusOfAsync(user, order), seen => seen == status);
    }
}
