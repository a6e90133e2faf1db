using System.Net;

namespace Platform.Identity.Tests;

public sealed class SigningOutTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task Signing_out_ends_the_session_of_the_refresh_token_at_once()
    {
        var here = await identity.RegisterAsync();
        var there = await identity.SignInAsync(here.Email);

        var reply = await identity.PostAsync("/api/auth/logout", new { refreshToken = here.RefreshToken }, here.AccessToken);

        reply.ShouldBe(HttpStatusCode.OK);
        reply.At("data").ShouldBeNull();
        (await identity.RenewAsync(here.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
        (await identity.GetAsync("/api/user/profile", here.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await identity.RenewAsync(there.RefreshToken)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_body_the_session_of_the_access_token_ends()
    {
        var user = await identity.RegisterAsync();

        (await identity.PostAsync("/api/auth/logout", null, user.AccessToken)).ShouldBe(HttpStatusCode.OK);

        (await identity.RenewAsync(user.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized, "REFRESH_INVALID");
    }

    [Fact]
    public async Task Somebody_elses_refresh_token_is_not_ended_and_the_answer_does_not_tell()
    {
        var (owner, other) = (await identity.RegisterAsync(), await identity.RegisterAsync());

        (await identity.PostAsync("/api/auth/logout", new { refreshToken = owner.RefreshToken }, other.AccessToken))
            .ShouldBe(HttpStatusCode.OK);

        (await identity.RenewAsync(owner.RefreshToken)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_sessions_of_this_user_and_counts_them()
    {
        var (first, stranger) = (await identity.RegisterAsync(), await identity.RegisterAsync());
        var second = await identity.SignInAsync(first.Email);

        var reply = await identity.PostAsync("/api/auth/logout-all", null, first.AccessToken);

        reply.ShouldBe(HttpStatusCode.OK);
        reply.At("data.revoked")!.GetValue<int>().ShouldBe(2);
        (await identity.RenewAsync(first.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await identity.RenewAsync(second.RefreshToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await identity.GetAsync("/api/user/profile", second.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await identity.RenewAsync(stranger.RefreshToken)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "/api/auth/logout")]
    [InlineData("POST", "/api/auth/logout-all")]
    [InlineData("GET", "/api/auth/profile")]
    [InlineData("GET", "/api/user/profile")]
    [InlineData("PUT", "/api/user/profile")]
    [InlineData("PATCH", "/api/user/avatar")]
    public async Task Nothing_of_a_user_is_open_to_strangers(string method, string path)
    {
        var reply = await identity.SendAsync(new(method), path, null);

        reply.ShouldBe(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        reply.Headers.WwwAuthenticate.ToString().ShouldContain("Bearer");
    }
}
