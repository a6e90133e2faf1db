using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// Top-ups as the gateway sees them. A payment is applied by the real <see cref="Settlement"/>. What is taken back is posted by the ledger
/// alone, as the settlement will do when it hears of it: then <see cref="TakeBackAsync"/> only has to apply a refunded answer instead.
/// </summary>
internal sealed class OrdersOfTheGateway(WalletService wallet)
{
    private readonly ConcurrentDictionary<Guid, Lazy<Task<TopUp>>> opened = new();
    private readonly ConcurrentDictionary<Guid, Guid> orderIds = new();

    public async Task<Answer> SettleAsync(Command.Settle settle)
    {
        var order = await opened.GetOrAdd(settle.Order, _ => new(() => OpenAsync(settle))).Value;
        var state = await wallet.InScopeAsync(services => services.GetRequiredService<Settlement>()
            .ApplyAsync(order.OrderId, Paid(order), notification: null, CancellationToken.None));
        return state switch
        {
            GatewayEventState.Applied => new Answer.Done(),
            GatewayEventState.Stale => new Answer.NothingNew(),
            _ => new Answer.Wrong($"A paid order ended as {state}."),
        };
    }

    public async Task<Answer> TakeBackAsync(Command.TakeBack takeBack)
    {
        var order = await opened[takeBack.Order].Value;
        return await wallet.InTransactionAsync<Answer>(async (services, db) =>
        {
            await db.TopUps.FromSql($"SELECT * FROM wallet.top_ups WHERE order_id = {order.OrderId} FOR UPDATE").SingleAsync();
            var before = await db.Database.SqlQuery<long>($"""
                SELECT coalesce(sum(e.amount), 0)::bigint AS "Value"
                FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
                WHERE t.owner = {order.UserId} AND t.kind = 'REVERSAL' AND t.cause = {order.OrderId} AND e.amount > 0
                """).SingleAsync();
            if (takeBack.Total <= before)
                return new Answer.NothingNew();
            var outcome = await services.GetRequiredService<Ledger>().PostAsync(
                Posting.Reversal(order, $"{takeBack.Total}", Money.Idr(takeBack.Total - before)), CancellationToken.None);
            return outcome is PostingOutcome.Posted ? new Answer.Done() : new Answer.Wrong($"A reversal ended as {outcome}.");
        });
    }

    /// <summary>The order's own id, which the wallet makes.</summary>
    public Guid OrderOf(Guid name) => orderIds[name];

    private Task<TopUp> OpenAsync(Command.Settle settle) => wallet.InTransactionAsync(async (_, db) =>
    {
        var now = wallet.Clock.GetUtcNow();
        var order = TopUp.Begin(settle.User, Money.Idr(settle.Amount), TopUpMethod.Qris, now);
        order.Open(new("token", "http://midtrans.invalid/page"));
        db.TopUps.Add(order);
        orderIds[settle.Order] = order.OrderId;
        var balance = (await db.BalancesOfAsync(settle.User, CancellationToken.None)).Total;
        db.Transactions.Add(WalletTransaction.OfTopUp(await db.NextTransactionNumberAsync(CancellationToken.None), order, balance, now));
        return order;
    });

    private static GatewayAnswer.Found Paid(TopUp order) => new(
        new($"gateway-{order.OrderId}", order.OrderId.ToString(), "settlement", null, "qris", null, "200", $"{order.Amount.Rupiah}.00",
            "IDR", WalletService.Merchant, null),
        "{}");
}
