using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Snap;

/// <summary>A transaction started from a Snap session, or why it could not be.</summary>
internal sealed record SnapChoice(Transaction? Transaction, string? Refusal);

/// <summary>The customer's side of a Snap session. Called inside the gateway's lock.</summary>
internal sealed class SnapPayments(Gateway gateway, Charging charging, Lifecycle lifecycle)
{
    /// <param name="cardNumber">Only for cards; with its security code.</param>
    /// <param name="evenWhenClosed">Pays although the page has expired or was cancelled: money can arrive late.</param>
    public SnapChoice Choose(
        GatewayState state, SnapSession session, string methodCode, string baseUrl, bool byQrCode = false, string? cardNumber = null,
        string? cvv = null, bool evenWhenClosed = false)
    {
        if (!session.Methods.Contains(methodCode) || PaymentMethod.Find(methodCode) is not { } method)
        {
            return new(null, "This payment method is not enabled for the order.");
        }

        if (!evenWhenClosed && !session.IsUsable(gateway.Now()))
        {
            return new(null, "This payment page is closed.");
        }

        if (!evenWhenClosed && state.Orders[session.OrderId].Transactions.Exists(each => each.IsProcessed))
        {
            return new(null, "transaction has been processed");
        }

        CardUse? card = null;
        if (method.IsCard)
        {
            if (!SandboxCards.IsCardNumber(cardNumber))
            {
                return new(null, "This is not a card number.");
            }

            var wishes = session.Request.Object("credit_card");
            // Snap uses 3DS unless the merchant says otherwise.
            var threeDs = !wishes.Has("secure") || wishes.Flag("secure");
            card = new CardUse(
                SandboxCards.Mask(cardNumber!), "credit", SandboxCards.Outcome(cardNumber!, cvv ?? ""), threeDs,
                wishes.Text("type") == "authorize");
        }

        return Start(state, session, method, baseUrl, byQrCode, card, evenWhenClosed);
    }

    /// <summary>The customer hands in the one-time password of 3DS.</summary>
    public void AnswerThreeDs(GatewayState state, Transaction transaction, string password)
    {
        var right = password == SandboxCards.OneTimePassword;
        lifecycle.DecideCard(
            state, transaction, right ? transaction.Card!.Outcome : CardOutcome.DeniedByBank, right ? null : "Card is not authenticated.");
    }

    private SnapChoice Start(
        GatewayState state, SnapSession session, PaymentMethod method, string baseUrl, bool byQrCode, CardUse? card, bool late)
    {
        var request = session.Request;
        var problems = new List<string>();
        var expiry = SnapExpiry.Read(request.Object("expiry"), "expiry", problems);
        var expiresAt = late ? null : expiry?.EndsAt(gateway.Now());
        var (gross, extra) = ImposedFee.AddTo(session.GrossAmount, method, request.Object("customer_imposed_payment_fee"));
        var echo = new JsonObject();
        foreach (var name in new[] { "custom_field1", "custom_field2", "custom_field3", "metadata" })
        {
            echo.Put(name, request[name]?.DeepClone());
        }

        echo.Put("extra_info", extra);
        var details = new OrderDetails(session.OrderId, gross, request.Object("customer_details").Text("phone"), echo);
        var wishes = request.Object(method.Code) ?? [];
        MethodRules.Check(method, details, wishes, expiresAt, gateway.Now(), problems);
        if (problems.Count > 0)
        {
            return new(null, string.Join("; ", problems));
        }

        return new(charging.Start(state, new NewPayment
        {
            OrderId = session.OrderId,
            GrossAmount = gross,
            Method = method,
            ByQrCode = byQrCode,
            Wishes = wishes,
            ExpiresAt = expiresAt,
            Card = card,
            CardBank = request.Object("credit_card").Text("bank"),
            Echo = echo,
            SnapToken = session.Token,
            OverrideUrls = session.OverrideUrls,
            AppendUrls = session.AppendUrls,
            BaseUrl = baseUrl,
        }), null);
    }
}
