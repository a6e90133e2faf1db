using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>The refusals of the Core API. Which of them are HTTP 200 with another code in the body is the point of this list.</summary>
internal sealed class CoreReplies(TimeProvider clock)
{
    public static JsonReply Ok(JsonObject body) => new(200, body);

    public JsonReply Invalid(IEnumerable<string> problems) => Refuse(
        400, 400, "One or more parameters in the payload is invalid.", problems);

    public JsonReply WrongKey() => Refuse(401, 401, "Transaction cannot be authorized with the current client/server key.");

    public JsonReply NotFound() => Refuse(200, 404, "Transaction doesn't exist.");

    public JsonReply DuplicateOrder() => Refuse(
        200, 406, "The request could not be completed due to a conflict with the current state of the target resource, please try again");

    public JsonReply DuplicateRefund() => Refuse(200, 406, "Duplicate refund ID");

    public JsonReply BadToken() => Refuse(200, 411, "Credit card token is missing, invalid or timed out.");

    public JsonReply IllegalChange() => Refuse(200, 412, "Merchant cannot modify the status of the transaction");

    public JsonReply Malformed() => Refuse(413, 413, "The request cannot be processed due to malformed syntax in the request body");

    public JsonReply RefundRejected() => Refuse(200, 414, "Refund request is rejected due to invalid amount");

    public JsonReply RefundTooLate() => Refuse(200, 414, "Refund request is rejected: the refund period is over");

    public JsonReply RefundUncovered() => Refuse(200, 414, "Refund request is rejected due to insufficient merchant balance");

    public JsonReply Internal() => Refuse(500, 500, "Sorry, we encountered internal server error. We will fix this soon.");

    public JsonReply Failing(int status) => Refuse(status, status, status switch
    {
        503 => "Bank/partner is experiencing connection issue.",
        504 => "Gateway timeout.",
        _ => "Sorry, we encountered internal server error. We will fix this soon.",
    });

    public JsonReply StillWorking() => new(202, Body(202, "The first request with this Idempotency-Key is still being processed."));

    private JsonReply Refuse(int http, int code, string message, IEnumerable<string>? problems = null)
    {
        var body = Body(code, message);
        body.Put("validation_messages", problems is null ? null : new JsonArray([.. problems.Select(each => JsonValue.Create(each))]));
        return new JsonReply(http, body);
    }

    private JsonObject Body(int code, string message) => new()
    {
        ["status_code"] = code.ToString(CultureInfo.InvariantCulture),
        ["status_message"] = message,
        ["id"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
    };
}
