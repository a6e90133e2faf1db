using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Identity.Tests;

public sealed class RegisteringTests(IdentityHost identity) : IClassFixture<IdentityHost>
{
    private const string Path = "/api/auth/register";

    [Fact]
    public async Task Who_registers_is_a_signed_in_USER_and_the_other_services_learn_of_it()
    {
        await using var bus = await TestBus.StartAsync(identity.Broker, (test, endpoint) => test.Hear<UserRevised>(endpoint));

        var reply = await identity.PostAsync(Path, new
        {
            name = "  Siti Rahma ", email = " Siti.Rahma@Example.ID ", password = IdentityHost.Password, phone = "081234567890",
            avatar = "https://img.example.id/siti.png",
        });

        reply.ShouldBe(HttpStatusCode.Created);
        reply.Text("data.user.name").ShouldBe("Siti Rahma");
        reply.Text("data.user.email").ShouldBe("siti.rahma@example.id");
        reply.Text("data.user.phone").ShouldBe("+6281234567890");
        reply.Text("data.user.role").ShouldBe("USER");
        reply.Body.ShouldNotContain("password", Case.Insensitive);
        (await identity.GetAsync("/api/auth/profile", reply.Text("data.accessToken"))).ShouldBe(HttpStatusCode.OK);
        var told = await bus.HearsAsync<UserRevised>(user => user.Email == "siti.rahma@example.id");
        told.CorrelationId.ToString().ShouldBe(reply.Text("data.user.id"));
        told.ShouldSatisfyAllConditions(
            user => user.Version.ShouldBe(1), user => user.Role.ShouldBe("USER"), user => user.IsActive.ShouldBeTrue(),
            user => user.Name.ShouldBe("Siti Rahma"), user => user.MemberSince.ShouldBe(identity.Clock.GetUtcNow(), TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Who_registers_for_themselves_is_announced_so_once_and_an_account_that_a_deployment_makes_is_not()
    {
        await using var bus = await TestBus.StartAsync(identity.Broker, (test, endpoint) =>
        {
            test.Hear<UserRegistered>(endpoint);
            test.Hear<UserRevised>(endpoint);
        });
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<Accounts.Accounts>();
            await accounts.AddAsync(
                new("Brought Along", "brought.along@example.id", IdentityHost.Password, Accounts.UserRole.User), CancellationToken.None);
            (await accounts.SaveAsync(CancellationToken.None)).ShouldBeNull();
        }

        var registered = await identity.RegisterAsync();

        var told = await bus.HearsAsync<UserRegistered>(m => m.UserId == registered.Id);
        told.RegisteredAt.ShouldBe(identity.Clock.GetUtcNow(), TimeSpan.FromHours(1));
        var brought = await bus.HearsAsync<UserRevised>(m => m.Email == "brought.along@example.id");
        bus.All<UserRegistered>().Count(m => m.UserId == registered.Id).ShouldBe(1);
        bus.All<UserRegistered>().ShouldNotContain(m => m.UserId == brought.CorrelationId);
    }

    [Theory]
    [InlineData("role", "ADMINISTRATOR")]
    [InlineData("isActive", true)]
    [InlineData("creditBalance", 1_000_000)]
    [InlineData("emailConfirmed", true)]
    public async Task What_is_not_the_visitors_to_choose_is_refused_as_unknown_field(string field, object value)
    {
        var email = IdentityHost.NewEmail();

        var reply = await identity.PostAsync(Path, new Dictionary<string, object>
        {
            ["name"] = "Budi", ["email"] = email, ["password"] = IdentityHost.Password, [field] = value,
        });

        reply.ShouldBe(HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
        reply.Text("message").ShouldContain(field);
        (await identity.LogInAsync(email)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task All_faults_of_a_registration_are_told_at_once_under_the_names_of_their_fields()
    {
        var reply = await identity.PostAsync(Path, new
        {
            name = "B", email = "not an address", password = "short", phone = "+1 555 0100", avatar = "javascript:alert(1)",
        });

        reply.ShouldBe(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        reply.At("errors")!.AsObject().Select(error => error.Key).ShouldBe(
            ["name", "email", "password", "phone", "avatar"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("empat belas ok")]
    [InlineData("passwordpassword")]
    [InlineData("Password1234567890")]
    [InlineData("qwertyuiopasdfghjkl")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("correct horse battery staple")]
    [InlineData("BismillahIndonesia123")]
    [InlineData("wulandari@example.id")]
    [InlineData("Wulandari Kusuma 12")]
    public async Task A_password_that_is_short_common_or_ones_own_name_is_refused(string password)
    {
        var reply = await identity.PostAsync(Path, new { name = "Wulandari Kusuma", email = "wulandari@example.id", password });

        reply.ShouldBe(HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        reply.At("errors")!["password"].ShouldNotBeNull(reply.Body);
        reply.Body.ShouldNotContain(password);
    }

    [Theory]
    [InlineData("lima belas okee")]
    [InlineData("kopi tanpa gula 🌶️ 茶 ñ")]
    [InlineData(" spasi di depan dan belakang ")]
    public async Task A_long_password_of_any_characters_works_and_is_not_cut(string password)
    {
        var long_ = password + new string('x', 200);
        foreach (var chosen in new[] { password, long_ })
        {
            var email = IdentityHost.NewEmail();
            (await identity.PostAsync(Path, new { name = "Budi", email, password = chosen })).ShouldBe(HttpStatusCode.Created);
            (await identity.LogInAsync(email, chosen)).ShouldBe(HttpStatusCode.OK);
            (await identity.LogInAsync(email, chosen[..^1])).ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData(257)]
    [InlineData(10_000)]
    public async Task A_password_beyond_reason_is_refused_before_it_costs_anything(int length)
    {
        var password = string.Concat(Enumerable.Repeat("kopi ", length / 5 + 1))[..length];

        (await identity.PostAsync(Path, new { name = "Budi", email = IdentityHost.NewEmail(), password }))
            .ShouldBe(HttpStatusCode.BadRequest);
        (await identity.LogInAsync(IdentityHost.NewEmail(), password)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_address_and_a_phone_number_belong_to_one_account_however_they_are_written()
    {
        var email = IdentityHost.NewEmail();
        (await identity.PostAsync(Path, new { name = "Budi", email, password = IdentityHost.Password, phone = "6281355500001" }))
            .ShouldBe(HttpStatusCode.Created);

        (await identity.PostAsync(Path, new { name = "Budi", email = email.ToUpperInvariant(), password = IdentityHost.Password }))
            .ShouldBe(HttpStatusCode.Conflict, "EMAIL_TAKEN");
        (await identity.PostAsync(Path, new
        {
            name = "Budi", email = IdentityHost.NewEmail(), password = IdentityHost.Password, phone = "081355500001",
        })).ShouldBe(HttpStatusCode.Conflict, "PHONE_TAKEN");
    }

    [Fact]
    public async Task Of_many_registrations_of_one_address_at_once_one_succeeds()
    {
        var email = IdentityHost.NewEmail();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            identity.PostAsync(Path, new { name = "Budi", email, password = IdentityHost.Password })));

        replies.Count(reply => reply.Status == HttpStatusCode.Created).ShouldBe(1);
        replies.Count(reply => reply.Code == "EMAIL_TAKEN").ShouldBe(7, string.Join('\n', replies.Select(reply => reply.Body)));
    }

    [Theory]
    [InlineData("""{"name":"Budi","email":"a@b.id"}""")]
    [InlineData("""{"name":null,"email":"a@b.id","password":"merah kuning hijau"}""")]
    [InlineData("""{"name":"Bu\u0000di","email":"a@b.id","password":"merah kuning hijau"}""")]
    [InlineData("""{"name":"\ud800x","email":"a@b.id","password":"merah kuning hijau"}""")]
    [InlineData("""{"name":"Budi","email":["a@b.id"],"password":"merah kuning hijau"}""")]
    [InlineData("not json")]
    public async Task A_body_that_is_not_what_it_must_be_is_the_callers_fault(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        (await identity.PostAsync(Path, content)).ShouldBe(HttpStatusCode.BadRequest);
    }
}
