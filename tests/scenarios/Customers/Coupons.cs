using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Customers;

/// <summary>How a coupon stands.</summary>
internal sealed record CouponState(long Used, string Status);

/// <summary>What an administrator does with coupons.</summary>
internal sealed class Coupons(RunningPlatform platform)
{
    /// <returns>The code of a new coupon that takes a part off the price of the first month.</returns>
    public async Task<string> MakeAsync(int percent, int uses)
    {
        var code = $"LESS-{Guid.CreateVersion7():N}".ToUpperInvariant()[..30];
        await AskAsync(HttpMethod.Post, "admin/coupons", new
        {
            code, name = "Less for the first month", type = "SUBSCRIPTION_DISCOUNT", discountType = "PERCENTAGE",
            discountPercent = percent, maxUses = uses,
        });
        return code;
    }

    public async Task<CouponState> LookAsync(string code)
    {
        var coupon = (await AskAsync(HttpMethod.Get, $"admin/coupons?search={code}", body: null)).Find("coupons.0");
        return new(coupon.Number("usedCount"), coupon.Text("status"));
    }

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, object? body)
    {
        using var http = Direct.To(new(platform.System.Gateway, "api/"), TimeSpan.FromSeconds(20));
        var signedIn = await SendAsync(http, HttpMethod.Post, "auth/login",
            new { email = "admin@example.id", password = platform.System.Secrets.AdminPassword });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.Text("accessToken"));
        return await SendAsync(http, method, path, body);
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!["data"]!
            : throw new InvalidOperationException($"{method} {path} was answered {(int)answer.StatusCode}: {text}");
    }
}
