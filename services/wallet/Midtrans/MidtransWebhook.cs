using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

/// <summary>
/// Where Midtrans tells us that something happened. The answer steers its retries: 200 ends them, 503 brings four more, and a 500 only
/// one - so nothing here may end in a 500, and nothing is answered 200 before it is stored and worked off.
/// </summary>
/// <remarks>
/// The steps have names under which a test can make the process die: <c>notification.stored</c> (the raw notification is committed),
/// <c>notification.status-read</c> (the gateway has answered our question, nothing is applied), <c>settlement.before-commit</c> (all that
/// it leads to is written) and <c>settlement.after-commit</c> (committed, not yet answered).
/// </remarks>
internal sealed partial class MidtransWebhook(WalletDbContext db, MidtransClient midtrans, NotificationStore store,
    SettlementGroup settlements, Strangers strangers, NotificationTurns turns, FaultPoints faults, IOptions<MidtransOptions> options,
    TimeProvider clock, ILogger<MidtransWebhook> log)
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    public async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken ct)
    {
        if (await ReadAsync(request, ct) is not { } body)
            return WalletRefusals.NotificationTooLarge.ToProblem($"A notification has at most {MaxBytes} bytes; send it without the rest.");
        try
        {
            return await WorkOffAsync(body, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failed(log, e);
            return NotConfirmed();
        }
    }

    /// <returns>Null for a body that is too large, of which no more is read than it takes to know that.</returns>
    private static async Task<string?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        using var body = new MemoryStream();
        var buffer = new byte[Math.Min(MaxBytes, (int)(request.ContentLength ?? 4096) + 1)];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > MaxBytes)
                return null;
            body.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    private async Task<IResult> WorkOffAsync(string body, CancellationToken ct)
    {
        var said = GatewayTransaction.Parse(body);
        if (said is null || !IsWellFormed(said))
        {
            await KeepAsync(body, ct);
            return WalletRefusals.MalformedNotification.ToProblem(
                "order_id, transaction_id, transaction_status, status_code, gross_amount and signature_key are needed, as text.");
        }

        if (!said.IsSignedBy(options.Value))
        {
            await KeepAsync(body, ct);
            return WalletRefusals.BadSignature.ToProblem(
                "signature_key must be the SHA-512 of order_id, status_code, gross_amount and our server key, in lower-case hexadecimal.");
        }

        using var turn = await turns.TakeAsync(ct);
        if (!turn.IsAcquired)
            return NotConfirmed();
        var notification = GatewayEvent.Notified(said, body, clock.GetUtcNow());
        var topUp = await store.KeepAsync(notification, ct);
        faults.Hit("notification.stored");
        return await JudgeAsync(said, topUp, notification, ct);
    }

    private async Task<IResult> JudgeAsync(GatewayTransaction said, TopUp? topUp, GatewayEvent notification, CancellationToken ct)
    {
        if (said.OrderId!.StartsWith($"payment_notif_test_{options.Value.MerchantId}_", StringComparison.Ordinal))
            return await EndAsync(notification, GatewayEventState.Test, Answer.Done("The test arrived."), ct);
        if (topUp is null)
            return await EndAsync(notification, GatewayEventState.UnknownOrder,
                WalletRefusals.UnknownOrder.ToProblem("order_id is not one that this merchant has opened here."), ct);
        if (GatewayTransaction.WholeRupiah(said.GrossAmount) != topUp.Amount.Rupiah)
        {
            Mismatch(log, topUp.OrderId);
            return await EndAsync(notification, GatewayEventState.Quarantined, WalletRefusals.AmountMismatch.ToProblem(), ct);
        }

        // A repetition, which Midtrans sends freely, costs no question to the gateway: nothing that it can say changes a settled order.
        if (topUp.WasPaid && said.TransactionId == topUp.SettledBy && !said.MayTakeBack())
            return await EndAsync(notification, GatewayEventState.Stale, Answer.Done("Known already."), ct);
        return await ConfirmAsync(said, topUp, notification, ct);
    }

    // The signature does not cover the state, so only what we ask for ourselves counts.
    private async Task<IResult> ConfirmAsync(GatewayTransaction said, TopUp topUp, GatewayEvent notification, CancellationToken ct)
    {
        var answer = await midtrans.StatusAsync(said.TransactionId!, ct);
        faults.Hit("notification.status-read");
        if (answer is not GatewayAnswer.Found found)
        {
            Unconfirmed(log, topUp.OrderId, answer);
            return NotConfirmed();
        }

        if (found.Transaction.TransactionId != said.TransactionId || IsAheadOf(said, found.Transaction))
        {
            // Either it is ahead of its own books, or somebody has edited the notification: both are settled by asking again later.
            Disagreement(log, topUp.OrderId, said.Status, found.Transaction.Status);
            return NotConfirmed();
        }

        var state = await settlements.ApplyAsync(new(topUp.OrderId, found, notification.Id), ct);
        return state == GatewayEventState.Quarantined
            ? WalletRefusals.AmountMismatch.ToProblem("Order, amount, currency and merchant must be those of the order.")
            : Answer.Done("Received.");
    }

    // It claims money, or the loss of it, of which the gateway's books know nothing. The other way round it is only old.
    private static bool IsAheadOf(GatewayTransaction said, GatewayTransaction found) =>
        (said.Verdict() == PaymentVerdict.Paid && found.Verdict() == PaymentVerdict.Waiting)
        || (said.TakesBack() is not null && found.TakesBack() is null
            && found.Verdict() is PaymentVerdict.Paid or PaymentVerdict.Waiting);

    // Cut short what would only be pasted into an address or a log: each of these is an identifier or a word.
    private static bool IsWellFormed(GatewayTransaction said) =>
        GatewayTransaction.IsId(said.OrderId) && GatewayTransaction.IsId(said.TransactionId) && GatewayTransaction.IsId(said.Status)
        && (said.FraudStatus is null || GatewayTransaction.IsId(said.FraudStatus))
        && said is { StatusCode: { Length: > 0 and <= 10 }, GrossAmount: { Length: > 0 and <= 30 }, SignatureKey.Length: > 0 };

    private async Task KeepAsync(string body, CancellationToken ct)
    {
        if (!strangers.Count())
            return;
        db.GatewayEvents.Add(GatewayEvent.FromStranger(body, clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
    }

    private async Task<IResult> EndAsync(GatewayEvent notification, GatewayEventState state, IResult answer, CancellationToken ct)
    {
        await db.GatewayEvents.Where(e => e.Id == notification.Id).ExecuteUpdateAsync(set => set
            .SetProperty(e => e.State, state).SetProperty(e => e.WorkedOffAt, clock.GetUtcNow()), ct);
        return answer;
    }

    private static RefusalResult NotConfirmed() => WalletRefusals.NotConfirmed.ToProblem("Send it again.", retryAfter: Later);

    [LoggerMessage(LogLevel.Error, "A notification could not be worked off; the gateway is asked to send it again")]
    private static partial void Failed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Error, "The notified amount is not the amount of top-up {OrderId}")]
    private static partial void Mismatch(ILogger log, Guid orderId);

    [LoggerMessage(LogLevel.Warning, "The notification about top-up {OrderId} could not be confirmed: {Answer}")]
    private static partial void Unconfirmed(ILogger log, Guid orderId, GatewayAnswer answer);

    [LoggerMessage(LogLevel.Warning, "About top-up {OrderId} the gateway notified {Notified} but answers {Answered}")]
    private static partial void Disagreement(ILogger log, Guid orderId, string? notified, string? answered);
}

internal static class MidtransWebhookEndpoint
{
    public static void MapMidtransWebhook(this IEndpointRouteBuilder wallet) =>
        wallet.MapPost("/webhook/midtrans", Notify).AllowAnonymous().WithName("MidtransNotification");

    private static Task<IResult> Notify(HttpRequest request, MidtransWebhook webhook, CancellationToken ct) =>
        webhook.ReceiveAsync(request, ct);
}
