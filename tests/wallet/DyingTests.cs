using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>A second replica, in a process of its own that can be killed, over the same database, broker and gateway.</summary>
public sealed class DyingTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Theory]
    [InlineData("notification.stored")]
    [InlineData("notification.status-read")]
    [InlineData("settlement.before-commit")]
    [InlineData("settlement.after-commit")]
    public async Task A_replica_that_dies_while_it_credits_leaves_all_or_nothing_and_the_next_notification_does_the_rest(string point)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement")).ToJsonString();
        using var replica = await Replica.StartAsync(wallet, point);

        await Should.ThrowAsync<HttpRequestException>(() => replica.NotifyAsync(notification));

        await replica.DiesAsync();
        (await wallet.BalanceOfAsync(user)).ShouldBe((point.Contains("after", StringComparison.Ordinal) ? 50_000 : 0, 0));
        (await wallet.NotifyAsync(notification)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await wallet.Bus.HearsAsync<Platform.Contracts.PaymentSettled>(m => m.OrderId == order)).Amount.Rupiah.ShouldBe(50_000);
        await wallet.BooksShouldBalanceAsync();
    }

    [Theory]
    [InlineData("notification.stored")]
    [InlineData("notification.status-read")]
    [InlineData("settlement.before-commit")]
    [InlineData("settlement.after-commit")]
    public async Task A_replica_that_dies_while_it_takes_back_leaves_all_or_nothing_and_the_next_notification_does_the_rest(string point)
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(
            wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 30_000, [(1, 10_000), (2, 20_000)])).ToJsonString();
        using var replica = await Replica.StartAsync(wallet, point);

        await Should.ThrowAsync<HttpRequestException>(() => replica.NotifyAsync(notification));

        await replica.DiesAsync();
        (await wallet.BalanceOfAsync(user)).ShouldBe((point.Contains("after", StringComparison.Ordinal) ? 20_000 : 50_000, 0));
        (await wallet.NotifyAsync(notification)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((20_000, 0));
        await Eventually.IsTrueAsync(() => Task.FromResult(
            wallet.Bus.All<Platform.Contracts.PaymentReversed>().Where(m => m.OrderId == order).Sum(m => m.Amount.Rupiah) == 30_000));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_top_up_whose_request_died_before_its_page_was_known_is_closed_by_the_janitor()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        // What such a request leaves behind; the store itself never lets a top-up go back there.
        await wallet.Database.ExecuteAsync($"""
            ALTER TABLE wallet.top_ups DISABLE TRIGGER top_ups_only_go_on;
            UPDATE wallet.top_ups SET stage = 'OPENING', snap_token = NULL, redirect_url = NULL WHERE order_id = '{order}';
            ALTER TABLE wallet.top_ups ENABLE TRIGGER top_ups_only_go_on
            """);

        wallet.Clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.SeesAsync(() => wallet.StatusOfAsync(user, order), status => status == "FAILED");
        (await wallet.InScopeAsync(db => db.TopUps.Where(t => t.OrderId == order).Select(t => t.NextCheckAt).SingleAsync())).ShouldBeNull();
    }

    private sealed class Replica : IDisposable
    {
        private readonly string faults = Directory.CreateTempSubdirectory("wallet-faults-").FullName;
        private readonly HttpClient http = new();
        private Process process = null!;

        public static async Task<Replica> StartAsync(WalletHost wallet, string point)
        {
            var replica = new Replica();
            await File.WriteAllTextAsync(Path.Combine(replica.faults, $"wallet.{point}"), "");
            var start = new ProcessStartInfo("dotnet", [typeof(WalletDbContext).Assembly.Location]) { RedirectStandardOutput = true };
            foreach (var (name, value) in wallet.SettingsOfAReplica())
                start.Environment[name] = value;
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
            start.Environment["PLATFORM_FAULTS"] = replica.faults;
            replica.process = Process.Start(start)!;
            replica.http.BaseAddress = await replica.AddressAsync();
            return replica;
        }

        public Task<HttpResponseMessage> NotifyAsync(string body) =>
            http.PostAsync("/api/wallet/webhook/midtrans", new StringContent(body, Encoding.UTF8, "application/json"));

        public Task DiesAsync() => process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        public void Dispose()
        {
            process.Kill();
            process.Dispose();
            http.Dispose();
            Directory.Delete(faults, recursive: true);
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
