using System.Net;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>Promises that no query over the books can check: they are about what we have answered.</summary>
public sealed class PromisesToPeopleTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task M16_the_statement_of_a_closed_period_stays_the_same_to_the_byte()
    {
        await RevisedAsync(1, "Siti Nurhaliza");
        await wallet.TopUpAsync(user, 100_000);
        var bought = await wallet.HoldAsync(user, 30_000);
        var charge = await wallet.CaptureAsync(bought);
        await wallet.Bus.SayAsync(new RefundCharge(
            Guid.CreateVersion7(), Guid.CreateVersion7(), charge.TransactionId, user, Money.Idr(5_000), "a test wants it"));
        await Eventually.SeesAsync(() => wallet.BalanceOfAsync(user), balance => balance == (75_000, 0));
        var end = wallet.Clock.GetUtcNow();
        wallet.Clock.Advance(TimeSpan.FromHours(1));
        var then = await StatementAsync(end);

        await wallet.TopUpAsync(user, 40_000);
        // The catalog has renamed the service and the plan by now.
        var renewed = wallet.Wish(user, 10_000);
        renewed = renewed with
        {
            Item = bought.Item with { Kind = "RENEWAL", ServiceName = "n8n Cloud", ServiceSlug = "n8n-cloud", PlanName = "n8n Starter" },
        };
        await wallet.Bus.SayAsync(renewed);
        await wallet.Bus.HearsAsync<FundsHeld>(m => m.HoldId == renewed.HoldId);
        await wallet.CaptureAsync(renewed, $"period:{bought.Item.SubscriptionId}:2");
        await RevisedAsync(2, "Siti Rahayu");
        await wallet.RestartAsync();
        wallet.Clock.Advance(TimeSpan.FromDays(1));

        (await StatementAsync(end)).ShouldBe(then);
        JsonNode.Parse(then)!.AsArray().Count.ShouldBe(3);
        then.ShouldContain("n8n Basic");
    }

    [Fact]
    public async Task G3_every_notification_that_was_answered_200_is_stored_as_it_came()
    {
        var (paid, waiting) = (await wallet.OpenTopUpAsync(user, 50_000), await wallet.OpenTopUpAsync(user, 60_000));
        var settled = wallet.Midtrans.Notification(wallet.Midtrans.Is(paid, 50_000, "settlement"));
        var pending = wallet.Midtrans.Notification(wallet.Midtrans.Is(waiting, 60_000, "pending"));
        var unknown = wallet.Midtrans.Notification(wallet.Midtrans.Is(Guid.CreateVersion7(), 10_000, "settlement", "tx-of-nobody"));
        var forged = FakeMidtrans.Sign((JsonObject)settled.DeepClone(), "SB-Mid-server-somebody-elses-key");
        var test = (JsonObject)settled.DeepClone();
        test["order_id"] = $"payment_notif_test_{FakeMidtrans.MerchantId}_{Guid.CreateVersion7()}";
        string[] sent =
        [
            .. Enumerable.Repeat(settled.ToJsonString(), 8), .. Enumerable.Repeat(pending.ToJsonString(), 8), unknown.ToJsonString(),
            forged.ToJsonString(), FakeMidtrans.Sign(test).ToJsonString(), "{}", "not even JSON",
        ];

        var answers = await Task.WhenAll(sent.Select(async body => (Body: body, (await wallet.NotifyAsync(body)).StatusCode)));

        var accepted = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).GroupBy(answer => answer.Body).ToList();
        accepted.Count.ShouldBe(3);
        foreach (var answered in accepted)
            (await StoredAsync(answered.Key)).ShouldBeGreaterThanOrEqualTo(answered.Count(), answered.Key);
        answers.Length.ShouldBe(sent.Length);
    }

    private Task<long> StoredAsync(string body) => wallet.Database.QueryAsync<long>(
        $"SELECT count(*) FROM wallet.gateway_events WHERE source = 'NOTIFICATION' AND body = $body${body}$body$");

    /// <summary>The bytes of the list itself; the envelope around it carries the time of the answer.</summary>
    private async Task<string> StatementAsync(DateTimeOffset end)
    {
        var body = await wallet.As(user).GetStringAsync($"/api/wallet/transactions?limit=100&endDate={end.UtcDateTime:O}");
        var start = body.IndexOf("\"transactions\":", StringComparison.Ordinal) + "\"transactions\":".Length;
        return body[start..body.IndexOf(",\"pagination\":", StringComparison.Ordinal)];
    }

    private async Task RevisedAsync(long version, string name)
    {
        await wallet.Bus.SayAsync(new UserRevised(user, version, name, "siti@example.id", "USER", true, wallet.Clock.GetUtcNow()));
        await Eventually.SeesAsync(() => wallet.WalletOfAsync(user), info => (string?)info["userName"] == name);
    }
}
