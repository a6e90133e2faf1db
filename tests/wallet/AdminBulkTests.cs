using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Wallets.Tests;

public sealed class AdminBulkTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid administrator = Guid.CreateVersion7();

    [Fact]
    public async Task Each_row_is_posted_for_itself_and_says_what_became_of_it()
    {
        var (rich, poor, large) = (await wallet.KnownUserAsync(), await wallet.KnownUserAsync(), await wallet.KnownUserAsync());
        await wallet.AddedAsync(rich, 50_000, administrator);

        var answer = await WalletHost.DataAsync(await BulkAsync(
            [Row(rich, "DEDUCT", 20_000), Row(poor, "DEDUCT", 1_000), Row(large, "ADD", 10_000_001)]));

        var results = answer["results"]!.AsArray();
        results.Select(result => string.Join(',', result!.AsObject().Select(member => member.Key))).ShouldBe(
            ["userId,success,transactionId,customId", "userId,success,error", "userId,success,error,approvalId"]);
        results.Select(result => (string?)result!["error"]).ShouldBe([null, "WOULD_GO_NEGATIVE", "NEEDS_APPROVAL"]);
        answer["summary"]!.ToJsonString().ShouldBe("""{"total":3,"successful":1,"failed":2}""");
        (await wallet.BalanceOfAsync(rich)).ShouldBe((30_000, 0));
        (await wallet.BalanceOfAsync(large)).ShouldBe((0, 0));
        ((string?)(await wallet.LineAsync(rich, (Guid)results[0]!["transactionId"]!))["adminNotes"]).ShouldBe(AdminWallets.Reason);
        (await wallet.AuditOfAsync(rich)).Select(entry => entry.Action)
            .ShouldBe(["WALLET_CREDIT_ADDED", "WALLET_CREDIT_DEDUCTED"], ignoreOrder: true);
        (await wallet.AuditOfAsync(poor)).ShouldBeEmpty();
        (await wallet.AuditOfAsync(large)).Select(entry => entry.Action).ShouldBe(["WALLET_ADJUSTMENT_REQUESTED"]);
        (await wallet.AsAdministrator(Guid.CreateVersion7()).PostAsync(
            $"/api/admin/wallets/approvals/{results[2]!["approvalId"]}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(large)).ShouldBe((10_000_001, 0));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task The_same_key_adjusts_a_hundred_wallets_once()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => wallet.KnownUserAsync()));
        JsonNode[] rows = [.. users.Select((user, i) => Row(user, "ADD", i == 0 ? 10_000_001 : 1_000 + i))];
        var key = Guid.CreateVersion7().ToString();

        var first = await WalletHost.DataAsync(await BulkAsync(rows, key));
        // As after a crash between the effect and its answer: the answer is forgotten, the effect is known.
        await wallet.Database.ExecuteAsync(
            $"UPDATE wallet.idempotency_keys SET status = NULL, content_type = NULL, body = NULL WHERE key = '{key}'");
        var again = await WalletHost.DataAsync(await BulkAsync(rows, key));

        again.ToJsonString().ShouldBe(first.ToJsonString());
        first["summary"]!.ToJsonString().ShouldBe("""{"total":100,"successful":99,"failed":1}""");
        (await wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.adjustment_approvals WHERE user_id = '{users[0]}'"))
            .ShouldBe(1);
        foreach (var (user, i) in users.Select((user, i) => (user, i)).Skip(1))
            (await wallet.AuditOfAsync(user)).ShouldHaveSingleItem($"user {i}");
        (await wallet.BalanceOfAsync(users[99])).ShouldBe((1_099, 0));
        await WalletHost.ShouldRefuseAsync(await BulkAsync(rows[1..], key), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Users_whom_nobody_knows_are_named_and_nothing_is_adjusted()
    {
        var (known, nobody) = (await wallet.KnownUserAsync(), Guid.CreateVersion7());

        var answer = await BulkAsync([Row(known, "ADD", 1_000), Row(nobody, "ADD", 1_000)]);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, body);
        JsonNode.Parse(body)!["data"]!["userIds"]!.AsArray().Select(id => (Guid)id!).ShouldBe([nobody]);
        await wallet.ShouldBeUntouchedAsync(known);
    }

    [Fact]
    public async Task A_user_given_twice_and_amounts_out_of_range_are_named_and_nothing_is_adjusted()
    {
        var (twice, much, fine) = (await wallet.KnownUserAsync(), await wallet.KnownUserAsync(), await wallet.KnownUserAsync());

        var answer = await BulkAsync([
            Row(twice, "ADD", 1_000), Row(twice, "DEDUCT", 2_000), Row(much, "ADD", 100_000_001), Row(fine, "ADD", 1_000),
            Row(Guid.CreateVersion7(), "ADD", -1)]);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        var errors = JsonNode.Parse(body)!["data"]!["validationErrors"]!.AsArray();
        errors.Select(error => string.Join(',', error!.AsObject().Select(member => member.Key))).ShouldAllBe(
            keys => keys == "userId,userEmail,error");
        errors.Select(error => (string?)error!["userEmail"]).ShouldBe([$"{twice:N}@example.id", $"{much:N}@example.id", null]);
        errors.Select(error => ((string)error!["error"]!).Split(' ')[0]).ShouldBe(["userId", "amount", "amount"]);
        foreach (var user in new[] { twice, much, fine })
            await wallet.ShouldBeUntouchedAsync(user);
    }

    [Theory]
    [InlineData("""{"adjustments":[],"reason":"Goodwill"}""", "adjustments")]
    [InlineData("""{"adjustments":[null],"reason":"Goodwill"}""", "adjustments")]
    [InlineData("""{"adjustments":null,"reason":"Goodwill"}""", "adjustments")]
    [InlineData("""{"reason":"Goodwill"}""", "adjustments")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":"ADD","amount":1000}],"reason":"four"}""", "reason")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":"SET","amount":1000}],"reason":"Goodwill"}""", "type")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":0,"amount":1000}],"reason":"Goodwill"}""", "type")]
    [InlineData("""{"adjustments":[{"userId":"USER","amount":1000}],"reason":"Goodwill"}""", "type")]
    [InlineData("""{"adjustments":[{"userId":"me","type":"ADD","amount":1000}],"reason":"Goodwill"}""", "userId")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":"ADD","amount":"1000"}],"reason":"Goodwill"}""", "amount")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":"ADD","amount":9223372036854775808}],"reason":"Goodwill"}""", "amount")]
    [InlineData("""{"adjustments":[{"userId":"USER","type":"ADD","amount":1000.5}],"reason":"Goodwill"}""", "amount")]
    public async Task A_list_that_makes_no_sense_is_400_and_says_what_is_wrong(string json, string named)
    {
        var user = await wallet.KnownUserAsync();
        var answer = await wallet.AsAdministrator(administrator).PostAsync("/api/admin/wallets/bulk-adjustment",
            new StringContent(json.Replace("USER", user.ToString(), StringComparison.Ordinal), Encoding.UTF8, "application/json"));
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        body.ShouldContain(named);
        await wallet.ShouldBeUntouchedAsync(user);
    }

    [Fact]
    public async Task More_than_a_hundred_rows_are_400_or_too_large_and_only_administrators_send_any()
    {
        var user = await wallet.KnownUserAsync();
        (await BulkAsync([.. Enumerable.Range(0, 101).Select(_ => Row(Guid.CreateVersion7(), "ADD", 1_000))])).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await wallet.As(user).PostAsJsonAsync("/api/admin/wallets/bulk-adjustment",
            new { adjustments = new[] { new { userId = user, type = "ADD", amount = 1_000 } }, reason = AdminWallets.Reason })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        await wallet.ShouldBeUntouchedAsync(user);
    }

    private static JsonObject Row(Guid user, string type, long amount) =>
        new JsonObject { ["userId"] = user, ["type"] = type, ["amount"] = amount };

    private Task<HttpResponseMessage> BulkAsync(JsonNode[] rows, string? key = null) =>
        wallet.AsAdministrator(administrator, key).PostAsJsonAsync("/api/admin/wallets/bulk-adjustment",
            new JsonObject { ["adjustments"] = new JsonArray([.. rows.Select(row => row.DeepClone())]), ["reason"] = AdminWallets.Reason });
}
