using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Platform.Wallets.Tests;

public sealed class AdminAdjustingTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid administrator = Guid.CreateVersion7();

    [Fact]
    public async Task Credit_that_is_added_and_deducted_is_answered_with_its_line_and_true_balances()
    {
        var user = await wallet.KnownUserAsync("Budi Santoso");
        await wallet.TopUpAsync(user, 50_000);
        await wallet.CaptureAsync(await wallet.HoldAsync(user, 20_000));

        var added = await wallet.AddedAsync(user, 10_000, administrator);
        var deducted = await WalletHost.DataAsync(await wallet.AsAdministrator(administrator).PostAsJsonAsync(
            AdminWallets.PathOf(user, "deduct-credit"),
            new { amount = 5_000, reason = "  Paid twice by mistake ", description = "Correction of 2 November", allowNegative = false }));

        Keys(added).ShouldBe(["transaction", "user"]);
        Keys(added["transaction"]!).ShouldBe(["id", "customId", "amount", "type", "description"]);
        Keys(added["user"]!).ShouldBe(["id", "email", "name", "previousBalance", "newBalance", "totalTopUp"]);
        Keys(deducted["user"]!).ShouldBe(["id", "email", "name", "previousBalance", "newBalance", "totalSpent"]);
        (Long(added, "previousBalance"), Long(added, "newBalance"), Long(added, "totalTopUp")).ShouldBe((30_000, 40_000, 50_000));
        (Long(deducted, "previousBalance"), Long(deducted, "newBalance"), Long(deducted, "totalSpent"))
            .ShouldBe((40_000, 35_000, 20_000));
        ((string?)added["user"]!["name"], (string?)added["user"]!["email"]).ShouldBe(("Budi Santoso", $"{user:N}@example.id"));
        ((string?)deducted["transaction"]!["description"], (string?)deducted["transaction"]!["type"])
            .ShouldBe(("Correction of 2 November", "ADMIN_ADJUSTMENT"));
        var line = await wallet.LineAsync(user, (Guid)deducted["transaction"]!["id"]!);
        new[] { "customId", "status", "paymentMethod", "processedBy", "adminNotes" }.Select(name => (string?)line[name]).ShouldBe(
        [
            (string)deducted["transaction"]!["customId"]!, "COMPLETED", "ADMIN_MANUAL", administrator.ToString(), "Paid twice by mistake",
        ]);
        line["completedAt"].ShouldNotBeNull();
        await wallet.BooksShouldBalanceAsync();

        static long Long(JsonNode answer, string name) => (long)answer["user"]![name]!;
    }

    [Fact]
    public async Task Each_adjustment_leaves_one_row_of_audit_that_nobody_can_change_and_a_refused_one_leaves_none()
    {
        var user = await wallet.KnownUserAsync();
        await wallet.AddedAsync(user, 10_000, administrator);
        await WalletHost.ShouldRefuseAsync(
            await wallet.DeductAsync(user, 10_001, administrator), HttpStatusCode.Conflict, "WOULD_GO_NEGATIVE");

        var entry = (await wallet.AuditOfAsync(user)).ShouldHaveSingleItem();

        (entry.Action, entry.Actor, entry.Reason).ShouldBe(("WALLET_CREDIT_ADDED", administrator, AdminWallets.Reason));
        entry.TraceId.ShouldNotBeNull().Length.ShouldBe(32);
        (Available(entry.Before), Available(entry.After)).ShouldBe((0, 10_000));
        foreach (var change in new[] { "UPDATE wallet.audit_entries SET reason = ''", "DELETE FROM wallet.audit_entries" })
            (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync($"{change} WHERE id = '{entry.Id}'")))
                .SqlState.ShouldBeOneOf(PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.IntegrityConstraintViolation);

        static long Available(string? json) => (long)JsonNode.Parse(json!)!["available"]!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_than_is_available_is_not_deducted_whatever_allowNegative_says(bool allowNegative)
    {
        var user = await wallet.KnownUserAsync();
        await wallet.TopUpAsync(user, 30_000);
        await wallet.HoldAsync(user, 25_000);

        var answer = await wallet.AsAdministrator(administrator).PostAsJsonAsync(
            AdminWallets.PathOf(user, "deduct-credit"), new { amount = 6_000, reason = AdminWallets.Reason, allowNegative });

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, body);
        var problem = JsonNode.Parse(body)!;
        ((string?)problem["code"], (long)problem["data"]!["available"]!, (long)problem["data"]!["shortfall"]!)
            .ShouldBe(("WOULD_GO_NEGATIVE", 5_000, 1_000));
        ((string?)problem["detail"])!.ShouldContain("allowNegative");
        (await wallet.BalanceOfAsync(user)).ShouldBe((5_000, 25_000));
    }

    [Fact]
    public async Task A_user_whom_nobody_knows_has_no_wallet_to_adjust()
    {
        var nobody = Guid.CreateVersion7();
        await WalletHost.ShouldRefuseAsync(await wallet.AddAsync(nobody, 10_000, administrator), HttpStatusCode.NotFound, "USER_NOT_FOUND");
        await wallet.ShouldBeUntouchedAsync(nobody);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("999")]
    [InlineData("100000001")]
    [InlineData("2147483648")]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775808")]
    [InlineData("10000.5")]
    [InlineData("1e4")]
    [InlineData("\"10000\"")]
    [InlineData("\"１００００\"")]
    [InlineData("null")]
    [InlineData("[10000]")]
    public async Task An_amount_that_makes_no_sense_is_400_names_the_field_and_leaves_nothing(string amount)
    {
        var user = await wallet.KnownUserAsync();
        foreach (var way in new[] { "add-credit", "deduct-credit" })
        {
            var problem = await BadRequestAsync(user, way, $$"""{"amount":{{amount}},"reason":"Goodwill"}""");
            problem["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["amount"], problem.ToJsonString());
        }

        await wallet.ShouldBeUntouchedAsync(user);
    }

    [Theory]
    [InlineData("""{"amount":10000,"reason":"four"}""", "reason")]
    [InlineData("""{"amount":10000,"reason":"          "}""", "reason")]
    [InlineData("""{"amount":10000,"reason":"a\u0000bcdef"}""", "reason")]
    [InlineData("""{"amount":10000,"reason":null}""", "reason")]
    [InlineData("""{"amount":10000}""", "reason")]
    [InlineData("""{"amount":10000,"reason":"Goodwill","description":"a\u0000b"}""", "description")]
    [InlineData("""{"amount":10000,"reason":"Goodwill","balance":1}""", "balance")]
    [InlineData("""{"amount":10000,"amount":20000,"reason":"Goodwill"}""", "twice")]
    [InlineData("""{"reason":"Goodwill"}""", "amount")]
    public async Task A_request_that_makes_no_sense_is_400_says_what_is_wrong_and_leaves_nothing(string body, string named)
    {
        var user = await wallet.KnownUserAsync();

        (await BadRequestAsync(user, "add-credit", body)).ToJsonString().ShouldContain(named);

        await wallet.ShouldBeUntouchedAsync(user);
    }

    [Theory]
    [InlineData("reason", 200)]
    [InlineData("description", 500)]
    public async Task Words_are_as_long_as_is_documented_and_no_longer(string field, int most)
    {
        var user = await wallet.KnownUserAsync();
        JsonObject wish = new() { ["amount"] = 10_000, ["reason"] = AdminWallets.Reason, [field] = new string('a', most + 1) };
        (await BadRequestAsync(user, "add-credit", wish.ToJsonString()))["errors"]!.AsObject().Select(error => error.Key).ShouldBe([field]);
        await wallet.ShouldBeUntouchedAsync(user);

        wish[field] = new string('a', most);
        (await wallet.AsAdministrator(administrator).PostAsJsonAsync(AdminWallets.PathOf(user, "add-credit"), wish)).StatusCode
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_administrators_adjust_wallets()
    {
        var user = await wallet.KnownUserAsync();
        var wish = new { amount = 10_000, reason = AdminWallets.Reason };
        foreach (var way in new[] { "add-credit", "deduct-credit" })
        {
            (await wallet.As(user).PostAsJsonAsync(AdminWallets.PathOf(user, way), wish)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await wallet.Anonymous().PostAsJsonAsync(AdminWallets.PathOf(user, way), wish)).StatusCode
                .ShouldBe(HttpStatusCode.Unauthorized);
        }

        await wallet.ShouldBeUntouchedAsync(user);
    }

    [Fact]
    public async Task The_same_key_adjusts_once_and_gives_the_same_answer_and_another_body_under_it_is_refused()
    {
        var (user, key) = (await wallet.KnownUserAsync(), Guid.CreateVersion7().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => wallet.AddAsync(user, 10_000, administrator, key)));
        var again = await WalletHost.DataAsync(await wallet.AddAsync(user, 10_000, administrator, key));

        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Conflict))
            (await WalletHost.DataAsync(answer)).ToJsonString().ShouldBe(again.ToJsonString());
        foreach (var busy in answers.Where(answer => answer.StatusCode == HttpStatusCode.Conflict))
            await WalletHost.ShouldRefuseAsync(busy, HttpStatusCode.Conflict, "IDEMPOTENCY_KEY_IN_PROGRESS");
        await WalletHost.ShouldRefuseAsync(
            await wallet.AddAsync(user, 10_001, administrator, key), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((10_000, 0));
        (await wallet.AuditOfAsync(user)).ShouldHaveSingleItem();
        (await wallet.InScopeAsync(db => db.Transactions.CountAsync(t => t.UserId == user))).ShouldBe(1);
    }

    private static IEnumerable<string> Keys(JsonNode node) => node.AsObject().Select(member => member.Key);

    private async Task<JsonNode> BadRequestAsync(Guid user, string way, string json)
    {
        var answer = await wallet.AsAdministrator(administrator).PostAsync(
            AdminWallets.PathOf(user, way), new StringContent(json, Encoding.UTF8, "application/json"));
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        return JsonNode.Parse(body)!;
    }
}
