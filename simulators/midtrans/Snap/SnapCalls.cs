using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Snap;

/// <summary>The Snap API: a token for a payment page, and its cancellation. Its errors have no status_code, only HTTP's.</summary>
internal sealed class SnapCalls(
    Gateway gateway, FaultDesk faults, StateFile file, SimulatorOptions options)
{
    public Task<IResult> CreateAsync(HttpContext context) => RunAsync(context, "snap-create", body => Create(context.Request, body));

    public Task<IResult> CancelAsync(HttpContext context, string token) => RunAsync(context, "snap-cancel", _ => Cancel(token));

    private async Task<IResult> RunAsync(HttpContext context, string kind, Func<JsonNode?, JsonReply> handle)
    {
        if (!BasicAuth.IsServer(context.Request, options))
        {
            return Refuse(
                401, "Access denied due to unauthorized transaction, please check client or server key",
                "Visit https://snap-docs.midtrans.com/#request-headers for more details");
        }

        var fault = faults.Take(kind);
        if (await faults.BeforeAsync(fault, context) is { } status)
        {
            return status == 0 ? Results.Empty : Refuse(status, "Sorry, we encountered internal server error. We will fix this soon.");
        }

        var text = await RequestBody.ReadTextAsync(context.Request, context.RequestAborted);
        if (text is null || !JsonReading.TryParse(text, out var body))
        {
            return Refuse(400, "The request body is not valid JSON");
        }

        var reply = handle(body);
        await file.SaveAsync(context.RequestAborted);
        return await faults.LosesAnswerAsync(fault, context) ? Results.Empty : reply;
    }

    private JsonReply Create(HttpRequest request, JsonNode? body)
    {
        var problems = new List<string>();
        var wish = SnapWish.Read(body as JsonObject ?? [], gateway.Now(), problems);
        return wish is null
            ? Refuse(400, [.. problems])
            : gateway.Change(state => Open(state, request, wish));
    }

    private JsonReply Open(GatewayState state, HttpRequest request, SnapWish wish)
    {
        var orderId = wish.Details.OrderId;
        if (state.Orders.TryGetValue(orderId, out var order) && order.Transactions.Count > 0)
        {
            return Refuse(400, "transaction_details.order_id has already been taken");
        }

        var now = gateway.Now();
        if (order?.Session is { ReplacedAt: null } former)
        {
            former.ReplacedAt = now;
        }

        var session = new SnapSession
        {
            Token = Guid.CreateVersion7(now).ToString(),
            OrderId = orderId,
            GrossAmount = wish.Details.GrossAmount,
            CreatedAt = now,
            ExpiresAt = wish.PageExpiresAt,
            Methods = wish.Methods,
            Request = wish.Request,
            FinishUrl = wish.FinishUrl,
            ErrorUrl = wish.ErrorUrl,
            OverrideUrls = RequestBody.NotificationUrls(request, "X-Override-Notification"),
            AppendUrls = RequestBody.NotificationUrls(request, "X-Append-Notification"),
        };
        state.Add(session);
        return new JsonReply(201, new JsonObject
        {
            ["token"] = session.Token,
            ["redirect_url"] = $"{RequestBody.BaseUrl(request, options)}/snap/v4/redirection/{session.Token}",
        });
    }

    private JsonReply Cancel(string token) => gateway.Change(state =>
    {
        if (!state.Sessions.TryGetValue(token, out var session))
        {
            return Refuse(404, "token not found");
        }

        if (session.CanceledAt is not null)
        {
            return Refuse(400, "token already canceled");
        }

        if (state.Orders[session.OrderId].Transactions.Count > 0)
        {
            return Refuse(400, "Transaction is on progress");
        }

        session.CanceledAt = gateway.Now();
        return new JsonReply(200, new JsonObject
        {
            ["canceled_at"] = session.CanceledAt.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        });
    });

    private static JsonReply Refuse(int status, params string[] messages) =>
        new(status, new JsonObject { ["error_messages"] = new JsonArray([.. messages.Select(each => JsonValue.Create(each))]) });
}
