using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class AdminReadingTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid administrator = Guid.CreateVersion7();

    [Fact]
    public async Task Wallets_are_found_sorted_and_paged_and_the_summary_is_of_all()
    {
        var tag = Guid.CreateVersion7().ToString("N");
        var users = new List<Guid>();
        foreach (var (amount, day) in new[] { (30_000, 3), (10_000, 1), (20_000, 2) })
        {
            users.Add(await wallet.KnownUserAsync($"A%_b {tag}", new(2026, 1, day, 0, 0, 0, TimeSpan.Zero)));
            await wallet.TopUpAsync(users[^1], amount);
        }

        await wallet.AddedAsync(users[1], 50_000, administrator);
        await wallet.CaptureAsync(await wallet.HoldAsync(users[2], 15_000));
        await wallet.HoldAsync(users[0], 5_000);
        var (a, b, c) = (users[0], users[1], users[2]);

        (await FoundAsync("")).ShouldBe([c, .. new[] { a, b }.OrderBy(id => id)]);
        (await FoundAsync("&sortBy=creditBalance")).ShouldBe([b, a, c]);
        (await FoundAsync("&sortBy=creditBalance&sortOrder=asc")).ShouldBe([c, a, b]);
        (await FoundAsync("&sortBy=totalTopUp")).ShouldBe([a, c, b]);
        (await FoundAsync("&sortBy=createdAt&sortOrder=asc")).ShouldBe([b, c, a]);
        (await FoundAsync("&sortBy=creditBalance&minBalance=30000")).ShouldBe([b, a]);
        (await FoundAsync("&minBalance=5000&maxBalance=30000&sortBy=creditBalance")).ShouldBe([a, c]);

        var page = await wallet.ReadAsync(administrator, $"/overview?search={tag.ToUpperInvariant()}&sortBy=creditBalance&limit=2");
        var overview = page["walletOverview"]!;
        overview["pagination"]!.ToJsonString().ShouldBe(
            """{"currentPage":1,"totalPages":2,"totalCount":3,"hasNext":true,"hasPrev":false}""");
        overview["users"]!.AsArray().Select(user => user!.ToJsonString()).ShouldBe(
        [
            $$"""{"id":"{{b}}","email":"{{b:N}}@example.id","name":"A%_b {{tag}}","creditBalance":60000,"totalTopUp":10000,"""
                + """ "totalSpent":0,"activeSubscriptions":0,"totalTransactions":2,"memberSince":"2026-01-01T00:00:00.000Z"}""".Trim(),
            $$"""{"id":"{{a}}","email":"{{a:N}}@example.id","name":"A%_b {{tag}}","creditBalance":30000,"totalTopUp":30000,"""
                + """ "totalSpent":0,"activeSubscriptions":0,"totalTransactions":1,"memberSince":"2026-01-03T00:00:00.000Z"}""".Trim(),
        ]);
        overview["summary"]!.AsObject().Select(member => member.Key)
            .ShouldBe(["totalBalance", "totalTopUps", "totalSpent", "averageBalance", "averageTopUp", "averageSpent"]);
        var beyond = (await wallet.ReadAsync(administrator, $"/overview?search={tag}&page=9"))["walletOverview"]!;
        beyond["pagination"]!.ToJsonString().ShouldBe(
            """{"currentPage":9,"totalPages":1,"totalCount":3,"hasNext":false,"hasPrev":true}""");
        ((long)beyond["summary"]!["totalBalance"]!).ShouldBeGreaterThanOrEqualTo(95_000);

        async Task<IEnumerable<Guid>> FoundAsync(string query) =>
            (await wallet.ReadAsync(administrator, $"/overview?search={tag}{query}"))["walletOverview"]!["users"]!.AsArray()
                .Select(user => (Guid)user!["id"]!);
    }

    [Theory]
    [InlineData("A%25_b ", 1)]
    [InlineData("A__b ", 0)]
    [InlineData("%25", 1)]
    [InlineData("\\", 0)]
    [InlineData("';DROP TABLE wallet.users;--", 0)]
    public async Task What_is_looked_for_is_meant_literally(string search, int found)
    {
        var tag = Guid.CreateVersion7().ToString("N");
        await wallet.KnownUserAsync($"A%_b {tag}");

        // Other tests have users, too; this one's is told apart by its name.
        var overview = await wallet.ReadAsync(administrator, $"/overview?search={search}&limit=100&sortBy=createdAt");
        var users = overview["walletOverview"]!["users"]!.AsArray()
            .Where(user => ((string)user!["name"]!).EndsWith(tag, StringComparison.Ordinal));

        users.Count().ShouldBe(found);
    }

    [Theory]
    [InlineData("?page=0")]
    [InlineData("?page=1000000000")]
    [InlineData("?limit=0")]
    [InlineData("?limit=1000000000")]
    [InlineData("?sortBy=id;select pg_sleep(5)")]
    [InlineData("?sortBy=credit")]
    [InlineData("?sortOrder=DESC")]
    [InlineData("?search=%00")]
    [InlineData("?search=%20")]
    [InlineData("?minBalance=x")]
    [InlineData("?minBalance=1.5")]
    [InlineData("?maxBalance=99999999999999999999")]
    [InlineData("?maxBalance=9223372036854775807")]
    [InlineData("?minBalance=2&maxBalance=1")]
    public async Task A_list_that_makes_no_sense_is_400(string query)
    {
        var answer = await wallet.AsAdministrator(administrator).GetAsync("/api/admin/wallets/overview" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
        (await wallet.AsAdministrator(administrator).GetAsync("/api/admin/wallets/overview?search=" + new string('a', 101))).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_wallet_is_shown_with_what_it_has_what_it_did_and_what_it_pays_for()
    {
        var user = await wallet.KnownUserAsync("Budi Santoso");
        await wallet.TopUpAsync(user, 100_000);
        var charge = await wallet.HoldAsync(user, 30_000);
        await wallet.CaptureAsync(charge);
        await wallet.HoldAsync(user, 20_000);
        await HearAsync(new SubscriptionActivated(charge.Item.SubscriptionId, user, Guid.CreateVersion7(), Guid.CreateVersion7(),
            Money.Idr(30_000), wallet.Clock.GetUtcNow(), new(2026, 12, 2, 3, 4, 5, TimeSpan.Zero)));

        var details = (await wallet.ReadAsync(administrator, $"/users/{user}"))["walletDetails"]!;

        details["user"]!.ToJsonString().ShouldBe(
            $$"""{"id":"{{user}}","email":"{{user:N}}@example.id","name":"Budi Santoso","memberSince":"2026-01-02T03:04:05.000Z"}""");
        details["balance"]!.ToJsonString().ShouldBe(
            """{"current":70000,"totalTopUp":100000,"totalSpent":30000,"netBalance":70000,"available":50000,"held":20000,"debt":0}""");
        var recent = details["recentTransactions"]!.AsArray();
        recent.Select(line => (string?)line!["type"]).ShouldBe(["SUBSCRIPTION", "TOP_UP"]);
        recent[0]!.AsObject().Select(member => member.Key)
            .ShouldBe(["id", "customId", "type", "amount", "description", "status", "createdAt", "subscription"]);
        recent[0]!["subscription"]!.ToJsonString().ShouldBe(
            $$"""{"id":"{{charge.Item.SubscriptionId}}","serviceName":"n8n","planName":"n8n Basic"}""");
        recent[1]!["subscription"].ShouldBeNull();
        details["activeSubscriptions"]!.ToJsonString().ShouldBe(
            $$"""[{"id":"{{charge.Item.SubscriptionId}}","serviceName":"n8n","planName":"n8n Basic","""
            + """ "monthlyPrice":30000,"nextBilling":"2026-12-02T03:04:05.000Z"}]""".Trim());
    }

    [Theory]
    [InlineData("A")]
    [InlineData("UA")]
    [InlineData("AU")]
    [InlineData("AUAU")]
    [InlineData("AC")]
    [InlineData("CA")]
    [InlineData("CUA")]
    [InlineData("UCCA")]
    public async Task A_subscription_is_live_until_it_ends_in_whatever_order_its_events_come(string order)
    {
        var (user, id, plan) = (await wallet.KnownUserAsync(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var now = wallet.Clock.GetUtcNow();
        foreach (var what in order)
            await (what switch
            {
                'A' => HearAsync(new SubscriptionActivated(id, user, plan, plan, Money.Idr(30_000), now, now.AddDays(30))),
                'U' => HearAsync(new SubscriptionUpgraded(id, user, plan, plan, Money.Idr(5_000), now.AddDays(1))),
                _ => HearAsync(new SubscriptionCancelled(id, user, "USER", now.AddDays(2))),
            });

        var live = (await wallet.ReadAsync(administrator, $"/users/{user}"))["walletDetails"]!["activeSubscriptions"]!.AsArray();

        if (order.Contains('C'))
        {
            live.ShouldBeEmpty();
            return;
        }

        var its = live.ShouldHaveSingleItem()!;
        ((long?)its["monthlyPrice"], its["nextBilling"] is null).ShouldBe((order.Contains('U') ? null : 30_000, false));
        var shown = await wallet.ReadAsync(administrator, $"/overview?search={user:N}");
        ((int)shown["walletOverview"]!["users"]![0]!["activeSubscriptions"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_shown_whom_nobody_knows_and_nothing_is_shown_to_users()
    {
        var user = await wallet.KnownUserAsync();
        await WalletHost.ShouldRefuseAsync(
            await wallet.AsAdministrator(administrator).GetAsync($"/api/admin/wallets/users/{Guid.CreateVersion7()}"),
            HttpStatusCode.NotFound, "USER_NOT_FOUND");
        foreach (var path in new[] { "statistics", "overview", $"users/{user}" })
        {
            (await wallet.As(user).GetAsync($"/api/admin/wallets/{path}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await wallet.Anonymous().GetAsync($"/api/admin/wallets/{path}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    /// <summary>Says it and waits until wallet has worked it off, so that what comes next comes after it.</summary>
    private async Task HearAsync<T>(T message) where T : class
    {
        var before = await WorkedOffAsync();
        await wallet.Bus.SayAsync(message);
        await Eventually.IsTrueAsync(async () => await WorkedOffAsync() > before, TimeSpan.FromSeconds(30), $"wallet hears {message}");
    }

    private Task<long> WorkedOffAsync() => wallet.Database.QueryAsync<long>("SELECT count(*) FROM wallet.inbox");
}

/// <summary>A database of its own, because statistics are about everybody.</summary>
public sealed class AdminStatisticsTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    [Fact]
    public async Task Statistics_count_everybody_by_what_they_have_and_owe()
    {
        var administrator = Guid.CreateVersion7();
        var empty = (await wallet.ReadAsync(administrator, "/statistics"))["statistics"]!;
        empty["balances"]!.ToJsonString().ShouldBe("""{"totalBalance":0,"averageBalance":0,"minBalance":0,"maxBalance":0}""");

        var (rich, poor, indebted) = (await wallet.KnownUserAsync(), await wallet.KnownUserAsync(), await wallet.KnownUserAsync());
        await wallet.TopUpAsync(rich, 100_000);
        wallet.Clock.Advance(TimeSpan.FromHours(25));
        await wallet.CaptureAsync(await wallet.HoldAsync(rich, 30_000));
        await wallet.OpenTopUpAsync(poor, 99_000);
        await wallet.AddedAsync(indebted, 10_000, administrator);
        await OweAsync(indebted, 12_000);

        var statistics = (await wallet.ReadAsync(administrator, "/statistics"))["statistics"]!;

        statistics["users"]!.ToJsonString().ShouldBe("""{"total":3,"withBalance":1,"withNegativeBalance":1,"withZeroBalance":1}""");
        var transactions = statistics["transactions"]!;
        transactions.AsObject().Select(member => member.Key).ShouldBe(["total", "recent24h", "byType"]);
        ((int)transactions["total"]!, (int)transactions["recent24h"]!).ShouldBe((3, 2));
        transactions["byType"]!.AsArray().Select(type => type!.ToJsonString()).ShouldBe(
        [
            """{"type":"ADMIN_ADJUSTMENT","count":1,"totalAmount":10000}""",
            """{"type":"SUBSCRIPTION","count":1,"totalAmount":30000}""",
            """{"type":"TOP_UP","count":1,"totalAmount":100000}""",
        ]);
        statistics["balances"]!.ToJsonString().ShouldBe(
            """{"totalBalance":68000,"averageBalance":22666,"minBalance":-2000,"maxBalance":70000}""");
        statistics["topUps"]!.ToJsonString().ShouldBe("""{"totalTopUps":88000,"averageTopUp":29333}""");
        statistics["spending"]!.ToJsonString().ShouldBe("""{"totalSpent":30000,"averageSpent":10000}""");
        var overview = (await wallet.ReadAsync(administrator, "/overview?maxBalance=-1"))["walletOverview"]!;
        overview["users"]!.AsArray().Select(user => (long)user!["creditBalance"]!).ShouldBe([-2_000]);
        await wallet.BooksShouldBalanceAsync();
    }

    // The gateway takes back what it never brought: enough to owe something, without the story of a top-up that is told elsewhere.
    private async Task OweAsync(Guid user, long amount)
    {
        var decided = await wallet.Services.GetRequiredService<GroupCommit>().PostAsync(
            new(PostingKind.Reversal, $"reversal:{user}:test", user, user, AccountKind.User, AccountKind.Clearing, Money.Idr(amount)),
            _ => GroupRows.None, CancellationToken.None);
        decided.Outcome.ShouldBeOfType<PostingOutcome.Posted>();
    }
}
