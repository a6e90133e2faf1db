using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>A replica that is killed in the middle of an adjustment; another one is asked the same with the same key.</summary>
public sealed class AdminDyingTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid administrator = Guid.CreateVersion7();

    [Theory]
    [InlineData("adjustment.key-committed", 0)]
    [InlineData("adjustment.posted", 10_000)]
    public async Task An_adjustment_whose_replica_dies_is_done_once_when_it_is_asked_again_with_its_key(string point, long before)
    {
        var (user, key) = (await wallet.KnownUserAsync(), Guid.CreateVersion7().ToString());
        await using var replica = await Replica.StartAsync(wallet, point);

        await Should.ThrowAsync<HttpRequestException>(() => replica.PostAsync(
            administrator, key, AdminWallets.PathOf(user, "add-credit"), new() { ["amount"] = 10_000, ["reason"] = AdminWallets.Reason }));
        await replica.DiesAsync();
        (await wallet.BalanceOfAsync(user)).ShouldBe((before, 0));

        var data = await WalletHost.DataAsync(await wallet.AddAsync(user, 10_000, administrator, key));

        ((long)data["user"]!["previousBalance"]!, (long)data["user"]!["newBalance"]!).ShouldBe((0, 10_000));
        await ShouldBeDoneOnceAsync(user, 10_000, 1);
        await WalletHost.ShouldRefuseAsync(
            await wallet.AddAsync(user, 20_000, administrator, key), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
    }

    [Theory]
    [InlineData("adjustment.key-committed")]
    [InlineData("adjustment.posted")]
    public async Task An_approval_whose_replica_dies_is_done_once_when_it_is_asked_again_with_its_key(string point)
    {
        const long Amount = 10_000_001;
        var (user, key) = (await wallet.KnownUserAsync(), Guid.CreateVersion7().ToString());
        var asked = await WalletHost.DataAsync(
            await wallet.AddAsync(user, Amount, Guid.CreateVersion7()), HttpStatusCode.Accepted);
        var path = $"/api/admin/wallets/approvals/{asked["approval"]!["id"]}/approve";
        await using var replica = await Replica.StartAsync(wallet, point);

        await Should.ThrowAsync<HttpRequestException>(() => replica.PostAsync(administrator, key, path, []));
        await replica.DiesAsync();

        var data = await WalletHost.DataAsync(
            await wallet.AsAdministrator(administrator, key).PostAsJsonAsync(path, new JsonObject()));
        ((string?)data["approval"]!["status"]).ShouldBe("APPROVED");
        await ShouldBeDoneOnceAsync(user, Amount, 2);
    }

    private async Task ShouldBeDoneOnceAsync(Guid user, long amount, int auditRows)
    {
        (await wallet.BalanceOfAsync(user)).ShouldBe((amount, 0));
        (await wallet.AuditOfAsync(user)).Count.ShouldBe(auditRows);
        await wallet.BooksShouldBalanceAsync();
    }

    /// <summary>The same service in a process of its own; it believes the tests' tokens, whose key it finds at its authority.</summary>
    private sealed class Replica : IAsyncDisposable
    {
        private readonly string faults = Directory.CreateTempSubdirectory("wallet-faults-").FullName;
        private readonly HttpClient http = new();
        private Process process = null!;
        private WebApplication authority = null!;

        public static async Task<Replica> StartAsync(WalletHost wallet, string point)
        {
            var replica = new Replica { authority = await AuthorityAsync() };
            await File.WriteAllTextAsync(Path.Combine(replica.faults, $"wallet.{point}"), "");
            var start = new ProcessStartInfo("dotnet", [typeof(WalletDbContext).Assembly.Location]) { RedirectStandardOutput = true };
            foreach (var (name, value) in wallet.SettingsOfAReplica())
                start.Environment[name] = value;
            start.Environment["Auth__Authority"] = replica.authority.Urls.First();
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
            start.Environment["PLATFORM_FAULTS"] = replica.faults;
            replica.process = Process.Start(start)!;
            replica.http.BaseAddress = await replica.AddressAsync();
            return replica;
        }

        public async Task<HttpResponseMessage> PostAsync(Guid administrator, string key, string path, JsonObject body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.For(administrator, "ADMINISTRATOR"));
            request.Headers.Add("Idempotency-Key", key);
            return await http.SendAsync(request);
        }

        public Task DiesAsync() => process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            process.Dispose();
            http.Dispose();
            await authority.DisposeAsync();
            Directory.Delete(faults, recursive: true);
        }

        private static async Task<WebApplication> AuthorityAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(TestTokens.Key);
            var published = new JsonObject
            {
                ["kty"] = key.Kty, ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y, ["kid"] = key.Kid, ["use"] = "sig", ["alg"] = "ES256",
            };
            var keys = new JsonObject { ["keys"] = new JsonArray(published) }.ToJsonString();
            app.MapGet("/.well-known/openid-configuration", () => Microsoft.AspNetCore.Http.Results.Content(
                new JsonObject { ["issuer"] = TestTokens.Issuer, ["jwks_uri"] = $"{app.Urls.First()}/keys" }.ToJsonString(),
                "application/json"));
            app.MapGet("/keys", () => Microsoft.AspNetCore.Http.Results.Content(keys, "application/json"));
            await app.StartAsync();
            return app;
        }

        private async Task<Uri> AddressAsync()
        {
            const string Listening = "Now listening on: ";
            var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { } text && text.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
                    address.TrySetResult(new(text[(at + Listening.Length)..].Split('"')[0]));
            };
            process.BeginOutputReadLine();
            return await address.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
