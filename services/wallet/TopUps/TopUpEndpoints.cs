using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Amount">Whole rupiah.</param>
public sealed record TopUpRequest([property: Range(typeof(long), "10000", "10000000")] long Amount, TopUpMethod PaymentMethod);

/// <param name="ExpiryTime">The deadline as Midtrans writes time: Jakarta, with its offset.</param>
internal sealed record OpenedTopUp(
    Guid TransactionId, string CustomId, string SnapToken, string RedirectUrl, Money Amount, TopUpMethod PaymentMethod,
    string ExpiryTime, DateTimeOffset ExpiresAt);

internal sealed record OpenedTopUpAnswer(OpenedTopUp Transaction);

internal sealed record PaymentMethodView(TopUpMethod Type, string Name, string Description, string Icon, string ProcessingTime);

internal sealed record PaymentMethodsAnswer(IReadOnlyList<PaymentMethodView> PaymentMethods);

internal static class TopUpEndpoints
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    public static void MapTopUps(this IEndpointRouteBuilder wallet)
    {
        wallet.MapPost("/topup", Open).AcceptsIdempotencyKey().WithName("OpenTopUp");
        wallet.MapGet("/payment-methods", Methods).AllowAnonymous().WithName("ListPaymentMethods");
        wallet.MapPost("/transactions/{id}/cancel", Cancel).AcceptsIdempotencyKey().WithName("CancelTopUp");
    }

    private static Answer<PaymentMethodsAnswer> Methods() => Answer.Ok(new PaymentMethodsAnswer(
    [
        new(TopUpMethod.BankTransfer, "Bank transfer", "Virtual account of BCA, BNI, BRI, CIMB, Mandiri or Permata", "bank",
            "A few minutes"),
        new(TopUpMethod.EWallet, "E-wallet", "GoPay or ShopeePay", "wallet", "At once"),
        new(TopUpMethod.CreditCard, "Credit card", "Visa, Mastercard or JCB, confirmed by your bank", "credit-card", "At once"),
        new(TopUpMethod.Qris, "QRIS", "Scan with any banking or wallet app", "qr-code", "At once"),
    ]));

    private static async Task<IResult> Open(TopUpRequest request, HttpContext http, CurrentUser user, OpeningTopUps opening,
        WalletDbContext db, CancellationToken ct)
    {
        switch (await opening.BeginAsync(http, user.Id, Money.Idr(request.Amount), request.PaymentMethod, ct))
        {
            case Opening.TooMany:
                return WalletRefusals.TooManyPending.ToProblem(
                    $"At most {OpeningTopUps.MostPending} top-ups may wait for payment. Pay or cancel one, or let it run out.");
            case Opening.New(var topUp):
                await opening.AskGatewayAsync(topUp, ct);
                return await AnswerAsync(topUp.OrderId, opening, db, ct);
            case Opening.Same(var earlier):
                return await AnswerAsync(earlier, opening, db, ct);
            default:
                throw new InvalidOperationException("An opening that nobody has thought of.");
        }
    }

    private static async Task<IResult> AnswerAsync(Guid orderId, OpeningTopUps opening, WalletDbContext db, CancellationToken ct)
    {
        var topUp = await opening.OpenedAsync(orderId, ct);
        if (topUp is { SnapToken: { } token, RedirectUrl: { } url })
        {
            var line = await db.Transactions.AsNoTracking().SingleAsync(t => t.Id == orderId, ct);
            return Answer.Created(new OpenedTopUpAnswer(new(
                orderId, line.CustomId, token, url, topUp.Amount, topUp.Method, JakartaTime.WithOffset(topUp.ExpiresAt), topUp.ExpiresAt)));
        }

        return topUp.IsPending
            ? WalletRefusals.GatewayTimeout.ToProblem(topUp.Note ?? "The payment is still being opened. Ask again in a few seconds.",
                new { transactionId = orderId }, Soon)
            : WalletRefusals.GatewayUnavailable
                .ToProblem("Nothing was charged. Try again in a moment.", new { transactionId = orderId }, Soon);
    }

    private static async Task<IResult> Cancel(string id, HttpContext http, CurrentUser user, WalletDbContext db, MidtransClient midtrans,
        Settlement settlement, TopUpCheck check, CancellationToken ct)
    {
        if (await db.FindTransactionAsync(id, user.Id, ct) is not { } line)
            return WalletRefusals.TransactionNotFound.ToProblem();
        var topUp = await db.TopUps.AsNoTracking().SingleOrDefaultAsync(t => t.OrderId == line.Id, ct);
        if (topUp is null || line.Status != TransactionStatus.Pending)
        {
            return http.EarlierEffect() is not null && line.Status == TransactionStatus.Cancelled
                ? await CancelledAsync(line.Id, db, ct)
                : NotPending(line);
        }

        // No transaction stays open while the gateway is asked.
        await http.CommitEffectAsync($"cancel {line.Id}");
        var answer = await midtrans.CancelAsync(line.Id, ct);
        if (answer is GatewayAnswer.Unavailable)
            return WalletRefusals.GatewayUnavailable
                .ToProblem("The payment gateway could not be asked to cancel; the top-up is unchanged. Try again.");
        if (answer is GatewayAnswer.NotAllowed)
            await check.RunAsync(topUp, ct);
        if (topUp.SnapToken is { } token)
            await midtrans.CancelPageAsync(topUp.OrderId, token, ct);

        // The customer may be paying at this moment, so what is cancelled is looked after until its time is over, and credited if paid.
        const string Note = "Cancelled by its owner.";
        var closed = await settlement.CloseAsync(line.Id, TransactionStatus.Cancelled, Note, nothingCanCome: false, ct);
        var after = (await db.FindTransactionAsync(id, user.Id, ct))!;
        return closed && after.Status == TransactionStatus.Cancelled ? await CancelledAsync(line.Id, db, ct) : NotPending(after);
    }

    private static async Task<IResult> CancelledAsync(Guid id, WalletDbContext db, CancellationToken ct) =>
        Answer.Ok(new TransactionAnswer((await db.ViewsAsync(db.Transactions.Where(t => t.Id == id), ct)).Single()),
            "The top-up is cancelled.");

    private static RefusalResult NotPending(WalletTransaction line) =>
        WalletRefusals.NotPending.ToProblem($"{line.CustomId} is {WireEnum.Text(line.Status)}.");
}
