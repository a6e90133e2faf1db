using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>What administrators do with wallets.</summary>
internal static class AdminWallets
{
    public const string Reason = "Goodwill after the outage";

    public static HttpClient AsAdministrator(this WalletHost wallet, Guid administrator, string? key = null)
    {
        var client = wallet.As(administrator, "ADMINISTRATOR");
        if (key is not null)
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
        return client;
    }

    /// <summary>Identity has announced the user, and wallet has heard it.</summary>
    public static async Task<Guid> KnownUserAsync(this WalletHost wallet, string name = "Siti Nurhaliza", DateTimeOffset? since = null)
    {
        var user = Guid.CreateVersion7();
        await wallet.Bus.SayAsync(
            new UserRevised(user, 1, name, $"{user:N}@example.id", "USER", true, since ?? new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        await Eventually.IsTrueAsync(() => wallet.InScopeAsync(db => db.Users.AnyAsync(u => u.Id == user)),
            TimeSpan.FromSeconds(30), $"user {user} known to wallet");
        return user;
    }

    public static Task<HttpResponseMessage> AddAsync(this WalletHost wallet, Guid user, long amount, Guid administrator,
        string? key = null) =>
        wallet.AsAdministrator(administrator, key).PostAsJsonAsync(PathOf(user, "add-credit"), new { amount, reason = Reason });

    public static Task<HttpResponseMessage> DeductAsync(this WalletHost wallet, Guid user, long amount, Guid administrator,
        string? key = null) =>
        wallet.AsAdministrator(administrator, key).PostAsJsonAsync(PathOf(user, "deduct-credit"), new { amount, reason = Reason });

    public static async Task<JsonNode> AddedAsync(this WalletHost wallet, Guid user, long amount, Guid administrator) =>
        await WalletHost.DataAsync(await wallet.AddAsync(user, amount, administrator));

    public static string PathOf(Guid user, string what) => $"/api/admin/wallets/users/{user}/{what}";

    /// <summary>In no order: the tests' clock stands still, and ids of one instant have none.</summary>
    public static Task<List<AuditEntry>> AuditOfAsync(this WalletHost wallet, Guid target) => wallet.InScopeAsync(db =>
        db.Audit.Where(a => a.Target == target.ToString()).ToListAsync());

    /// <summary>Nothing of the user moved, was noted or is waiting.</summary>
    public static async Task ShouldBeUntouchedAsync(this WalletHost wallet, Guid user)
    {
        (await wallet.AuditOfAsync(user)).ShouldBeEmpty();
        (await wallet.InScopeAsync(db => db.Transactions.CountAsync(t => t.UserId == user))).ShouldBe(0);
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
    }

    public static async Task<JsonNode> ReadAsync(this WalletHost wallet, Guid administrator, string path) =>
        await WalletHost.DataAsync(await wallet.AsAdministrator(administrator).GetAsync("/api/admin/wallets" + path), HttpStatusCode.OK);
}
