using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>
/// Keeps notifications before anything is done about them, and finds the orders that they are about. Those that come together are kept
/// together.
/// </summary>
internal sealed class NotificationStore
{
    private const int MostTogether = 64;

    private readonly IServiceScopeFactory scopes;
    private readonly CommitLane<GatewayEvent, TopUp?> lane;

    public NotificationStore(IServiceScopeFactory scopes, ILogger<NotificationStore> log)
    {
        this.scopes = scopes;
        lane = new(MostTogether, KeepAsync, log);
    }

    /// <returns>The order that it is about, as it stands; null when there is none of this name.</returns>
    public Task<TopUp?> KeepAsync(GatewayEvent notification, CancellationToken ct) => lane.DoAsync(notification, ct);

    private async Task<IReadOnlyList<TopUp?>> KeepAsync(IReadOnlyList<GatewayEvent> notifications)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var (source, state) = (WireEnum.Text(GatewayEventSource.Notification), WireEnum.Text(GatewayEventState.Received));
        Guid[] orders = [.. notifications.Select(Order)];
        // One statement stores and looks up, so it is one round trip and a transaction of its own.
        var found = await db.TopUps.FromSql($"""
            WITH stored AS (
                INSERT INTO wallet.gateway_events
                    (id, source, state, order_id, gateway_transaction_id, status, fraud_status, body, received_at)
                SELECT n.id, {source}, {state}, n.order_id, n.gateway_transaction_id, n.status, n.fraud_status, n.body, n.received_at
                FROM unnest({Of(n => n.Id)}, {Of(n => n.OrderId)}, {Of(n => n.GatewayTransactionId)}, {Of(n => n.Status)},
                    {Of(n => n.FraudStatus)}, {Of(n => n.Body)}, {Of(n => n.ReceivedAt)})
                    AS n (id, order_id, gateway_transaction_id, status, fraud_status, body, received_at))
            SELECT * FROM wallet.top_ups WHERE order_id = ANY ({orders})
            """).AsNoTracking().ToDictionaryAsync(topUp => topUp.OrderId);
        return [.. orders.Select(order => found.GetValueOrDefault(order))];

        T[] Of<T>(Func<GatewayEvent, T> column) => [.. notifications.Select(column)];
    }

    private static Guid Order(GatewayEvent notification) =>
        Guid.TryParseExact(notification.OrderId, "D", out var order) ? order : Guid.Empty;
}
