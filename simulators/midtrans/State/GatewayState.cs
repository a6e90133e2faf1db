using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Payments;

namespace Platform.Simulators.Midtrans.State;

/// <summary>All that the simulator remembers. Only touched inside <see cref="Gateway"/>'s lock.</summary>
internal sealed class GatewayState
{
    public Dictionary<string, Order> Orders { get; init; } = [];
    public List<Notification> Notifications { get; init; } = [];
    public List<MoneyMovement> Movements { get; init; } = [];
    public Dictionary<string, DeliveryModes> OrderModes { get; init; } = [];
    public DeliveryModes? GlobalModes { get; set; }
    public List<GatewayFault> Faults { get; init; } = [];

    /// <summary>Feeds account numbers and refund ids, so that none comes twice, not even after a restart with the same seed.</summary>
    public long Sequence { get; set; }

    [JsonIgnore] public Dictionary<string, Transaction> Transactions { get; } = [];
    [JsonIgnore] public Dictionary<string, SnapSession> Sessions { get; } = [];
    [JsonIgnore] public Dictionary<Guid, Delivery> Deliveries { get; } = [];
    [JsonIgnore] public Dictionary<Guid, Notification> NotificationsById { get; } = [];

    public void BuildIndexes()
    {
        foreach (var order in Orders.Values)
        {
            order.Sessions.ForEach(session => Sessions[session.Token] = session);
            order.Transactions.ForEach(transaction => Transactions[transaction.Id] = transaction);
        }

        Notifications.ForEach(Index);
    }

    public Order OrderFor(string orderId)
    {
        if (!Orders.TryGetValue(orderId, out var order))
        {
            Orders[orderId] = order = new Order { Id = orderId };
        }

        return order;
    }

    public void Add(SnapSession session)
    {
        OrderFor(session.OrderId).Sessions.Add(session);
        Sessions[session.Token] = session;
    }

    public void Add(Transaction transaction)
    {
        OrderFor(transaction.OrderId).Transactions.Add(transaction);
        Transactions[transaction.Id] = transaction;
    }

    public void Add(Notification notification)
    {
        Notifications.Add(notification);
        Orders.GetValueOrDefault(notification.OrderId)?.Notifications.Add(notification.Id);
        Index(notification);
    }

    /// <summary>By order id or transaction id. An order that nobody started to pay is not found: that is normal.</summary>
    public Transaction? FindTransaction(string id) =>
        Transactions.TryGetValue(id, out var transaction)
            ? transaction
            : Orders.TryGetValue(id, out var order) && order.Current is { } current && current.Method.FoundByOrderId ? current : null;

    /// <summary>How the gateway misbehaves about this transaction as it stands; an order's own wishes replace the global ones.</summary>
    public DeliveryModes ModesFor(Transaction transaction)
    {
        var modes = OrderModes.GetValueOrDefault(transaction.OrderId) ?? GlobalModes;
        return modes?.AppliesTo(transaction.Status.Wire()) == true ? modes : DeliveryModes.WellBehaved;
    }

    private void Index(Notification notification)
    {
        NotificationsById[notification.Id] = notification;
        notification.Deliveries.ForEach(delivery => Deliveries[delivery.Id] = delivery);
    }
}

internal sealed class Order
{
    public required string Id { get; init; }
    public List<SnapSession> Sessions { get; init; } = [];
    public List<Transaction> Transactions { get; init; } = [];
    public List<Guid> Notifications { get; init; } = [];

    /// <summary>The transaction that an order id stands for: the paid one, or the last that was started.</summary>
    [JsonIgnore] public Transaction? Current => Transactions.LastOrDefault(each => each.IsProcessed) ?? Transactions.LastOrDefault();

    [JsonIgnore] public SnapSession? Session => Sessions.LastOrDefault();
}

/// <summary>One Snap token with the order that it was created for.</summary>
internal sealed class SnapSession
{
    public required string Token { get; init; }
    public required string OrderId { get; init; }

    /// <summary>Whole rupiah, before any fee that the customer bears.</summary>
    public required long GrossAmount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? CanceledAt { get; set; }

    /// <summary>A second create for the same unpaid order ends the first token.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    public List<string> Methods { get; init; } = [];
    public required JsonObject Request { get; init; }
    public string? FinishUrl { get; init; }
    public string? ErrorUrl { get; init; }
    public List<string> OverrideUrls { get; init; } = [];
    public List<string> AppendUrls { get; init; } = [];

    public bool IsUsable(DateTimeOffset now) => CanceledAt is null && ReplacedAt is null && now < ExpiresAt;
}
