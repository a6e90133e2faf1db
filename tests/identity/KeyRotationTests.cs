using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class KeyRotationTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task A_new_key_is_published_first_and_signs_later_and_a_removed_one_is_believed_no_more()
    {
        var user = await identity.RegisterAsync();
        var old = KeyOf(user);
        (await PublishedAsync()).ShouldBe([old]);

        identity.Keys.Add("2026-02.pem");
        identity.Clock.Advance(TimeSpan.FromMinutes(1));
        var published = await Eventually.SeesAsync(PublishedAsync, keys => keys.Count == 2);
        published[0].ShouldBe(old);
        KeyOf(await identity.SignInAsync(user.Email)).ShouldBe(old);

        identity.Clock.Advance(TimeSpan.FromMinutes(11));
        KeyOf(await identity.SignInAsync(user.Email)).ShouldBe(published[1]);
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.OK);

        identity.Keys.Write("2026-03.pem", "rubbish");
        identity.Clock.Advance(TimeSpan.FromMinutes(1));
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.OK);
        identity.Keys.Remove("2026-03.pem");
        identity.Keys.Remove("2026-01.pem");
        await Eventually.SeesAsync(
            () =>
            {
                identity.Clock.Advance(TimeSpan.FromMinutes(1));
                return PublishedAsync();
            },
            keys => keys.SequenceEqual([published[1]]));
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
        KeyOf(await identity.SignInAsync(user.Email)).ShouldBe(published[1]);
    }

    private static string KeyOf(SignedInUser user) => new JsonWebToken(user.AccessToken).Kid;

    private async Task<List<string>> PublishedAsync() =>
        [.. (await identity.GetAsync("/.well-known/jwks.json")).At("keys")!.AsArray().Select(key => key!["kid"]!.GetValue<string>())];
}
