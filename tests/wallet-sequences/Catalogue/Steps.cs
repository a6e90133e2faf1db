using System.Text.Json.Nodes;

namespace Platform.WalletSequences.Catalogue;

/// <summary>The words in which the catalogue is written.</summary>
internal static class Steps
{
    private const string Card = "credit_card";

    /// <summary>The customer picks a method; the gateway waits for the money.</summary>
    public static Step Choose(string channel, string gopayMode = "deeplink") =>
        new(channel == Card ? "card chosen" : "chosen", play => play.Gateway.ChooseAsync(play.Order, channel, gopayMode), 1);

    /// <summary>The money of the chosen method comes in.</summary>
    public static Step Pay { get; } = new("paid", play => play.Gateway.PlayAsync(play.Order, "pay"), 1);

    /// <summary>The bank accepts the card; the money is captured, and settled the day after.</summary>
    public static Step Capture { get; } = new("captured", play => play.Gateway.PlayAsync(play.Order, "pay"), 1);

    public static Step Settle { get; } = new("settled", play => play.Gateway.PlayAsync(play.Order, "settle"), 1);

    public static Step Deny { get; } = new("denied", play => play.Gateway.PlayAsync(play.Order, "deny"), 1);

    public static Step Expire { get; } = new("expired", play => play.Gateway.PlayAsync(play.Order, "expire"), 1);

    /// <summary>The payment page runs out with no method chosen; nobody is told.</summary>
    public static Step ClosePage { get; } = new("page closed", play => play.Gateway.PlayAsync(play.Order, "expire"), 0);

    /// <summary>Fraud detection wants the merchant to look at the card.</summary>
    public static Step Challenge { get; } = new("challenged", play => play.Gateway.PlayAsync(play.Order, "challenge"), 1);

    public static Step Approve { get; } = new("approved", play => play.Gateway.DecideAsync(play.Order, "approve"), 1);

    public static Step Reject { get; } = new("rejected", play => play.Gateway.DecideAsync(play.Order, "deny"), 1);

    /// <summary>The merchant's staff cancels a captured card.</summary>
    public static Step CancelAtGateway { get; } =
        new("cancelled at the gateway", play => play.Gateway.DecideAsync(play.Order, "cancel"), 1);

    /// <summary>The bank takes a settlement back.</summary>
    public static Step Reverse { get; } = new("taken back", play => play.Gateway.PlayAsync(play.Order, "reverse"), 1);

    /// <summary>The first attempt is over, and the customer pays in another: a new transaction of the same order.</summary>
    public static Step PayAgain(string channel) => new("paid again", play => play.Gateway.PlayAsync(
        play.Order, "pay", new() { ["method"] = channel }), 2);

    /// <summary>After expiry or cancellation, under a new transaction id.</summary>
    public static Step PayLate { get; } = new("paid although closed", play => play.Gateway.PlayAsync(
        play.Order, "pay", new() { ["late"] = true }), 2);

    /// <summary>The transaction that was chosen first is paid too, though the order is.</summary>
    public static Step PayFirstToo { get; } = new("first paid too", async play => await play.Gateway.PlayAsync(
        play.Order, "pay", new() { ["transactionId"] = (await play.Gateway.TransactionsAsync(play.Order))[0] }), 1);

    /// <summary>Told twice: at once, and when the bank has confirmed.</summary>
    public static Step Refund(long? amount = null) => new($"refunded {amount}", play => play.Gateway.PlayAsync(
        play.Order, "refund", Wish(amount)), 2);

    public static Step Chargeback(long? amount = null) => new($"charged back {amount}", play => play.Gateway.PlayAsync(
        play.Order, "chargeback", Wish(amount)), 1);

    /// <summary>The gateway sends the notification of the step before once more.</summary>
    public static Step SentAgain { get; } = new("sent again", play => play.SendAgainAsync(), 0);

    /// <param name="tells">None when no method was chosen yet.</param>
    public static Step OwnerCancels(int tells) => new("cancelled by its owner", play => play.CancelAsync(), tells);

    /// <summary>The owner looks at the transaction, and the wallet asks the gateway.</summary>
    public static Step OwnerAsks { get; } = new("owner asks", play => play.AskAsync(), 0);

    /// <summary>The janitor's next look is due.</summary>
    public static Step JanitorLooks { get; } = new("janitor looks", play => play.JanitorLooksAsync(hoursLater: false), 0);

    /// <summary>The time to pay is long over.</summary>
    public static Step HoursPass { get; } = new("hours pass", play => play.Books.LetTimePassAsync(play.Order), 0);

    public static Step HoursPassAndJanitorLooks { get; } =
        new("hours pass, janitor looks", play => play.JanitorLooksAsync(hoursLater: true), 0);

    /// <summary>The owner buys something with the credit.</summary>
    public static Step Spend(long amount) => new($"spent {amount}", play => play.SpendAsync(amount), 0);

    private static JsonObject? Wish(long? amount) => amount is { } rupiah ? new() { ["amount"] = rupiah } : null;
}
