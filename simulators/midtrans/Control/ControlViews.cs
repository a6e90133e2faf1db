using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Control;

/// <summary>One order with everything that happened to it. Amounts in whole rupiah, times with their offset.</summary>
internal sealed record OrderView(
    string OrderId, long Amount, string Status, SnapView? Snap, IReadOnlyList<TransactionView> Transactions, int Notifications);

internal sealed record SnapView(
    string Token, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? CanceledAt, IReadOnlyList<string> Methods);

internal sealed record TransactionView(
    string TransactionId, string OrderId, string Method, string PaymentType, long Amount, string Status, string? FraudStatus,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? PaidAt, DateTimeOffset? SettledAt, DateTimeOffset? NextStepAt,
    long Refunded, JsonObject Fields, IReadOnlyList<HistoryView> History);

internal sealed record HistoryView(DateTimeOffset At, string Status, string? FraudStatus);

internal sealed record NotificationView(
    Guid Id, string OrderId, string? TransactionId, string TransactionStatus, DateTimeOffset CreatedAt, JsonElement Body,
    IReadOnlyList<DeliveryView> Deliveries);

internal sealed record DeliveryView(
    Guid Id, string Url, int Copy, string State, DateTimeOffset? DueAt, bool InFlight, IReadOnlyList<Attempt> Attempts);

internal static class ControlViews
{
    /// <summary>`open` is a Snap order whose customer has not chosen a method yet.</summary>
    public static OrderView Of(Order order, DateTimeOffset now) => new(
        order.Id,
        order.Current?.GrossAmount ?? order.Session!.GrossAmount,
        order.Current?.Status.Wire() ?? (order.Session!.IsUsable(now) ? "open" : "page-closed"),
        order.Session is { } session
            ? new SnapView(session.Token, session.CreatedAt, session.ExpiresAt, session.CanceledAt, [.. session.Methods])
            : null,
        order.Transactions.ConvertAll(Of),
        order.Notifications.Count);

    public static TransactionView Of(Transaction transaction) => new(
        transaction.Id, transaction.OrderId, transaction.MethodCode, transaction.PaymentType, transaction.GrossAmount,
        transaction.Status.Wire(), transaction.FraudStatus, transaction.CreatedAt, transaction.ExpiresAt, transaction.PaidAt,
        transaction.SettledAt, transaction.NextStepAt, transaction.RefundedAmount, (JsonObject)transaction.Fields.DeepClone(),
        transaction.History.ConvertAll(change => new HistoryView(change.At, change.Status.Wire(), change.FraudStatus)));

    public static NotificationView Of(Notification notification) => new(
        notification.Id, notification.OrderId, notification.TransactionId, notification.TransactionStatus, notification.CreatedAt,
        JsonElement.Parse(notification.Body),
        notification.Deliveries.ConvertAll(delivery => new DeliveryView(
            delivery.Id, delivery.Url, delivery.Copy, JsonNamingPolicy.KebabCaseLower.ConvertName(delivery.State.ToString()),
            delivery.DueAt, delivery.InFlight, [.. delivery.Attempts])));
}
