using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Identity.Storage;
using Platform.Testing;

namespace Platform.Identity.Tests;

/// <summary>identity with a key directory of its own and cheap hashes, and what people do with it.</summary>
public class IdentityHost() : ServiceHost<Program, UsersDbContext>(UsersDbContext.Schema)
{
    public const string Password = "merah kuning hijau di langit";

    public KeyDirectory Keys { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("Identity:SigningKeysDirectory", Keys.Path),
        new("Identity:Passwords:Iterations", "1000"),
        new("Identity:Passwords:WaitingHashes", "100"),
        .. MoreSettings,
    ];

    protected virtual IEnumerable<KeyValuePair<string, string>> MoreSettings => [];

    public static string NewEmail() => $"u{Guid.CreateVersion7():N}@example.id";

    public Task<Reply> PostAsync(string path, object? body, string? accessToken = null) =>
        SendAsync(HttpMethod.Post, path, body, accessToken);

    public Task<Reply> GetAsync(string path, string? accessToken = null) => SendAsync(HttpMethod.Get, path, null, accessToken);

    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body, string? accessToken = null)
    {
        using var client = Anonymous();
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = body is HttpContent content ? content : JsonContent.Create(body);
        if (accessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await client.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    public async Task<SignedInUser> RegisterAsync(string? email = null)
    {
        email ??= NewEmail();
        var reply = await PostAsync("/api/auth/register", new { name = "Budi", email, password = Password });
        reply.ShouldBe(HttpStatusCode.Created);
        return SignedInUser.Of(reply, email);
    }

    public Task<Reply> LogInAsync(string email, string password = Password) => PostAsync("/api/auth/login", new { email, password });

    public async Task<SignedInUser> SignInAsync(string email)
    {
        var reply = await LogInAsync(email);
        reply.ShouldBe(HttpStatusCode.OK);
        return SignedInUser.Of(reply, email);
    }

    public Task<Reply> RenewAsync(string refreshToken) => PostAsync("/api/auth/refresh-token", new { refreshToken });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Keys.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed record SignedInUser(Guid Id, string Email, string AccessToken, string RefreshToken)
{
    public static SignedInUser Of(Reply reply, string email) => new(
        Guid.Parse(reply.Text("data.user.id")), email, reply.Text("data.accessToken"), reply.Text("data.refreshToken"));
}

/// <summary>An answer, read; its text goes into every failure.</summary>
public sealed record Reply(HttpStatusCode Status, HttpResponseHeaders Headers, string Body)
{
    public string? Code => At("code")?.GetValue<string>();

    public static async Task<Reply> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());

    public JsonNode? At(string path) =>
        path.Split('.').Aggregate(Body is "" ? null : JsonNode.Parse(Body), (node, member) => node?[member]);

    public string Text(string path) => (At(path) ?? throw new InvalidOperationException($"No {path} in: {Body}")).GetValue<string>();

    public void ShouldBe(HttpStatusCode status, string? code = null)
    {
        Status.ShouldBe(status, Body);
        if (code is not null)
            Code.ShouldBe(code, Body);
    }
}
