using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Pages;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Snap;

/// <summary>How the page was opened; forms carry it on.</summary>
internal sealed record PageView(string Token, bool Embedded, string? Origin, string? GopayMode)
{
    public string Path => $"/snap/v4/redirection/{Token}";

    public Html Carried => Html.Of($"""
        <input type="hidden" name="embed" value="{(Embedded ? "1" : "")}">
        <input type="hidden" name="origin" value="{Origin}">
        <input type="hidden" name="gopayMode" value="{GopayMode}">
        """);
}

/// <summary>What the customer sees of a Snap session.</summary>
internal static class PaymentPage
{
    public static Html Methods(PageView view, SnapSession session, string? notice)
    {
        // One enabled method: the list is skipped and the method stands alone.
        var title = session.Methods.Count == 1 ? PaymentMethod.Of(session.Methods[0]).Title : "Choose how to pay";
        return Html.Of($"""
            <h1>{title}</h1>
            {Notice(notice)}
            {Amount(session.OrderId, Rupiah.Format(session.GrossAmount))}
            {Html.Join(session.Methods.Select(code => Choice(view, PaymentMethod.Of(code))))}
            {Button(view, "close", "Close", null)}
            """);
    }

    public static Html Instructions(PageView view, Transaction transaction, string? notice, bool othersEnabled) => Html.Of($"""
        <h1>{transaction.Method.Title}</h1>
        {Notice(notice)}
        {Amount(transaction.OrderId, transaction.Gross)}
        <dl>{Details(transaction)}</dl>
        {QrCode(transaction)}
        {Pay(view, transaction)}
        {Button(view, "fail", "Fail", transaction.Id)}
        {Button(view, "expire", "Let expire", transaction.Id)}
        {Button(view, "close", "Close", transaction.Id)}
        {(othersEnabled ? Others(view) : Html.Nothing)}
        """);

    public static Html Result(Transaction transaction, string? finishUrl) => Html.Of($"""
        <h1>{(transaction.IsProcessed ? "Payment received" : "Payment not completed")}</h1>
        {Amount(transaction.OrderId, transaction.Gross)}
        <dl><dt>Status</dt><dd>{transaction.Status.Wire()}</dd><dt>Method</dt><dd>{transaction.Method.Title}</dd></dl>
        {(Page.Origin(finishUrl) is null ? Html.Nothing : Html.Of($"""<p><a href="{finishUrl}">Back to the shop</a></p>"""))}
        """);

    private static Html Others(PageView view)
    {
        var address = Page.WithQuery(view.Path, ("choose", "1"), ("embed", view.Embedded ? "1" : ""), ("origin", view.Origin ?? ""));
        return Html.Of($"""<p><a href="{address}">Choose another method</a></p>""");
    }

    public static Html Message(string title, string text) => Html.Of($"""
        <h1>{title}</h1>
        <p>{text}</p>
        """);

    /// <summary>What page.js reports to the shop's page; nothing when the page stands alone.</summary>
    public static Html Report(PageView view, string? happened, JsonObject? result) =>
        view is { Embedded: true, Origin: { } origin } && happened is not null
            ? Html.Of($""" data-event="{happened}" data-origin="{origin}" data-result="{result?.ToJsonString()}" """)
            : Html.Nothing;

    private static Html Choice(PageView view, PaymentMethod method) => method.IsCard
        ? Html.Of($"""
            <form class="card" method="post" action="{view.Path}/choose">
            {view.Carried}
            <input type="hidden" name="method" value="{method.Code}">
            <label>Card number
            <input name="card_number" value="{SandboxCards.Accepted}" inputmode="numeric" autocomplete="off" required></label>
            <label>CVV <input name="card_cvv" value="{SandboxCards.Cvv}" inputmode="numeric" autocomplete="off" size="4" required></label>
            <button class="main">{method.Title}</button>
            </form>
            """)
        : Html.Of($"""
            <form method="post" action="{view.Path}/choose">
            {view.Carried}
            <input type="hidden" name="method" value="{method.Code}">
            <button>{method.Title}</button>
            </form>
            """);

    private static Html Pay(PageView view, Transaction transaction) => transaction switch
    {
        { NextStep: NextStep.AcceptCard } => Notice("The bank takes its time: this card is accepted by itself."),
        { Card.ThreeDs: true } => Html.Of($"""
            <form class="card" method="post" action="{view.Path}/pay">
            {view.Carried}
            <input type="hidden" name="transaction" value="{transaction.Id}">
            <label>One-time password of your bank
            <input name="otp" value="{SandboxCards.OneTimePassword}" inputmode="numeric" autocomplete="off" required></label>
            <button class="main">Pay</button>
            </form>
            """),
        _ => Html.Of($"""
            <form method="post" action="{view.Path}/pay">
            {view.Carried}
            <input type="hidden" name="transaction" value="{transaction.Id}">
            <button class="main">Pay</button>
            </form>
            """),
    };

    private static Html Button(PageView view, string action, string title, string? transactionId) => Html.Of($"""
        <form method="post" action="{view.Path}/{action}">
        {view.Carried}
        <input type="hidden" name="transaction" value="{transactionId}">
        <button>{title}</button>
        </form>
        """);

    private static Html Amount(string orderId, string gross) => Html.Of($"""
        <dl>
        <dt>Order</dt><dd>{orderId}</dd>
        <dt>Amount</dt><dd>IDR {gross}</dd>
        </dl>
        """);

    private static Html Details(Transaction transaction)
    {
        var fields = transaction.Fields;
        var account = fields.Array("va_numbers")?.OfType<JsonObject>().FirstOrDefault();
        var rows = new List<(string Name, string? Value)>
        {
            ("Bank", account.Text("bank")?.ToUpper(CultureInfo.InvariantCulture)),
            ("Account number", account.Text("va_number") ?? fields.Text("permata_va_number")),
            ("Biller code", fields.Text("biller_code")),
            ("Bill key", fields.Text("bill_key")),
            ("Store", fields.Text("store")),
            ("Payment code", fields.Text("payment_code")),
            ("Card", fields.Text("masked_card")),
            ("Pay before", transaction.ExpiresAt is { } at ? $"{Wib.Format(at)} WIB" : null),
        };
        return Html.Join(rows.Where(row => row.Value is not null).Select(row => Html.Of($"<dt>{row.Name}</dt><dd>{row.Value}</dd>")));
    }

    private static Html QrCode(Transaction transaction) => transaction.ChargeFields.Has("qr_string")
        ? Html.Of($"""<p><img class="qr" src="/v2/qris/{transaction.Id}/qr-code" alt="QR code of this payment"></p>""")
        : Html.Nothing;

    private static Html Notice(string? notice) => notice is null ? Html.Nothing : Html.Of($"""<p class="notice">{notice}</p>""");
}
