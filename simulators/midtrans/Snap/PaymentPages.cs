using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Pages;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Snap;

/// <summary>The payment page and what its buttons do.</summary>
internal sealed class PaymentPages(
    Gateway gateway, SnapPayments payments, Lifecycle lifecycle, TransactionBodies bodies, StateFile file, SimulatorOptions options)
{
    public IResult Show(HttpContext context, string token)
    {
        var query = context.Request.Query;
        var view = new PageView(token, query["embed"] == "1", Page.Origin(query["origin"]), query["gopayMode"]);
        return Render(context, view, choosing: query["choose"] == "1", closed: query["closed"] == "1", notice: null);
    }

    public async Task<IResult> ChooseAsync(HttpContext context, string token)
    {
        var (view, form) = await ReadAsync(context, token);
        var method = form["method"].ToString();
        var refusal = gateway.Change(state => state.Sessions.TryGetValue(token, out var session)
            ? payments.Choose(
                state, session, method, RequestBody.BaseUrl(context.Request, options), ByQrCode(context, view, method),
                form["card_number"].ToString().Replace(" ", "", StringComparison.Ordinal), form["card_cvv"]).Refusal
            : null);
        await file.SaveAsync(context.RequestAborted);
        return refusal is null
            ? AfterPayment(context, view)
            : Render(context, view, choosing: true, closed: false, refusal);
    }

    public Task<IResult> PayAsync(HttpContext context, string token) => ActAsync(context, token, (state, transaction, form) =>
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

    public Task<IResult> FailAsync(HttpContext context, string token) => ActAsync(
        context, token, (state, transaction, _) => lifecycle.Move(state, transaction, TransactionStatus.Deny));

    public Task<IResult> ExpireAsync(HttpContext context, string token) => ActAsync(
        context, token, (state, transaction, _) => lifecycle.Move(state, transaction, TransactionStatus.Expire));

    public async Task<IResult> CloseAsync(HttpContext context, string token)
    {
        var (view, _) = await ReadAsync(context, token);
        return view.Embedded ? SeeOther(context, Back(view) + "&closed=1") : Leave(context, view, evenWithoutPayment: true);
    }

    private async Task<IResult> ActAsync(
        HttpContext context, string token, Func<GatewayState, Transaction, IFormCollection, bool> act)
    {
        var (view, form) = await ReadAsync(context, token);
        gateway.Change(state => state.Transactions.TryGetValue(form["transaction"].ToString(), out var transaction)
            && transaction.SnapToken == token && transaction is { Status: TransactionStatus.Pending, NextStep: null }
            && act(state, transaction, form));
        await file.SaveAsync(context.RequestAborted);
        return AfterPayment(context, view);
    }

    /// <summary>Paid: back to the shop. Otherwise the page again, where a refused payment can be tried once more.</summary>
    private IResult AfterPayment(HttpContext context, PageView view) => view.Embedded
        ? SeeOther(context, Back(view))
        : Leave(context, view, evenWithoutPayment: false);

    private IResult Leave(HttpContext context, PageView view, bool evenWithoutPayment) => gateway.Read(state =>
    {
        if (!state.Sessions.TryGetValue(view.Token, out var session))
        {
            return SeeOther(context, view.Path);
        }

        var transaction = state.Orders[session.OrderId].Current;
        if (transaction is null || (!transaction.IsPaid && !evenWithoutPayment))
        {
            return SeeOther(context, evenWithoutPayment && Page.Origin(session.FinishUrl) is not null ? session.FinishUrl! : Back(view));
        }

        return SeeOther(context, ReturnUrl(session, transaction) ?? Back(view));
    });

    private static string? ReturnUrl(SnapSession session, Transaction transaction)
    {
        var failed = transaction.Status is TransactionStatus.Deny or TransactionStatus.Failure;
        var url = failed && Page.Origin(session.ErrorUrl) is not null ? session.ErrorUrl : session.FinishUrl;
        return Page.Origin(url) is null ? null : Page.WithQuery(
            url!, ("order_id", transaction.OrderId), ("status_code", transaction.NotificationCode()),
            ("transaction_status", transaction.Status.Wire()));
    }

    private IResult Render(HttpContext context, PageView view, bool choosing, bool closed, string? notice) => gateway.Read(state =>
    {
        if (!state.Sessions.TryGetValue(view.Token, out var session))
        {
            return Page.Show(context, "Payment", PaymentPage.Message("Not found", "There is no such payment page."), 404);
        }

        var transaction = state.Orders[session.OrderId].Current;
        var target = Page.Origin(session.FinishUrl);
        if (transaction is { IsProcessed: true })
        {
            var first = !choosing && notice is null;
            var report = PaymentPage.Report(view, first ? "success" : "error", first ? Outcome(session, transaction) : Processed());
            return Page.Show(context, "Payment", PaymentPage.Result(transaction, ReturnUrl(session, transaction)), bodyData: report);
        }

        if (closed)
        {
            var happened = transaction switch
            {
                { IsOpen: true } => "pending",
                { Status: TransactionStatus.Deny } => "error",
                _ => "close",
            };
            var report = PaymentPage.Report(view, happened, transaction is null ? null : Outcome(session, transaction));
            return Page.Show(context, "Payment", PaymentPage.Message("Closed", "You can close this window."), bodyData: report);
        }

        if (!session.IsUsable(gateway.Now()) && transaction is not { IsOpen: true })
        {
            return Page.Show(context, "Payment", PaymentPage.Message("Payment page closed", "This page has expired or was replaced."), 410);
        }

        if (transaction is { IsOpen: true } && !choosing)
        {
            return Page.Show(
                context, "Payment", PaymentPage.Instructions(view, transaction, notice, session.Methods.Count > 1), formTarget: target);
        }

        notice ??= transaction switch
        {
            { Status: TransactionStatus.Deny } => "The payment was refused. Nothing was charged; you can try again.",
            { Status: TransactionStatus.Expire } => "The payment was not made in time.",
            _ => null,
        };
        return Page.Show(context, "Payment", PaymentPage.Methods(view, session, notice), formTarget: target);
    });

    /// <summary>The result object of snap.js: the charge answer with some fields of its own.</summary>
    private JsonObject Outcome(SnapSession session, Transaction transaction)
    {
        var result = bodies.Charge(transaction);
        if (transaction.Method.Bank == "bca" && transaction.Fields.Array("va_numbers")?[0] is JsonObject account)
        {
            result["bca_va_number"] = account.Text("va_number");
        }

        result.Put("finish_redirect_url", ReturnUrl(session, transaction));
        return result;
    }

    private static JsonObject Processed() => new()
    {
        ["status_code"] = "406",
        ["status_message"] = new JsonArray("transaction has been processed"),
    };

    /// <summary>GoPay and ShopeePay show a QR code on a desktop and open the app on a phone.</summary>
    private static bool ByQrCode(HttpContext context, PageView view, string method) => method switch
    {
        "gopay" when view.GopayMode == "qr" => true,
        "gopay" when view.GopayMode == "deeplink" => false,
        "gopay" or "shopeepay" => !context.Request.Headers.UserAgent.ToString().Contains("Mobile", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static string Back(PageView view) => view.Embedded
        ? Page.WithQuery(view.Path, ("embed", "1"), ("origin", view.Origin ?? ""))
        : view.Path;

    private static async Task<(PageView View, IFormCollection Form)> ReadAsync(HttpContext context, string token)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        return (new PageView(token, form["embed"] == "1", Page.Origin(form["origin"]), form["gopayMode"]), form);
    }

    private static IResult SeeOther(HttpContext context, string url)
    {
        context.Response.Headers.Location = url;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}

internal static class SnapEndpoints
{
    public static void MapSnap(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/snap/v1/transactions", (HttpContext context, SnapCalls snap) => snap.CreateAsync(context));
        routes.MapPost("/snap/v1/transactions/{token}/cancel",
            (HttpContext context, string token, SnapCalls snap) => snap.CancelAsync(context, token));
        foreach (var path in new[] { "/snap/{version}/redirection/{token}", "/snap/{version}/vtweb/{token}" })
        {
            routes.MapGet(path, (HttpContext context, string token, PaymentPages pages) => pages.Show(context, token));
        }

        var page = routes.MapGroup("/snap/v4/redirection/{token}");
        page.MapPost("/choose", (HttpContext context, string token, PaymentPages pages) => pages.ChooseAsync(context, token));
        page.MapPost("/pay", (HttpContext context, string token, PaymentPages pages) => pages.PayAsync(context, token));
        page.MapPost("/fail", (HttpContext context, string token, PaymentPages pages) => pages.FailAsync(context, token));
        page.MapPost("/expire", (HttpContext context, string token, PaymentPages pages) => pages.ExpireAsync(context, token));
        page.MapPost("/close", (HttpContext context, string token, PaymentPages pages) => pages.CloseAsync(context, token));
    }
}
