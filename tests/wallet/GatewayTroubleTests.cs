using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>Each of these breaks the gateway for everybody, so none shares its host's gateway with another class.</summary>
public sealed class GatewayTroubleTests(WalletHost wallet) : IClassFixture<WalletHost>, IDisposable
{
    private readonly Guid user = Guid.CreateVersion7();

    public void Dispose() =>
        (wallet.Midtrans.SnapStatus, wallet.Midtrans.SnapHangs, wallet.Midtrans.CoreIsDown, wallet.Midtrans.CoreHangs,
            wallet.Midtrans.PageCancellation) = (null, false, false, false, null);

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_page_that_the_gateway_does_not_open_fails_the_row_and_may_be_tried_again(int status)
    {
        wallet.Midtrans.SnapStatus = status;
        await WalletHost.ShouldRefuseAsync(await wallet.AskTopUpAsync(user, 50_000), HttpStatusCode.BadGateway, "GATEWAY_UNAVAILABLE");
        (await wallet.InScopeAsync(db => db.Transactions.Where(t => t.UserId == user).Select(t => t.Status).SingleAsync()))
            .ShouldBe(TransactionStatus.Failed);

        wallet.Midtrans.SnapStatus = null;
        (await wallet.AskTopUpAsync(user, 50_000)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_page_of_which_nobody_knows_whether_it_opened_stays_pending_until_the_gateway_is_asked()
    {
        wallet.Midtrans.SnapHangs = true;
        await WalletHost.ShouldRefuseAsync(await wallet.AskTopUpAsync(user, 50_000), HttpStatusCode.GatewayTimeout, "GATEWAY_TIMEOUT");
        var order = await wallet.InScopeAsync(db => db.TopUps.Where(t => t.UserId == user).Select(t => t.OrderId).SingleAsync());
        var line = await wallet.LineAsync(user, order);
        ((string?)line["status"], line["metadata"]!["note"] is not null).ShouldBe(("PENDING", true));

        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.SeesAsync(() => wallet.StatusOfAsync(user, order), status => status == "FAILED");
    }

    [Fact]
    public async Task The_same_key_tries_again_when_the_first_try_opened_nothing()
    {
        var key = Guid.CreateVersion7().ToString();
        wallet.Midtrans.SnapStatus = 500;
        await WalletHost
            .ShouldRefuseAsync(await wallet.AskTopUpAsync(user, 50_000, key: key), HttpStatusCode.BadGateway, "GATEWAY_UNAVAILABLE");

        wallet.Midtrans.SnapStatus = null;
        var first = await WalletHost.DataAsync(await wallet.AskTopUpAsync(user, 50_000, key: key), HttpStatusCode.Created);
        var again = await WalletHost.DataAsync(await wallet.AskTopUpAsync(user, 50_000, key: key), HttpStatusCode.Created);
        ((string?)again["transaction"]!["transactionId"]).ShouldBe((string?)first["transaction"]!["transactionId"]);
    }

    [Fact]
    public async Task A_notification_that_cannot_be_confirmed_is_503_and_the_janitor_heals_it_later()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        wallet.Midtrans.CoreIsDown = true;

        var answer = await wallet.NotifyAsync(notification);
        await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.ServiceUnavailable, "NOT_CONFIRMED");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.IsTrueAsync(() => wallet.InScopeAsync(db => db.TopUps.AnyAsync(
            t => t.OrderId == order && t.NextCheckAt > t.OpenedAt + TimeSpan.FromMinutes(3) && t.LastCheckedAt == null)));

        wallet.Midtrans.CoreIsDown = false;
        wallet.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (50_000, 0));
        (await wallet.StatusOfAsync(user, order)).ShouldBe("COMPLETED");
    }

    [Fact]
    public async Task A_status_query_that_gets_no_answer_is_503_while_the_gateway_still_listens()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        wallet.Midtrans.CoreHangs = true;

        // The gateway gives up after 15 s; a later answer would reach nobody.
        var answer = await wallet.NotifyAsync(notification).WaitAsync(TimeSpan.FromSeconds(15));
        await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.ServiceUnavailable, "NOT_CONFIRMED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));

        wallet.Midtrans.CoreHangs = false;
        (await wallet.NotifyAsync(notification)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_cancellation_that_the_gateway_does_not_hear_changes_nothing()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.CoreIsDown = true;
        await WalletHost.ShouldRefuseAsync(await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null),
            HttpStatusCode.BadGateway, "GATEWAY_UNAVAILABLE");
        (await wallet.StatusOfAsync(user, order)).ShouldBe("PENDING");
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(400, "Transaction is on progress")]
    [InlineData(400, "token already canceled")]
    [InlineData(404, "token not found")]
    [InlineData(500, "Sorry, we encountered internal server error. We will fix this soon.")]
    public async Task Cancelling_closes_the_page_too_and_does_not_fail_when_the_page_does_not_close(int status, string message)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var token = (string)(await wallet.LineAsync(user, order))["metadata"]!["midtrans_token"]!;
        wallet.Midtrans.PageCancellation = status == 200 ? null : (status, message);

        (await wallet.As(user).PostAsync($"/api/wallet/transactions/{order}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await wallet.StatusOfAsync(user, order)).ShouldBe("CANCELLED");
        wallet.Midtrans.CancelledPages.ShouldContain(token);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "settlement"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task The_owner_s_question_is_answered_though_the_gateway_is_silent()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        wallet.Midtrans.CoreIsDown = true;
        var seen = (await WalletHost.DataAsync(await wallet.As(user).GetAsync($"/api/wallet/transactions/{order}/status")))["transaction"]!;
        ((string?)seen["status"], seen["midtransStatus"]).ShouldBe(("PENDING", null));
    }
}
