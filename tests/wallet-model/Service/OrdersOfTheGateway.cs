using System.Collections.Concurrent;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// Top-ups as the gateway sees them: what it says of a payment, and of what it took back, is applied by the real
/// <see cref="Settlement"/>.
/// </summary>
internal sealed class OrdersOfTheGateway(WalletService wallet)
{
    private readonly ConcurrentDictionary<Guid, Lazy<Task<TopUp>>> opened = new();
    private readonly ConcurrentDictionary<Guid, Guid> orderIds = new();

    public async Task<Answer> SettleAsync(Command.Settle settle)
    {
        var order = await opened.GetOrAdd(settle.Order, _ => new(() => OpenAsync(settle))).Value;
        return await ApplyAsync(order, Said(order, "settlement", takenBack: null));
    }

    public async Task<Answer> TakeBackAsync(Command.TakeBack takeBack)
    {
        var order = await opened[takeBack.Order].Value;
        var whole = takeBack.Total == order.Amount.Rupiah;
        return await ApplyAsync(order, Said(order, whole ? "refund" : "partial_refund", takeBack.Total));
    }

    /// <summary>The order's own id, which the wallet makes.</summary>
    public Guid OrderOf(Guid name) => orderIds[name];

    private Task<TopUp> OpenAsync(Command.Settle settle) => wallet.InTransactionAsync(async (_, db) =>
    {
        var now = wallet.Clock.GetUtcNow();
        var order = TopUp.Begin(settle.User, Money.Idr(settle.Amount), TopUpMethod.Qris, now);
        order.Open(new("token", "http://midtrans.invalid/page"), now);
        db.TopUps.Add(order);
        orderIds[settle.Order] = order.OrderId;
        var balance = (await db.BalancesOfAsync(settle.User, CancellationToken.None)).Total;
        db.Transactions.Add(WalletTransaction.OfTopUp(await db.NextTransactionNumberAsync(CancellationToken.None), order, balance, now));
        return order;
    });

    // The gateway never says less than it has said before. A word that does, because it is played once more here, is for a person, and
    // moves nothing either.
    private async Task<Answer> ApplyAsync(TopUp order, GatewayTransaction said)
    {
        var answer = new GatewayAnswer.Found(said, "{}", wallet.Clock.GetUtcNow());
        var state = await wallet.Settlements.ApplyAsync(new(order.OrderId, answer), CancellationToken.None);
        return state switch
        {
            GatewayEventState.Applied => new Answer.Done(),
            GatewayEventState.Stale or GatewayEventState.ReversalUnposted => new Answer.NothingNew(),
            _ => new Answer.Wrong($"The gateway's {said.Status} of an order ended as {state}."),
        };
    }

    private static GatewayTransaction Said(TopUp order, string status, long? takenBack) =>
        new($"gateway-{order.OrderId}", order.OrderId.ToString(), status, null, "qris", null, "200", $"{order.Amount.Rupiah}.00",
            "IDR", WalletService.Merchant, null)
        {
            RefundAmount = takenBack is { } amount ? $"{amount}.00" : null,
        };
}
