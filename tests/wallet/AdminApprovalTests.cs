using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Platform.Wallets.Tests;

public sealed class AdminApprovalTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private const long Limit = 10_000_000;
    private readonly Guid asking = Guid.CreateVersion7();
    private readonly Guid approving = Guid.CreateVersion7();

    [Fact]
    public async Task Up_to_the_limit_one_administrator_is_enough_and_above_it_nothing_moves_before_a_second_one_approves()
    {
        var user = await wallet.KnownUserAsync();
        await wallet.AddedAsync(user, Limit, asking);
        var approval = (await WalletHost.DataAsync(await wallet.AddAsync(user, Limit + 1, asking), HttpStatusCode.Accepted))["approval"]!;

        approval.AsObject().Select(member => member.Key).Take(8)
            .ShouldBe(["id", "userId", "type", "amount", "reason", "requestedBy", "requestedAt", "status"]);
        ((string?)approval["type"], (long)approval["amount"]!, (string?)approval["status"]).ShouldBe(("ADD", Limit + 1, "PENDING"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((Limit, 0));

        var approved = await WalletHost.DataAsync(await DecideAsync((Guid)approval["id"]!, "approve", approving));

        ((string?)approved["approval"]!["status"], (Guid)approved["approval"]!["decidedBy"]!).ShouldBe(("APPROVED", approving));
        (Guid.Parse((string)approved["transaction"]!["id"]!), (long)approved["transaction"]!["amount"]!)
            .ShouldBe(((Guid)approval["id"]!, Limit + 1));
        (await wallet.BalanceOfAsync(user)).ShouldBe((2 * Limit + 1, 0));
        (await wallet.AuditOfAsync(user)).Select(entry => (entry.Action, entry.Actor, entry.Reason)).ShouldBe(
        [
            ("WALLET_CREDIT_ADDED", asking, AdminWallets.Reason),
            ("WALLET_ADJUSTMENT_REQUESTED", asking, AdminWallets.Reason),
            ("WALLET_ADJUSTMENT_APPROVED", approving, "Checked with finance"),
        ], ignoreOrder: true);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Nobody_approves_their_own_request_but_they_may_withdraw_it()
    {
        var user = await wallet.KnownUserAsync();
        var id = await AskAsync(user);

        await WalletHost.ShouldRefuseAsync(await DecideAsync(id, "approve", asking), HttpStatusCode.Forbidden, "SELF_APPROVAL");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));

        ((string?)(await WalletHost.DataAsync(await DecideAsync(id, "reject", asking)))["approval"]!["status"]).ShouldBe("REJECTED");
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(
            $"UPDATE wallet.adjustment_approvals SET status = 'APPROVED' WHERE id = '{id}'"))).ConstraintName
            .ShouldBe("adjustment_approvals_two_administrators");
    }

    [Fact]
    public async Task Twenty_approvals_at_once_move_the_money_once()
    {
        var user = await wallet.KnownUserAsync();
        var id = await AskAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            DecideAsync(id, "approve", i % 2 == 0 ? approving : Guid.CreateVersion7())));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            await WalletHost.ShouldRefuseAsync(answer, HttpStatusCode.Conflict, "ALREADY_DECIDED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((Limit + 1, 0));
        (await wallet.AuditOfAsync(user)).Count.ShouldBe(2);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Approvals_and_rejections_side_by_side_lead_to_one_decision_that_is_also_what_happened()
    {
        var user = await wallet.KnownUserAsync();
        var expected = 0L;
        for (var round = 0; round < 8; round++)
        {
            var id = await AskAsync(user);

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(i => DecideAsync(id, i % 2 == 0 ? "approve" : "reject", approving)));

            var done = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).ToList().ShouldHaveSingleItem();
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
            var status = (string?)(await WalletHost.DataAsync(done))["approval"]!["status"];
            expected += status == "APPROVED" ? Limit + 1 : 0;
            (await wallet.BalanceOfAsync(user)).ShouldBe((expected, 0));
            (await wallet.Database.QueryAsync<string>($"SELECT status FROM wallet.adjustment_approvals WHERE id = '{id}'"))
                .ShouldBe(status);
        }

        (await wallet.AuditOfAsync(user)).Count.ShouldBe(16);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task What_is_decided_is_decided_and_says_so_to_whoever_comes_later()
    {
        var user = await wallet.KnownUserAsync();
        var (rejected, approved) = (await AskAsync(user), await AskAsync(user));
        (await DecideAsync(rejected, "reject", approving)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DecideAsync(approved, "approve", approving)).StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (var id in new[] { rejected, approved })
        foreach (var way in new[] { "approve", "reject" })
            await WalletHost.ShouldRefuseAsync(await DecideAsync(id, way, approving), HttpStatusCode.Conflict, "ALREADY_DECIDED");

        await WalletHost.ShouldRefuseAsync(
            await DecideAsync(Guid.CreateVersion7(), "approve", approving), HttpStatusCode.NotFound, "APPROVAL_NOT_FOUND");
        (await wallet.As(user).PostAsJsonAsync($"/api/admin/wallets/approvals/{rejected}/approve", new { })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        (await wallet.AsAdministrator(approving).PostAsJsonAsync($"/api/admin/wallets/approvals/{rejected}/reject", new { }))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wallet.BalanceOfAsync(user)).ShouldBe((Limit + 1, 0));
    }

    [Fact]
    public async Task A_deduction_that_is_approved_too_late_waits_until_there_is_enough()
    {
        var user = await wallet.KnownUserAsync();
        var asked = await wallet.DeductAsync(user, Limit + 1, asking);
        var id = (Guid)(await WalletHost.DataAsync(asked, HttpStatusCode.Accepted))["approval"]!["id"]!;

        await WalletHost.ShouldRefuseAsync(await DecideAsync(id, "approve", approving), HttpStatusCode.Conflict, "WOULD_GO_NEGATIVE");
        await wallet.AddedAsync(user, Limit, asking);
        await wallet.AddedAsync(user, 1_000, asking);

        (await DecideAsync(id, "approve", approving)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((999, 0));
    }

    [Fact]
    public async Task The_same_key_asks_once_and_approves_once_with_the_same_answer()
    {
        var (user, ask, approve) = (await wallet.KnownUserAsync(), Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        var first = await WalletHost.DataAsync(await wallet.AddAsync(user, Limit + 1, asking, ask), HttpStatusCode.Accepted);
        var again = await WalletHost.DataAsync(await wallet.AddAsync(user, Limit + 1, asking, ask), HttpStatusCode.Accepted);
        again.ToJsonString().ShouldBe(first.ToJsonString());

        var id = (Guid)first["approval"]!["id"]!;
        var approved = await WalletHost.DataAsync(await DecideAsync(id, "approve", approving, approve));
        (await WalletHost.DataAsync(await DecideAsync(id, "approve", approving, approve))).ToJsonString().ShouldBe(approved.ToJsonString());

        (await wallet.BalanceOfAsync(user)).ShouldBe((Limit + 1, 0));
        (await wallet.AuditOfAsync(user)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Requests_are_listed_newest_first_by_their_status()
    {
        var user = await wallet.KnownUserAsync();
        wallet.Clock.Advance(TimeSpan.FromSeconds(1));
        var older = await AskAsync(user);
        wallet.Clock.Advance(TimeSpan.FromSeconds(1));
        var newer = await AskAsync(user);
        wallet.Clock.Advance(TimeSpan.FromSeconds(1));
        var gone = await AskAsync(user);
        (await DecideAsync(gone, "reject", approving)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await ListAsync("?status=PENDING&limit=2")).ShouldBe([newer, older]);
        (await ListAsync("?status=REJECTED&limit=1")).ShouldBe([gone]);
        (await ListAsync("?limit=3")).ShouldBe([gone, newer, older]);
        (await ListAsync("?status=APPROVED&page=1000")).ShouldBeEmpty();
        foreach (var query in new[] { "?status=pending", "?page=0", "?limit=101", "?page=1000000000" })
            (await wallet.AsAdministrator(asking).GetAsync("/api/admin/wallets/approvals" + query)).StatusCode
                .ShouldBe(HttpStatusCode.BadRequest, query);
        (await wallet.As(user).GetAsync("/api/admin/wallets/approvals")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        async Task<IEnumerable<Guid>> ListAsync(string query) =>
            (await wallet.ReadAsync(asking, "/approvals" + query))["approvals"]!.AsArray().Select(a => (Guid)a!["id"]!);
    }

    private async Task<Guid> AskAsync(Guid user) =>
        (Guid)(await WalletHost.DataAsync(await wallet.AddAsync(user, Limit + 1, asking), HttpStatusCode.Accepted))["approval"]!["id"]!;

    private Task<HttpResponseMessage> DecideAsync(Guid id, string way, Guid administrator, string? key = null) =>
        wallet.AsAdministrator(administrator, key).PostAsJsonAsync(
            $"/api/admin/wallets/approvals/{id}/{way}", new JsonObject { ["reason"] = "Checked with finance" });
}
