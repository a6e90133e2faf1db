using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Notifications;

/// <summary>Turns an event into notifications on their way. Called inside the gateway's lock.</summary>
internal sealed class Announcer(Gateway gateway, TransactionBodies bodies, SimulatorOptions options)
{
    private static readonly TimeSpan LateBy = TimeSpan.FromMinutes(1);

    public void Announce(GatewayState state, Transaction transaction)
    {
        var modes = state.ModesFor(transaction);
        var notification = new Notification
        {
            Id = Guid.CreateVersion7(gateway.Now()),
            OrderId = transaction.OrderId,
            TransactionId = transaction.Id,
            TransactionStatus = transaction.Status.Wire(),
            CreatedAt = gateway.Now(),
            Body = bodies.Notification(transaction, modes).ToJsonString(),
        };
        Send(state, notification, Targets(transaction), modes, transaction.ExpiresAt);
    }

    public Notification AnnounceTest(GatewayState state)
    {
        var body = bodies.TestNotification(gateway.Now());
        var notification = new Notification
        {
            Id = Guid.CreateVersion7(gateway.Now()),
            OrderId = body["order_id"]!.GetValue<string>(),
            TransactionStatus = "settlement",
            CreatedAt = gateway.Now(),
            Body = body.ToJsonString(),
        };
        Send(state, notification, Configured(), DeliveryModes.WellBehaved, null);
        return notification;
    }

    /// <summary>Sends the same body once more to each address that it went to.</summary>
    public void Resend(GatewayState state, Notification notification)
    {
        foreach (var url in notification.Deliveries.Select(delivery => delivery.Url).Distinct().ToList())
        {
            var copy = new Delivery
            {
                Id = Guid.CreateVersion7(gateway.Now()),
                NotificationId = notification.Id,
                Url = url,
                Copy = notification.Deliveries.Count(delivery => delivery.Url == url),
                DueAt = gateway.Now(),
            };
            notification.Deliveries.Add(copy);
            state.Deliveries[copy.Id] = copy;
            gateway.Agenda.Add(gateway.Now(), new DueWork.Deliver(copy.Id));
        }
    }

    /// <summary>Lets held deliveries go one after the other, in the order given.</summary>
    public int Release(GatewayState state, IEnumerable<Notification> inThisOrder)
    {
        var released = 0;
        var lastByUrl = new Dictionary<string, Guid>();
        foreach (var delivery in inThisOrder.SelectMany(notification => notification.Deliveries)
            .Where(delivery => delivery.State == DeliveryState.Held))
        {
            delivery.State = DeliveryState.Waiting;
            delivery.DueAt = gateway.Now();
            delivery.After = lastByUrl.TryGetValue(delivery.Url, out var last) ? last : null;
            lastByUrl[delivery.Url] = delivery.Id;
            gateway.Agenda.Add(gateway.Now(), new DueWork.Deliver(delivery.Id));
            released++;
        }

        return released;
    }

    private List<string> Configured() => options.NotificationUrl is { } url ? [url] : [];

    /// <summary>An override replaces the dashboard's address, an append adds to it.</summary>
    private IEnumerable<string> Targets(Transaction transaction) =>
        (transaction.OverrideUrls.Count > 0 ? transaction.OverrideUrls : Configured()).Concat(transaction.AppendUrls).Distinct();

    private void Send(
        GatewayState state, Notification notification, IEnumerable<string> urls, DeliveryModes modes, DateTimeOffset? expiresAt)
    {
        var now = gateway.Now();
        var due = modes.Late && expiresAt > now ? expiresAt.Value + LateBy : now;
        due += TimeSpan.FromMilliseconds(modes.DelayMs);
        foreach (var url in urls)
        {
            var previous = due > now ? null : LastUntried(state, notification.OrderId, url);
            for (var copy = 0; copy <= modes.Duplicate; copy++)
            {
                var delivery = new Delivery
                {
                    Id = Guid.CreateVersion7(now),
                    NotificationId = notification.Id,
                    Url = url,
                    Copy = copy,
                    State = modes.Lose ? DeliveryState.Lost : modes.Hold ? DeliveryState.Held : DeliveryState.Waiting,
                    DueAt = modes.Lose || modes.Hold ? null : due,
                    After = previous,
                };
                notification.Deliveries.Add(delivery);
                previous = modes.Parallel ? previous : delivery.Id;
                if (delivery.DueAt is { } at)
                {
                    gateway.Agenda.Add(at, new DueWork.Deliver(delivery.Id));
                }
            }
        }

        state.Add(notification);
    }

    /// <summary>The events of one order leave in their order unless a mode says otherwise: the common case of the real system.</summary>
    private Guid? LastUntried(GatewayState state, string orderId, string url) => state.Orders.GetValueOrDefault(orderId) is null
        ? null
        : RecentOf(state, orderId).SelectMany(each => each.Deliveries).LastOrDefault(delivery => delivery.Url == url
            && delivery is { State: DeliveryState.Waiting, Attempts.Count: 0 } && delivery.DueAt <= gateway.Now())?.Id;

    private static IEnumerable<Notification> RecentOf(GatewayState state, string orderId) =>
        state.Orders[orderId].Notifications.Select(id => state.NotificationsById[id]);
}
