using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Snap;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Control;

/// <summary>What a control call may say; everything is optional.</summary>
/// <param name="Method">An `enabled_payments` name, for an order whose customer has not chosen yet or chooses again.</param>
/// <param name="Amount">Whole rupiah, for refund and chargeback; the rest of the payment when absent.</param>
/// <param name="Late">Pays even after expiry or cancellation, under a new transaction id.</param>
/// <param name="TransactionId">Which transaction of the order, when there are several.</param>
/// <param name="Key">The refund key: of a new refund, or of the one that the bank confirms.</param>
/// <param name="Qr">GoPay or ShopeePay is paid by QR code, so that it arrives as `qris`.</param>
/// <param name="Issuer">Whose app pays a QRIS code; another one than the acquirer's makes it `off-us`.</param>
internal sealed record ControlWish(
    string? Method = null, long? Amount = null, string? Reason = null, bool Late = false, string? TransactionId = null, string? Key = null,
    bool Qr = false, string? Issuer = null);

/// <summary>Why a control call did nothing: 404 unknown, 409 not in this state.</summary>
internal sealed record ControlRefusal(int Status, string Reason);

/// <summary>
/// Plays the customer who chooses and pays, and what can become of that. Called inside the gateway's lock; null means that it is done.
/// </summary>
internal sealed class OrderControl(Gateway gateway, Lifecycle lifecycle, SnapPayments payments, Charging charging)
{
    public static readonly ControlRefusal NotNow = new(409, "The transaction is not in a state that allows this.");

    /// <summary>Chooses a method and leaves it at that: the payment is pending.</summary>
    public ControlRefusal? Choose(GatewayState state, Order order, ControlWish wish, string baseUrl) =>
        QrRefusal(wish, Named(state, order, wish)) ?? Open(state, order, wish, baseUrl).Refusal;

    /// <summary>Chooses a method where none was chosen, and pays. A card stops at capture, as it does on the day of the payment.</summary>
    public ControlRefusal? Pay(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        var known = order.Transactions.Count;
        var (transaction, refusal) = Payable(state, order, wish, baseUrl);
        if (transaction is null)
        {
            return refusal;
        }

        if (transaction.Status is not TransactionStatus.Pending)
        {
            // A card without 3DS is decided the moment it is charged: captured, or authorised where the order asks for that.
            return order.Transactions.Count > known ? null : NotNow;
        }

        if (transaction.ExpiresAt <= gateway.Now() && !wish.Late)
        {
            return new(409, "The transaction has expired: ask for late=true to pay it all the same.");
        }

        if (transaction.Method.IsCard)
        {
            lifecycle.DecideCard(state, transaction, CardOutcome.Accept);
            return null;
        }

        if (wish.Issuer is { } issuer)
        {
            ChannelFields.WriteIssuer(transaction, issuer);
        }

        return Done(lifecycle.Move(state, transaction, TransactionStatus.Settlement));
    }

    public ControlRefusal? Deny(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        var (transaction, refusal) = Open(state, order, wish, baseUrl);
        return transaction is null ? refusal : transaction switch
        {
            { IsChallenged: true } => Done(lifecycle.Move(state, transaction, TransactionStatus.Deny, "deny")),
            { Method.IsCard: true, Status: TransactionStatus.Pending } => Decide(state, transaction, CardOutcome.DeniedByBank),
            { Status: TransactionStatus.Pending or TransactionStatus.Authorize } =>
                Done(lifecycle.Move(state, transaction, TransactionStatus.Deny)),
            _ => NotNow,
        };
    }

    /// <summary>The payment breaks off for a reason that is nobody's decision.</summary>
    public ControlRefusal? Fail(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        var (transaction, refusal) = Open(state, order, wish, baseUrl);
        return transaction is null ? refusal : Done(lifecycle.Move(state, transaction, TransactionStatus.Failure));
    }

    /// <summary>Ends the transaction; of an order that nobody started to pay, the page, of which the merchant hears nothing.</summary>
    public ControlRefusal? Expire(GatewayState state, Order order, ControlWish wish)
    {
        if (order.Transactions.Count == 0 && order.Session is { } session)
        {
            session.ExpiresAt = gateway.Now();
            return null;
        }

        return Named(state, order, wish) is { } transaction ? Done(lifecycle.Move(state, transaction, TransactionStatus.Expire)) : NotNow;
    }

    public ControlRefusal? Cancel(GatewayState state, Order order, ControlWish wish)
    {
        if (order.Transactions.Count == 0 && order.Session is { } session)
        {
            session.CanceledAt ??= gateway.Now();
            return null;
        }

        return Named(state, order, wish) is { } transaction ? Done(lifecycle.Move(state, transaction, TransactionStatus.Cancel)) : NotNow;
    }

