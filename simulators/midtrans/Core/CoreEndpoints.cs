using Platform.Simulators.Midtrans.Qr;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Core;

internal static class CoreEndpoints
{
    public static void MapCore(this IEndpointRouteBuilder routes)
    {
        var core = routes.MapGroup("/v2");
        core.MapPost("/charge", (HttpContext context, CoreCalls calls, ChargeCall charge) =>
            calls.RunAsync(context, "charge", charge.Charge));
        core.MapPost("/capture", (HttpContext context, CoreCalls calls, ChargeCall charge) =>
            calls.RunAsync(context, "capture", charge.Capture));
        core.MapGet("/token", (HttpRequest request, ChargeCall charge) => (IResult)charge.Token(request.Query));

        core.MapGet("/{id}/status", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "status", transactions.Status));
        core.MapGet("/{id}/status/b2b", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "status", transactions.StatusB2b));
        core.MapPost("/{id}/cancel", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "cancel", transactions.Cancel));
        core.MapPost("/{id}/expire", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "expire", transactions.Expire));
        core.MapPost("/{id}/approve", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "approve", transactions.Approve));
        core.MapPost("/{id}/deny", (HttpContext context, CoreCalls calls, TransactionCalls transactions) =>
            calls.RunAsync(context, "deny", transactions.Deny));
        core.MapPost("/{id}/refund", (HttpContext context, CoreCalls calls, RefundCalls refunds) =>
            calls.RunAsync(context, "refund", refunds.Refund));
        core.MapPost("/{id}/refund/online/direct", (HttpContext context, CoreCalls calls, RefundCalls refunds) =>
            calls.RunAsync(context, "refund", refunds.RefundDirect));

        core.MapGet("/qris/{id}/qr-code", QrCode);
        core.MapGet("/gopay/{id}/qr-code", QrCode);
    }

    /// <summary>
    /// The npm client asks for `/v2//status` when a notification has no transaction_id. A route cannot hold an empty segment,
    /// so the empty id becomes one that no order can have.
    /// </summary>
    public static void UseEmptyIds(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.Path.Value is { } path && path.StartsWith("/v2//", StringComparison.Ordinal))
        {
            context.Request.Path = "/v2/*/" + path["/v2//".Length..];
        }

        return next(context);
    });

    /// <summary>Needs no key: it is an image for the payer.</summary>
    private static IResult QrCode(string id, Gateway gateway) =>
        gateway.Read(state => state.Transactions.GetValueOrDefault(id))?.ChargeFields["qr_string"] is { } text
            ? Results.Bytes(QrPng.Draw(text.GetValue<string>()), "image/png")
            : Results.NotFound();
}
