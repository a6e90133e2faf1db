using System.Net;
using System.Text.Json.Nodes;

namespace Platform.Identity.Tests;

public sealed class SigningInTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    private const string Wrong = "bukan kata sandi saya";

    [Fact]
    public async Task The_right_password_opens_a_session()
    {
        var user = await identity.RegisterAsync();

        var reply = await identity.LogInAsync(user.Email.ToUpperInvariant());

        reply.ShouldBe(HttpStatusCode.OK);
        reply.At("data.user")!.AsObject().Select(member => member.Key).ShouldBe(
            ["id", "name", "email", "phone", "role", "avatar", "isActive", "createdAt", "updatedAt"]);
        reply.Text("data.refreshToken").ShouldNotBe(user.RefreshToken);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answers_up_to_the_lock()
    {
        var user = await identity.RegisterAsync();
        var stranger = IdentityHost.NewEmail();

        for (var attempt = 1; attempt <= 7; attempt++)
        {
            var known = await identity.LogInAsync(user.Email, Wrong);
            var unknown = await identity.LogInAsync(stranger, Wrong);

            known.ShouldBe(attempt <= 5 ? HttpStatusCode.Unauthorized : HttpStatusCode.Locked);
            WithoutChance(unknown).ShouldBe(WithoutChance(known));
        }
    }

    [Fact]
    public async Task Wrong_passwords_lock_for_longer_and_longer_and_the_right_one_opens_after_the_wait()
    {
        var user = await identity.RegisterAsync();
        for (var attempt = 1; attempt <= 5; attempt++)
            (await identity.LogInAsync(user.Email, Wrong)).ShouldBe(HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");

        foreach (var seconds in new[] { 30, 60, 120, 240 })
        {
            var locked = await identity.LogInAsync(user.Email);
            locked.ShouldBe(HttpStatusCode.Locked, "LOCKED");
            locked.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(seconds), locked.Body);
            identity.Clock.Advance(TimeSpan.FromSeconds(seconds));
            (await identity.LogInAsync(user.Email, Wrong)).ShouldBe(HttpStatusCode.Unauthorized);
        }

        identity.Clock.Advance(TimeSpan.FromHours(1));
        (await identity.LogInAsync(user.Email)).ShouldBe(HttpStatusCode.OK);
        (await identity.LogInAsync(user.Email, Wrong)).ShouldBe(HttpStatusCode.Unauthorized);
        (await identity.LogInAsync(user.Email)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_a_hundred_wrong_passwords_in_a_row_there_is_one_try_a_day()
    {
        var email = IdentityHost.NewEmail();
        await identity.LogInAsync(email, Wrong);
        await identity.Database.ExecuteAsync("UPDATE identity.sign_in_failures SET failures = 99");

        (await identity.LogInAsync(email, Wrong)).ShouldBe(HttpStatusCode.Unauthorized);

        (await identity.LogInAsync(email, Wrong)).Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Guessing_in_parallel_gains_no_tries()
    {
        var user = await identity.RegisterAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => identity.LogInAsync(user.Email, Wrong)));

        replies.Count(reply => reply.Status == HttpStatusCode.Unauthorized).ShouldBe(5);
        replies.Count(reply => reply.Status == HttpStatusCode.Locked).ShouldBe(35);
    }

    [Fact]
    public async Task A_disabled_account_is_told_only_to_who_knows_its_password_and_its_tokens_are_dead()
    {
        var user = await identity.RegisterAsync();
        await identity.Database.ExecuteAsync($"UPDATE identity.users SET is_active = false WHERE id = '{user.Id}'");

        (await identity.LogInAsync(user.Email, Wrong)).ShouldBe(HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        (await identity.LogInAsync(user.Email)).ShouldBe(HttpStatusCode.Forbidden, "ACCOUNT_DISABLED");
        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_hash_with_fewer_rounds_than_now_is_renewed_at_the_next_sign_in()
    {
        var user = await identity.RegisterAsync();
        var old = new Microsoft.AspNetCore.Identity.PasswordHasher<object>(Microsoft.Extensions.Options.Options.Create(
            new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 10 })).HashPassword(new(), IdentityHost.Password);
        await identity.Database.ExecuteAsync($"UPDATE identity.users SET password_hash = '{old}' WHERE id = '{user.Id}'");

        await identity.SignInAsync(user.Email);

        (await identity.Database.QueryAsync<string>($"SELECT password_hash FROM identity.users WHERE id = '{user.Id}'")).ShouldNotBe(old);
        await identity.SignInAsync(user.Email);
    }

    [Fact]
    public async Task A_refusal_has_its_shape_whatever_the_caller_accepts()
    {
        using var client = identity.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh-token");
        request.Content = System.Net.Http.Json.JsonContent.Create(new { refreshToken = "x" });
        request.Headers.Accept.ParseAdd("text/html");

        using var response = await client.SendAsync(request);

        (await Reply.ReadAsync(response)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    /// <summary>An answer without what differs by nature: when it was given and its trace.</summary>
    private static string WithoutChance(Reply reply)
    {
        var body = JsonNode.Parse(reply.Body)!.AsObject();
        body.Remove("timestamp");
        body.Remove("traceId");
        return $"{(int)reply.Status} {reply.Headers} {body.ToJsonString()}";
    }
}

public sealed class BusyIdentityHost : IdentityHost
{
    protected override IEnumerable<KeyValuePair<string, string>> MoreSettings =>
    [
        new("Identity:Passwords:Iterations", "300000"),
        new("Identity:Passwords:ParallelHashes", "1"),
        new("Identity:Passwords:WaitingHashes", "1"),
    ];
}

public sealed class SignInFloodTests(BusyIdentityHost identity) : IClassFixture<BusyIdentityHost>
{
    [Fact]
    public async Task Who_comes_while_too_many_wait_for_the_password_check_is_told_when_to_come_again()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => identity.LogInAsync(IdentityHost.NewEmail())));

        var refused = replies.Where(reply => reply.Status == HttpStatusCode.TooManyRequests).ToList();
        refused.Count.ShouldBeInRange(1, 11, string.Join('\n', replies.Select(reply => reply.Body)));
        refused.ShouldAllBe(reply => reply.Code == "TOO_MANY_REQUESTS" && reply.Headers.RetryAfter != null);
        replies.ShouldAllBe(reply => reply.Status == HttpStatusCode.TooManyRequests || reply.Status == HttpStatusCode.Unauthorized);
    }
}
