using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Pages;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Snap;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>What a customer of a Core charge meets outside the shop: the bank's 3DS page and the wallet's app.</summary>
internal sealed class CustomerPages(Gateway gateway, SnapPayments payments, Lifecycle lifecycle, StateFile file)
{
    public IResult Show(HttpContext context, string id) => gateway.Read(state =>
    {
        if (!state.Transactions.TryGetValue(id, out var transaction))
        {
            return Page.Show(context, "Payment", PaymentPage.Message("Not found", "There is no such payment."), 404);
        }

        if (transaction is not { Status: TransactionStatus.Pending, NextStep: null })
        {
            return Page.Show(context, "Payment", PaymentPage.Result(transaction, transaction.ReturnUrl));
        }

        var password = transaction.Method.IsCard
            ? Html.Of($"""
                <label>One-time password of your bank <input name="otp" value="{SandboxCards.OneTimePassword}" required></label>
                """)
            : Html.Nothing;
        var path = context.Request.Path.Value;
        return Page.Show(context, "Payment", Html.Of($"""
            <h1>{(transaction.Method.IsCard ? "Your bank asks" : transaction.Method.Title)}</h1>
            <dl><dt>Order</dt><dd>{transaction.OrderId}</dd><dt>Amount</dt><dd>IDR {transaction.Gross}</dd></dl>
            <form class="card" method="post" action="{path}/pay">{password}<button class="main">Pay</button></form>
            <form method="post" action="{path}/fail"><button>Fail</button></form>
            """), formTarget: Page.Origin(transaction.ReturnUrl));
    });

    public Task<IResult> PayAsync(HttpContext context, string id) => ActAsync(context, id, (state, transaction, form) =>
    {
        if (transaction.ExpiresAt <= gateway.Now())
        {
            return lifecycle.Move(state, transaction, TransactionStatus.Expire);
        }

        if (transaction.Method.IsCard)
        {
            payments.AnswerThreeDs(state, transaction, form["otp"].ToString());
            return true;
        }

        return lifecycle.Move(state, transaction, TransactionStatus.Settlement);
    });

    /// <summary>A card is denied; a wallet stays pending, because failures inside its app are not reported to the merchant.</summary>
    public Task<IResult> FailAsync(HttpContext context, string id) => ActAsync(context, id, (state, transaction, _) =>
        transaction.Method.IsCard && lifecycle.Move(state, transaction, TransactionStatus.Deny));

    private async Task<IResult> ActAsync(HttpContext context, string id, Func<GatewayState, Transaction, IFormCollection, bool> act)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        var url = gateway.Change(state =>
        {
            if (!state.Transactions.TryGetValue(id, out var transaction))
            {
                return null;
            }

            if (transaction is { Status: TransactionStatus.Pending, NextStep: null })
            {
                act(state, transaction, form);
            }

            return Return(transaction);
        });
        await file.SaveAsync(context.RequestAborted);
        var path = context.Request.Path.Value!;
        context.Response.Headers.Location = url ?? path[..path.LastIndexOf('/')];
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>GoPay tells the shop's address how it went, ShopeePay says nothing.</summary>
    private static string? Return(Transaction transaction) => Page.Origin(transaction.ReturnUrl) is null ? null
        : transaction.PaymentType != "gopay" ? transaction.ReturnUrl
        : Page.WithQuery(
            transaction.ReturnUrl!, ("order_id", transaction.OrderId), ("result", transaction.IsPaid ? "success" : "failure"));
}

internal static class CustomerEndpoints
{
    public static void MapCustomerPages(this IEndpointRouteBuilder routes)
    {
        foreach (var path in new[] { "/v2/3ds/redirect/{id}", "/wallet-app/{id}" })
        {
            routes.MapGet(path, (HttpContext context, string id, CustomerPages pages) => pages.Show(context, id));
            routes.MapPost(path + "/pay", (HttpContext context, string id, CustomerPages pages) => pages.PayAsync(context, id));
            routes.MapPost(path + "/fail", (HttpContext context, string id, CustomerPages pages) => pages.FailAsync(context, id));
        }
    }
}
