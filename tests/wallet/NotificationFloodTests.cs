using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>Strangers, floods and trouble at the webhook. Each of these fills or breaks the store of events for everybody else.</summary>
public sealed class NotificationFloodTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_flood_of_forgeries_is_refused_one_by_one_and_kept_only_up_to_sixty_a_minute()
    {
        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        var before = await RejectedAsync();
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var right = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        var forged = (JsonObject)right.DeepClone();
        forged["signature_key"] = new string('0', 128);
        var asked = wallet.Midtrans.Asked.Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => wallet.NotifyAsync(forged.ToJsonString())));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        (await RejectedAsync() - before).ShouldBe(60);
        wallet.Midtrans.Asked.Count.ShouldBe(asked);
        (await wallet.NotifyAsync(right)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));

        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        await wallet.NotifyAsync(forged);
        (await RejectedAsync() - before).ShouldBe(61);
    }

    [Theory]
    [InlineData(64 * 1024 + 1, true)]
    [InlineData(64 * 1024 + 1, false)]
    [InlineData(5_000_000, true)]
    [InlineData(5_000_000, false)]
    public async Task A_body_that_no_notification_has_is_413(int bytes, bool saysItsLength)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"order_id\":\"" + new string('a', bytes - 15) + "\"}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/wallet/webhook/midtrans") { Content = content };
        if (!saysItsLength)
            request.Headers.TransferEncodingChunked = true;
        await WalletHost.ShouldRefuseAsync(
            await wallet.Anonymous().SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "NOTIFICATION_TOO_LARGE");
    }

    [Fact]
    public async Task What_strangers_sent_is_forgotten_after_a_month_and_what_the_gateway_said_is_not()
    {
        wallet.Clock.Advance(TimeSpan.FromMinutes(1));
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.NotifyAsync("no notification");
        await wallet.Database.ExecuteAsync($"""
            INSERT INTO wallet.gateway_events (id, source, state, body, received_at)
            SELECT gen_random_uuid(), 'NOTIFICATION', CASE i % 2 WHEN 0 THEN 'REJECTED' ELSE 'TEST' END, '{order}', timestamptz '2026-01-01'
            FROM generate_series(1, 2500) i
            """);

        wallet.Clock.Advance(TimeSpan.FromHours(1));

        await Eventually.IsTrueAsync(() => wallet.InScopeAsync(async db =>
            !await db.GatewayEvents.AnyAsync(e => e.Body == order.ToString())));
        (await wallet.EventStatesAsync(order)).ShouldNotBeEmpty();
        (await wallet.InScopeAsync(db => db.GatewayEvents.AnyAsync(e => e.Body == "no notification"))).ShouldBeTrue();
    }

    [Fact]
    public async Task While_the_store_is_away_a_notification_is_503_and_the_next_one_is_taken()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        foreach (var table in new[] { "gateway_events", "accounts" })
        {
            await wallet.Database.ExecuteAsync($"ALTER TABLE wallet.{table} RENAME TO hidden");
            var answer = await wallet.NotifyAsync(notification);
            await wallet.Database.ExecuteAsync($"ALTER TABLE wallet.hidden RENAME TO {table}");
            await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.ServiceUnavailable, "NOT_CONFIRMED");
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await wallet.NotifyAsync(notification)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_right_notification_that_is_played_again_a_month_later_two_hundred_times_is_200_and_one_credit()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification($"tx-{order:N}").ToJsonString();
        wallet.Clock.Advance(TimeSpan.FromDays(31));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => wallet.NotifyAsync(notification)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await wallet.EventStatesAsync(order)).Count.ShouldBe(202, "each delivery is stored, beside the first and the status query");
    }

    private Task<int> RejectedAsync() =>
        wallet.InScopeAsync(db => db.GatewayEvents.CountAsync(e => e.State == GatewayEventState.Rejected));
}
