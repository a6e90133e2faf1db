using System.Globalization;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Pages;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Control;

internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Overview);
        var control = routes.MapGroup("/_simulator");
        control.MapGet("/health", () => Results.Text("OK"));
        control.MapGet("/orders", (ControlActions actions) => actions.Orders());
        control.MapGet("/orders/{orderId}", (string orderId, ControlActions actions) => actions.Order(orderId));
        control.MapPost("/orders/{orderId}/{action}", (HttpContext context, string orderId, string action, ControlActions actions) =>
            actions.ActAsync(context, orderId, action));
        control.MapGet("/transactions", (ControlActions actions) => actions.Transactions());
        control.MapGet("/truth", (string? orderId, ControlActions actions) => actions.Truth(orderId));
        control.MapPost("/reset", (ControlActions actions, CancellationToken ct) => actions.ResetAsync(ct));

        control.MapGet("/notifications", (string? orderId, ControlActions actions) => actions.Notifications(orderId));
        control.MapPost("/notifications/test", (ControlActions actions) => actions.Test());
        control.MapPost("/notifications/release", (ReleaseWish wish, ControlActions actions) => actions.Release(wish));
        control.MapPost("/notifications/{id:guid}/resend", (Guid id, ControlActions actions) => actions.Resend(id));

        control.MapGet("/modes", (ControlActions actions) => actions.GetModes(null));
        control.MapPut("/modes", (DeliveryModes modes, ControlActions actions, CancellationToken ct) =>
            actions.SetModesAsync(modes, null, ct));
        control.MapDelete("/modes", (ControlActions actions, CancellationToken ct) => actions.SetModesAsync(null, null, ct));
        control.MapGet("/orders/{orderId}/modes", (string orderId, ControlActions actions) => actions.GetModes(orderId));
        control.MapPut("/orders/{orderId}/modes", (string orderId, DeliveryModes modes, ControlActions actions, CancellationToken ct) =>
            actions.SetModesAsync(modes, orderId, ct));
        control.MapDelete("/orders/{orderId}/modes", (string orderId, ControlActions actions, CancellationToken ct) =>
            actions.SetModesAsync(null, orderId, ct));

        control.MapGet("/faults", (ControlActions actions) => actions.Faults());
        control.MapPost("/faults", (FaultWish wish, ControlActions actions) => actions.AddFault(wish));
        control.MapDelete("/faults", (ControlActions actions) => actions.ClearFaults());
    }

    /// <summary>The latest orders with links to their payment pages, for a person who looks in.</summary>
    private static IResult Overview(HttpContext context, Gateway gateway)
    {
        var rows = gateway.Read(state => state.Orders.Values.Reverse().Take(50).Select(order =>
        {
            var view = ControlViews.Of(order, gateway.Now());
            var id = view.Snap is { } snap
                ? Html.Of($"""<a href="/snap/v4/redirection/{snap.Token}">{view.OrderId}</a>""")
                : Html.Of($"{view.OrderId}");
            var amount = view.Amount.ToString("N0", CultureInfo.InvariantCulture);
            return Html.Of($"<tr><td>{id}</td><td>{amount}</td><td>{view.Status}</td></tr>");
        }).ToList());
        return Page.Show(context, "Midtrans simulator", Html.Of($"""
            <h1>Midtrans simulator</h1>
            <p>The latest orders. The control API is under /_simulator.</p>
            <table><tr><th>Order</th><th>IDR</th><th>Status</th></tr>{Html.Join(rows)}</table>
            """));
    }
}
