using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Platform.Wallets;

/// <summary>What came of asking for a payment page.</summary>
internal abstract record SnapOutcome
{
    private SnapOutcome()
    {
    }

    public sealed record Opened(string Token, string RedirectUrl) : SnapOutcome;

    /// <summary>Certainly not opened.</summary>
    public sealed record Refused(string Reason) : SnapOutcome;

    /// <summary>The gateway may have opened it without our hearing of it.</summary>
    /// <param name="Answered">It did answer, but with a fault of its own.</param>
    public sealed record Unknown(string Reason, bool Answered) : SnapOutcome;
}

/// <summary>What came of asking about, cancelling or expiring a transaction.</summary>
internal abstract record GatewayAnswer
{
    private GatewayAnswer()
    {
    }

    /// <param name="AskedAt">When the question was asked: what it says may have changed since.</param>
    public sealed record Found(GatewayTransaction Transaction, string Raw, DateTimeOffset AskedAt) : GatewayAnswer;

    /// <summary>Normal for a payment page on which no method was chosen yet.</summary>
    public sealed record NotFound : GatewayAnswer;

    /// <summary>The transaction's state does not allow it.</summary>
    public sealed record NotAllowed : GatewayAnswer;

    public sealed record Unavailable(string Reason) : GatewayAnswer;
}

/// <summary>Midtrans' Snap and Core APIs. One try per call: whoever asks knows when asking again makes sense.</summary>
internal sealed partial class MidtransClient
{
    private readonly HttpClient http;
    private readonly MidtransOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    public MidtransClient(HttpClient http, IOptions<MidtransOptions> options, TimeProvider clock, ILogger<MidtransClient> log)
    {
        (this.http, this.options, this.clock, this.log) = (http, options.Value, clock, log);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(this.options.ServerKey + ":"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        http.DefaultRequestHeaders.Accept.Add(new(MediaTypeNames.Application.Json));
    }

    public async Task<SnapOutcome> OpenPaymentAsync(SnapRequest request, CancellationToken ct)
    {
        try
        {
            using var content =
                new StringContent(JsonSerializer.Serialize(request, SnapRequest.Json), Encoding.UTF8, MediaTypeNames.Application.Json);
            using var response = await http.PostAsync(new Uri($"{options.SnapUrl.TrimEnd('/')}/transactions"), content, ct);
            var status = $"HTTP {(int)response.StatusCode}";
            return response.StatusCode switch
            {
                HttpStatusCode.Created or HttpStatusCode.OK =>
                    SnapAnswer.Parse(await response.Content.ReadAsStringAsync(ct))
                    ?? new SnapOutcome.Unknown($"{status} with an unreadable body", Answered: true),
                >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => new SnapOutcome.Unknown(status, Answered: true),
                _ => new SnapOutcome.Refused(status),
            };
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new SnapOutcome.Refused(e.HttpRequestError.ToString());
        }
        catch (Exception e) when (Cut(e, ct))
        {
            return new SnapOutcome.Unknown(e.GetType().Name, Answered: false);
        }
    }

    /// <param name="id">An order id, or the gateway's own transaction id.</param>
    public Task<GatewayAnswer> StatusAsync(string id, CancellationToken ct) => CoreAsync(HttpMethod.Get, id, "status", ct);

    public Task<GatewayAnswer> CancelAsync(Guid orderId, CancellationToken ct) =>
        CoreAsync(HttpMethod.Post, orderId.ToString(), "cancel", ct);

    public Task<GatewayAnswer> ExpireAsync(Guid orderId, CancellationToken ct) =>
        CoreAsync(HttpMethod.Post, orderId.ToString(), "expire", ct);

    /// <summary>
    /// Closes a payment page, so that nobody begins to pay on it. Whether it works changes nothing for us: on a page that stays open one
    /// can still pay, and what is paid is credited.
    /// </summary>
    public async Task CancelPageAsync(Guid orderId, string token, CancellationToken ct)
    {
        if (!GatewayTransaction.IsId(token))
        {
            PageStays(log, orderId, "its token is not one");
            return;
        }

        try
        {
            var page = new Uri($"{options.SnapUrl.TrimEnd('/')}/transactions/{Uri.EscapeDataString(token)}/cancel");
            using var response = await http.PostAsync(page, content: null, ct);
            if (!response.IsSuccessStatusCode)
                PageStays(log, orderId, $"HTTP {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException || Cut(e, ct))
        {
            PageStays(log, orderId, e.GetType().Name);
        }
    }

    private async Task<GatewayAnswer> CoreAsync(HttpMethod method, string id, string action, CancellationToken ct)
    {
        if (!GatewayTransaction.IsId(id))
            return new GatewayAnswer.NotFound();
        var askedAt = clock.GetUtcNow();
        try
        {
            using var request =
                new HttpRequestMessage(method, new Uri($"{options.CoreUrl.TrimEnd('/')}/v2/{Uri.EscapeDataString(id)}/{action}"));
            using var response = await http.SendAsync(request, ct);
            var raw = await response.Content.ReadAsStringAsync(ct);
            return Read((int)response.StatusCode, raw, askedAt);
        }
        catch (Exception e) when (e is HttpRequestException || Cut(e, ct))
        {
            return new GatewayAnswer.Unavailable(e.GetType().Name);
        }
    }

    // The body's status_code decides: an unknown transaction and a refused action come with HTTP 200, and an expired one says 407.
    private static GatewayAnswer Read(int http, string raw, DateTimeOffset askedAt)
    {
        var body = GatewayTransaction.Parse(raw);
        var code = body?.StatusCode ?? $"{http}";
        return (http, code, body) switch
        {
            (404, _, _) or (_, "404", _) => new GatewayAnswer.NotFound(),
            (412, _, _) or (_, "412", _) => new GatewayAnswer.NotAllowed(),
            ( >= 200 and < 300, _, { Status: not null, OrderId: not null, TransactionId: not null }) =>
                new GatewayAnswer.Found(body, raw, askedAt),
            _ => new GatewayAnswer.Unavailable($"HTTP {http}, status_code {(code.Length <= 3 ? code : "?")}"),
        };
    }

    // A call that was cut off or took too long; a caller that has gone away is not the gateway's trouble.
    private static bool Cut(Exception e, CancellationToken ct) =>
        e is HttpRequestException or IOException or TaskCanceledException { InnerException: TimeoutException }
            && !ct.IsCancellationRequested;

    [LoggerMessage(LogLevel.Information, "The payment page of cancelled top-up {OrderId} may stay open: {Reason}")]
    private static partial void PageStays(ILogger log, Guid orderId, string reason);
}
