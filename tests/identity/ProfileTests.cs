using System.Net;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class ProfileTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task A_change_shows_at_once_and_is_told_with_the_next_version()
    {
        await using var bus = await TestBus.StartAsync(identity.Broker, (test, endpoint) => test.Hear<UserRevised>(endpoint));
        var user = await identity.RegisterAsync();

        var changed = await ChangeAsync(user, new { name = " Budi Santoso ", phone = "+6281277700001" });

        changed.ShouldBe(HttpStatusCode.OK);
        var shown = await identity.GetAsync("/api/user/profile", user.AccessToken);
        shown.Text("data.user.name").ShouldBe("Budi Santoso");
        shown.Text("data.user.phone").ShouldBe("+6281277700001");
        var told = await bus.HearsAsync<UserRevised>(message => message.CorrelationId == user.Id && message.Version == 2);
        told.Name.ShouldBe("Budi Santoso");
    }

    [Fact]
    public async Task Empty_phone_and_avatar_count_as_absent_and_an_empty_name_is_refused()
    {
        var user = await identity.RegisterAsync();
        (await ChangeAsync(user, new { phone = "081277700002", avatar = "https://img.example.id/1.png" })).ShouldBe(HttpStatusCode.OK);

        var reply = await ChangeAsync(user, new { name = "Budi", phone = "", avatar = "" });

        reply.Text("data.user.phone").ShouldBe("+6281277700002");
        reply.Text("data.user.avatar").ShouldBe("https://img.example.id/1.png");
        (await ChangeAsync(user, new { name = "" })).ShouldBe(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
    }

    [Fact]
    public async Task What_changes_nothing_is_no_new_version()
    {
        var user = await identity.RegisterAsync();

        (await ChangeAsync(user, new { name = "Budi" })).ShouldBe(HttpStatusCode.OK);

        (await identity.Database.QueryAsync<long>($"SELECT version FROM identity.users WHERE id = '{user.Id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_phone_number_of_somebody_else_is_refused_and_nothing_changes()
    {
        var (owner, other) = (await identity.RegisterAsync(), await identity.RegisterAsync());
        (await ChangeAsync(owner, new { phone = "081277700003" })).ShouldBe(HttpStatusCode.OK);

        (await ChangeAsync(other, new { name = "Joko", phone = "6281277700003" })).ShouldBe(HttpStatusCode.Conflict, "PHONE_TAKEN");

        (await identity.GetAsync("/api/user/profile", other.AccessToken)).Text("data.user.name").ShouldBe("Budi");
    }

    [Theory]
    [InlineData("id", "00000000-0000-0000-0000-000000000001")]
    [InlineData("role", "ADMINISTRATOR")]
    [InlineData("email", "other@example.id")]
    [InlineData("passwordHash", "x")]
    public async Task Fields_that_are_not_the_users_to_change_are_refused(string field, string value)
    {
        var user = await identity.RegisterAsync();

        var reply = await ChangeAsync(user, new Dictionary<string, string> { ["name"] = "Joko", [field] = value });

        reply.ShouldBe(HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
        (await identity.GetAsync("/api/user/profile", user.AccessToken)).Text("data.user.name").ShouldBe("Budi");
    }

    [Fact]
    public async Task Two_changes_at_once_both_count()
    {
        var user = await identity.RegisterAsync();

        await Task.WhenAll(ChangeAsync(user, new { name = "Joko" }), ChangeAsync(user, new { avatar = "https://img.example.id/2.png" }));

        var shown = await identity.GetAsync("/api/user/profile", user.AccessToken);
        shown.Text("data.user.name").ShouldBe("Joko");
        shown.Text("data.user.avatar").ShouldBe("https://img.example.id/2.png");
        (await identity.Database.QueryAsync<long>($"SELECT version FROM identity.users WHERE id = '{user.Id}'")).ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"avatar":"https://img.example.id/3.png"}""", HttpStatusCode.OK)]
    [InlineData("""{"avatar":"javascript:alert(1)"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"avatar":"/relative.png"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"avatar":""}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    public async Task An_avatar_is_an_address_on_the_web(string body, HttpStatusCode expected)
    {
        var user = await identity.RegisterAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        (await identity.SendAsync(HttpMethod.Patch, "/api/user/avatar", content, user.AccessToken)).ShouldBe(expected);
    }

    private Task<Reply> ChangeAsync(SignedInUser user, object body) =>
        identity.SendAsync(HttpMethod.Put, "/api/user/profile", body, user.AccessToken);
}
