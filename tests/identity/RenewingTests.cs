using System.Net;
using Npgsql;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class RenewingTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task Each_renewal_gives_new_tokens_and_the_store_knows_only_their_hashes()
    {
        var user = await identity.RegisterAsync();

        var first = await RenewedAsync(user.RefreshToken);
        var second = await RenewedAsync(first.RefreshToken);

        new[] { user.RefreshToken, first.RefreshToken, second.RefreshToken }.Distinct().Count().ShouldBe(3);
        second.Id.ShouldBe(user.Id);
        (await identity.GetAsync("/api/user/profile", second.AccessToken)).ShouldBe(HttpStatusCode.OK);
        var rows = await identity.Database.QueryAsync<string>("SELECT string_agg(t::text, '|') FROM identity.refresh_tokens t");
        foreach (var token in new[] { user.RefreshToken, first.RefreshToken, second.RefreshToken })
        {
            rows.ShouldNotContain(token);
            rows.ShouldNotContain(Convert.ToHexString(System.Buffers.Text.Base64Url.DecodeFromChars(token)), Case.Insensitive);
        }
    }

    [Fact]
    public async Task A_used_token_that_comes_again_ends_its_session_and_no_other()
    {
        var user = await identity.RegisterAsync();
        var elsewhere = await identity.SignInAsync(user.Email);
        var renewed = await RenewedAsync(user.RefreshToken);

        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_REUSED");

        (await identity.RenewAsync(renewed.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
        (await identity.GetAsync("/api/user/profile", renewed.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
        await RenewedAsync(elsewhere.RefreshToken);
    }

    [Fact]
    public async Task Renewals_that_all_found_the_token_unused_get_the_same_successor()
    {
        var user = await identity.RegisterAsync();
        var replies = await WhileSessionsAreLockedAsync(
            () => [.. Enumerable.Range(0, 6).Select(_ => identity.RenewAsync(user.RefreshToken))]);

        foreach (var reply in replies)
            reply.ShouldBe(HttpStatusCode.OK);
        var successor = replies.Select(reply => reply.Text("data.refreshToken")).Distinct().ShouldHaveSingleItem();
        await RenewedAsync(successor);
    }

    [Fact]
    public async Task However_many_renewals_race_there_is_never_a_second_family()
    {
        for (var round = 0; round < 20; round++)
        {
            var user = await identity.RegisterAsync();

            var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => identity.RenewAsync(user.RefreshToken)));

            replies.Where(reply => reply.Status == HttpStatusCode.OK).Select(reply => reply.Text("data.refreshToken")).Distinct()
                .ShouldHaveSingleItem();
            replies.Where(reply => reply.Status != HttpStatusCode.OK).ShouldAllBe(reply => reply.Status == HttpStatusCode.Unauthorized);
            (await identity.Database.QueryAsync<long>(
                $"SELECT count(*) FROM identity.refresh_tokens JOIN identity.sessions s ON s.id = session_id WHERE user_id = '{user.Id}'"))
                .ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_session_ends_after_its_absolute_lifetime_however_often_it_was_renewed()
    {
        var tokens = await identity.RegisterAsync();
        for (var day = 0; day < 24; day += 6)
        {
            identity.Clock.Advance(TimeSpan.FromDays(6));
            tokens = await RenewedAsync(tokens.RefreshToken);
        }

        identity.Clock.Advance(TimeSpan.FromDays(6));

        (await identity.RenewAsync(tokens.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
    }

    [Fact]
    public async Task A_token_that_was_not_used_for_a_week_is_dead()
    {
        var user = await identity.RegisterAsync();
        identity.Clock.Advance(TimeSpan.FromDays(7));

        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public async Task Text_that_is_no_token_of_ours_is_invalid(string text) =>
        (await identity.RenewAsync(text)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");

    [Fact]
    public async Task An_access_token_does_not_renew()
    {
        var user = await identity.RegisterAsync();

        (await identity.RenewAsync(user.AccessToken)).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest);
        (await identity.GetAsync("/api/user/profile", user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Sessions_outlive_a_restart()
    {
        var user = await identity.RegisterAsync();

        await identity.RestartAsync();

        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.OK);
        await RenewedAsync(user.RefreshToken);
    }

    private async Task<SignedInUser> RenewedAsync(string refreshToken)
    {
        var reply = await identity.RenewAsync(refreshToken);
        reply.ShouldBe(HttpStatusCode.OK);
        return SignedInUser.Of(reply, "");
    }

    /// <summary>Holds all sessions until every request waits for its turn, so that all of them have looked before one goes on.</summary>
    private async Task<Reply[]> WhileSessionsAreLockedAsync(Func<Task<Reply>[]> send)
    {
        await using var connection = new NpgsqlConnection(identity.Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("SELECT 1 FROM identity.sessions FOR UPDATE", connection, transaction))
            await command.ExecuteNonQueryAsync();
        var sent = send();
        await Eventually.SeesAsync(
            () => identity.Database.QueryAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            waiting => waiting == sent.Length);
        await transaction.CommitAsync();
        return await Task.WhenAll(sent);
    }
}

public sealed class ForgivingIdentityHost : IdentityHost
{
    protected override IEnumerable<KeyValuePair<string, string>> MoreSettings => [new("Identity:Sessions:ReuseGrace", "00:00:10")];
}

public sealed class RenewingWithGraceTests(ForgivingIdentityHost identity) : IClassFixture<ForgivingIdentityHost>
{
    [Fact]
    public async Task Within_the_grace_a_lost_answer_can_be_asked_for_again_and_after_it_not()
    {
        var user = await identity.RegisterAsync();
        var first = await identity.RenewAsync(user.RefreshToken);
        identity.Clock.Advance(TimeSpan.FromSeconds(9));

        var again = await identity.RenewAsync(user.RefreshToken);
        again.ShouldBe(HttpStatusCode.OK);
        again.Text("data.refreshToken").ShouldBe(first.Text("data.refreshToken"));

        identity.Clock.Advance(TimeSpan.FromSeconds(1));
        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_REUSED");
    }

    [Fact]
    public async Task The_grace_ends_when_the_successor_was_used()
    {
        var user = await identity.RegisterAsync();
        var first = await identity.RenewAsync(user.RefreshToken);
        (await identity.RenewAsync(first.Text("data.refreshToken"))).ShouldBe(HttpStatusCode.OK);

        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_REUSED");
    }
}
