using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Wallets.Tests;

/// <summary>A small Midtrans on a port of its own: what the tests need of midtrans.md, and the faults that they want of it.</summary>
public sealed class FakeMidtrans : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-Qw7Zr2Lk9Xv4Tn8Bh3Md5Pc6";
    public const string ClientKey = "SB-Mid-client-Rt5Yu8Io1Pa4Sd7F";
    public const string MerchantId = "G123456789";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, JsonObject> byTransaction = new();
    private readonly ConcurrentDictionary<string, string> latestOfOrder = new();

    private FakeMidtrans(WebApplication app)
    {
        this.app = app;
        app.MapPost("/snap/v1/transactions", (Delegate)OpenAsync);
        app.MapPost("/snap/v1/transactions/{token}/cancel", CancelPage);
        app.MapGet("/v2/{id}/status", (Delegate)StatusAsync);
        app.MapPost("/v2/{id}/cancel", (string id, HttpContext http) => Core(http, id, found => End(found, "cancel", "200")));
        app.MapPost("/v2/{id}/expire", (string id, HttpContext http) => Core(http, id, found => End(found, "expire", "407")));
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>The bodies that Snap was sent, newest last.</summary>
    public ConcurrentQueue<JsonObject> Opened { get; } = new();

    /// <summary>The raw paths that Core was asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What the next payment pages are answered with; null opens them.</summary>
    public int? SnapStatus { get; set; }

    /// <summary>Opens the page, but never says so.</summary>
    public bool SnapHangs { get; set; }

    /// <summary>The tokens of the pages that were cancelled, or were to be.</summary>
    public ConcurrentQueue<string> CancelledPages { get; } = new();

    /// <summary>What the next cancellations of pages are answered with; null cancels them.</summary>
    public (int Status, string Message)? PageCancellation { get; set; }

    /// <summary>Core answers 503 while set.</summary>
    public bool CoreIsDown { get; set; }

    /// <summary>Core takes the question and never answers.</summary>
    public bool CoreHangs { get; set; }

    public static async Task<FakeMidtrans> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var fake = new FakeMidtrans(builder.Build());
        await fake.app.StartAsync();
        return fake;
    }

    /// <summary>The customer did something on the payment page, or the bank did.</summary>
    /// <returns>The gateway's own transaction id.</returns>
    public string Is(Guid order, long amount, string status, string? transaction = null, string? fraud = "accept",
        Action<JsonObject>? but = null)
    {
        transaction ??= $"tx-{order:N}";
        var body = new JsonObject
        {
            ["transaction_id"] = transaction,
            ["order_id"] = order.ToString(),
            ["transaction_status"] = status,
            ["status_code"] = StatusCode(status, fraud),
            ["gross_amount"] = Rupiah(amount),
            ["currency"] = "IDR",
            ["merchant_id"] = MerchantId,
            ["payment_type"] = "bank_transfer",
            ["transaction_time"] = "2026-11-02 10:04:05",
            ["some_new_member"] = new JsonObject { ["from"] = "next year" },
        };
        if (fraud is not null)
            body["fraud_status"] = fraud;
        but?.Invoke(body);
        byTransaction[transaction] = body;
        latestOfOrder[order.ToString()] = transaction;
        return transaction;
    }

    /// <summary>Part of a settled payment, or all of it, went back.</summary>
    /// <param name="taken">All that went back so far; null when the gateway does not say.</param>
    /// <param name="refunds">The refunds that it names, oldest first.</param>
    public string TookBack(Guid order, long amount, string status, long? taken, (long Id, long Amount)[]? refunds = null,
        string? transaction = null) => Is(order, amount, status, transaction, but: body =>
    {
        if (taken is not null)
            body["refund_amount"] = Rupiah(taken.Value);
        if (refunds is not null)
            body["refunds"] = new JsonArray([.. refunds.Select(refund => new JsonObject
            {
                ["refund_chargeback_id"] = refund.Id,
                ["refund_amount"] = Rupiah(refund.Amount),
                ["refund_key"] = $"key-{refund.Id}",
            })]);
    });

    /// <summary>The notification about a transaction as it stands, signed with its own status code.</summary>
    public JsonObject Notification(string transaction, string key = ServerKey)
    {
        var body = (JsonObject)byTransaction[transaction].DeepClone();
        if ((string?)body["transaction_status"] is "expire" or "cancel" or "deny")
            body["status_code"] = "202";
        return Sign(body, key);
    }

    public static JsonObject Sign(JsonObject body, string key = ServerKey)
    {
        body["signature_key"] = MidtransSignature
            .Of((string)body["order_id"]!, (string)body["status_code"]!, (string)body["gross_amount"]!, key);
        return body;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static string Rupiah(long amount) => amount.ToString("0'.00'", CultureInfo.InvariantCulture);

    private IResult CancelPage(string token, HttpContext http)
    {
        if (Unauthorized(http) is { } refused)
            return refused;
        CancelledPages.Enqueue(token);
        return PageCancellation is { } no
            ? Results.Json(new { error_messages = new[] { no.Message } }, statusCode: no.Status)
            : Results.Json(new { canceled_at = "2026-11-02T03:04:05.000Z" });
    }

    private static string StatusCode(string status, string? fraud) => (status.ToLowerInvariant(), fraud) switch
    {
        ("pending", _) or ("capture", "challenge") => "201",
        ("expire", _) => "407",
        ("deny", _) => "202",
        _ => "200",
    };

    private static JsonObject End(JsonObject found, string status, string code)
    {
        if ((string?)found["transaction_status"] != "pending")
            return new JsonObject { ["status_code"] = "412", ["status_message"] = "Merchant cannot modify the status of the transaction" };
        (found["transaction_status"], found["status_code"]) = (status, code);
        return found;
    }

    private async Task<IResult> OpenAsync(HttpContext http)
    {
        if (Unauthorized(http) is { } refused)
            return refused;
        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        Opened.Enqueue(body);
        if (SnapHangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
            return Results.Empty;
        }

        if (SnapStatus is { } status)
            return Results.Json(new { error_messages = new[] { "no" } }, statusCode: status);
        var token = Guid.CreateVersion7().ToString();
        return Results.Json(new { token, redirect_url = $"{Address}snap/v4/redirection/{token}" }, statusCode: 201);
    }

    private async Task<IResult> StatusAsync(string id, HttpContext http)
    {
        if (CoreHangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        return Core(http, id, found => found);
    }

    private IResult Core(HttpContext http, string id, Func<JsonObject, JsonObject> act)
    {
        Asked.Enqueue(http.Request.Path.Value!);
        if (Unauthorized(http) is { } refused)
            return refused;
        if (CoreIsDown)
            return Results.Json(new { status_code = "503", status_message = "down" }, statusCode: 503);
        return byTransaction.TryGetValue(latestOfOrder.GetValueOrDefault(id, id), out var found)
            ? Results.Text(act(found).ToJsonString(), "application/json")
            : Results.Json(new { status_code = "404", status_message = "Transaction doesn't exist." });
    }

    private static IResult? Unauthorized(HttpContext http)
    {
        var expected = "Basic " + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(ServerKey + ":"));
        return http.Request.Headers.Authorization == expected ? null : Results.Json(new { status_code = "401" }, statusCode: 401);
    }
}