    /// <summary>Makes a card payment that fraud detection wants the merchant to look at.</summary>
    public ControlRefusal? Challenge(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        if (Named(state, order, wish) is { Status: TransactionStatus.Capture } captured)
        {
            return Done(lifecycle.Challenge(state, captured));
        }

        var (transaction, refusal) = Open(state, order, wish with { Method = "credit_card" }, baseUrl);
        return transaction is null ? refusal
            : transaction is { Method.IsCard: true, Status: TransactionStatus.Pending } ? Decide(state, transaction, CardOutcome.Challenge)
            : transaction is { Method.IsCard: true, Status: TransactionStatus.Capture } ? Done(lifecycle.Challenge(state, transaction))
            : NotNow;
    }

    /// <summary>The transaction to pay: the open one, or a new one where the customer has not chosen, chooses again, or is late.</summary>
    private (Transaction? Transaction, ControlRefusal? Refusal) Payable(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        if (wish.TransactionId is null && order.Transactions.Exists(each => each.IsProcessed))
        {
            return (null, new(409, "The order is paid. Name a transactionId to pay another of its transactions too."));
        }

        var named = Named(state, order, wish);
        if (QrRefusal(wish, named) is { } refusal)
        {
            return (null, refusal);
        }

        return wish.Late && named is { Status: TransactionStatus.Pending }
            ? ExpireThenRepeat(state, order, named, wish, baseUrl)
            : Open(state, order, wish, baseUrl);
    }

    private static ControlRefusal? QrRefusal(ControlWish wish, Transaction? named)
    {
        var method = wish.Method ?? named?.MethodCode;
        if (wish.Qr && method is not ("gopay" or "shopeepay"))
        {
            return new(409, "Only gopay and shopeepay can be paid by QR code instead of by app: name one of them as method.");
        }

        return wish.Issuer is not null && !wish.Qr && method != "other_qris" && named?.PaymentType != "qris"
            ? new(409, "Only a QRIS payment has an issuer: set method to other_qris, or qr to true.")
            : null;
    }

    /// <summary>Money after the deadline: the first transaction ends, and a new one of the same order settles.</summary>
    private (Transaction?, ControlRefusal?) ExpireThenRepeat(
        GatewayState state, Order order, Transaction named, ControlWish wish, string baseUrl)
    {
        if (wish.Method is { } method && order.Session is { } session && !session.Methods.Contains(method))
        {
            return (null, new(409, "This payment method is not enabled for the order."));
        }

        lifecycle.Move(state, named, TransactionStatus.Expire);
        return Open(state, order, wish with { TransactionId = null }, baseUrl);
    }

    private (Transaction? Transaction, ControlRefusal? Refusal) Open(GatewayState state, Order order, ControlWish wish, string baseUrl)
    {
        var named = Named(state, order, wish);
        var asWished = named is { IsOpen: true } && (wish.Method is null || named.MethodCode == wish.Method)
            && (!wish.Qr || named.PaymentType == "qris");
        if (named is { IsOpen: true } && (asWished || order.Session is null))
        {
            return (named, null);
        }

        if (wish.TransactionId is not null)
        {
            return (null, named is null ? new(404, "The order has no such transaction.") : NotNow);
        }

        if (order.Session is { } session)
        {
            var method = wish.Method ?? named?.MethodCode ?? session.Methods.Find(code => code != "credit_card") ?? session.Methods[0];
            var choice = payments.Choose(
                state, session, method, baseUrl, wish.Qr, SandboxCards.Accepted, SandboxCards.Cvv, evenWhenClosed: wish.Late);
            return (choice.Transaction, choice.Refusal is { } reason ? new(409, reason) : null);
        }

        return wish.Late && named is not null ? (Repeat(state, named, baseUrl), null) : (null, NotNow);
    }

    private Transaction Repeat(GatewayState state, Transaction former, string baseUrl) => charging.Start(state, new NewPayment
    {
        OrderId = former.OrderId,
        GrossAmount = former.GrossAmount,
        Method = former.Method,
        ByQrCode = former.PaymentType == "qris",
        Card = former.Card,
        Echo = (System.Text.Json.Nodes.JsonObject)former.Echo.DeepClone(),
        OverrideUrls = former.OverrideUrls,
        AppendUrls = former.AppendUrls,
        BaseUrl = baseUrl,
    });

    private ControlRefusal? Decide(GatewayState state, Transaction transaction, CardOutcome outcome)
    {
        lifecycle.DecideCard(state, transaction, outcome);
        return null;
    }

    public static Transaction? Named(GatewayState state, Order order, ControlWish wish) =>
        wish.TransactionId is null
            ? order.Current
            : order.Transactions.Find(transaction => transaction.Id == wish.TransactionId);

    public static ControlRefusal? Done(bool done) => done ? null : NotNow;
}
