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
internal sealed partial class MidtransWebhook(WalletDbContext db, MidtransClient midtrans, Settlement settlement, FaultPoints faults,
    IOptions<MidtransOptions> options, TimeProvider clock, ILogger<MidtransWebhook> log)
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    public async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(ct);
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

    private async Task<IResult> WorkOffAsync(string body, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var said = GatewayTransaction.Parse(body);
        if (said is null || !IsWellFormed(said))
        {
            await StoreAsync(GatewayEvent.FromStranger(body, now), ct);
            return WalletRefusals.MalformedNotification.ToProblem(
                "order_id, transaction_id, transaction_status, status_code, gross_amount and signature_key are needed, as text.");
        }

        if (!said.IsSignedBy(options.Value))
        {
            await StoreAsync(GatewayEvent.FromStranger(body, now), ct);
            return WalletRefusals.BadSignature.ToProblem();
        }

        var notification = await StoreAsync(GatewayEvent.Notified(said, body, now), ct);
        faults.Hit("notification.stored");
        return await JudgeAsync(said, notification, ct);
    }

    private async Task<IResult> JudgeAsync(GatewayTransaction said, GatewayEvent notification, CancellationToken ct)
    {
        if (said.OrderId!.StartsWith($"payment_notif_test_{options.Value.MerchantId}_", StringComparison.Ordinal))
            return await EndAsync(notification, GatewayEventState.Test, Answer.Done("The test arrived."), ct);

        var topUp = Guid.TryParseExact(said.OrderId, "D", out var orderId)
            ? await db.TopUps.AsNoTracking().SingleOrDefaultAsync(t => t.OrderId == orderId, ct)
            : null;
        if (topUp is null)
            return await EndAsync(notification, GatewayEventState.UnknownOrder, WalletRefusals.UnknownOrder.ToProblem(), ct);
        if (GatewayTransaction.WholeRupiah(said.GrossAmount) != topUp.Amount.Rupiah)
        {
            Mismatch(log, topUp.OrderId);
            return await EndAsync(notification, GatewayEventState.Quarantined, WalletRefusals.AmountMismatch.ToProblem(), ct);
        }

        // A repetition, which Midtrans sends freely, costs no question to the gateway: nothing that it can say changes a settled order.
        if (topUp.Stage == TopUpStage.Settled && said.TransactionId == topUp.SettledBy && !said.MayTakeBack())
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

        if (found.Transaction.TransactionId != said.TransactionId
            || (said.Verdict() == PaymentVerdict.Paid && found.Transaction.Verdict() == PaymentVerdict.Waiting))
        {
            // Either it is ahead of its own books, or somebody has edited the notification: both are settled by asking again later.
            Disagreement(log, topUp.OrderId, said.Status, found.Transaction.Status);
            return NotConfirmed();
        }

        var state = await settlement.ApplyAsync(topUp.OrderId, found, notification, ct);
        return state == GatewayEventState.Quarantined
            ? WalletRefusals.AmountMismatch.ToProblem("Order, amount, currency and merchant must be those of the order.")
            : Answer.Done("Received.");
    }

    // Cut short what would only be pasted into an address or a log: each of these is an identifier or a word.
    private static bool IsWellFormed(GatewayTransaction said) =>
        GatewayTransaction.IsId(said.OrderId) && GatewayTransaction.IsId(said.TransactionId) && GatewayTransaction.IsId(said.Status)
        && (said.FraudStatus is null || GatewayTransaction.IsId(said.FraudStatus))
        && said is { StatusCode: { Length: > 0 and <= 10 }, GrossAmount: { Length: > 0 and <= 30 }, SignatureKey.Length: > 0 };

    private async Task<GatewayEvent> StoreAsync(GatewayEvent gatewayEvent, CancellationToken ct)
    {
        db.GatewayEvents.Add(gatewayEvent);
        await db.SaveChangesAsync(ct);
        return gatewayEvent;
    }

    private async Task<IResult> EndAsync(GatewayEvent notification, GatewayEventState state, IResult answer, CancellationToken ct)
    {
        (notification.State, notification.WorkedOffAt) = (state, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
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
