using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>One Core call as its handler sees it.</summary>
/// <param name="Body">The JSON body; null for an empty one and for the literal `null` that the npm client sends.</param>
internal sealed record CoreCall(HttpRequest Request, string Id, JsonNode? Body, FaultMode? Fault);

/// <summary>What every Core call goes through: key, ordered faults, idempotency key, and saving before answering.</summary>
internal sealed class CoreCalls(
    FaultDesk faults, IdempotencyKeys keys, StateFile file, CoreReplies replies, SimulatorOptions options)
{
    public async Task<IResult> RunAsync(HttpContext context, string kind, Func<CoreCall, JsonReply> handle)
    {
        if (!BasicAuth.IsServer(context.Request, options))
        {
            return replies.WrongKey();
        }

        var ct = context.RequestAborted;
        var fault = faults.Take(kind);
        if (await faults.BeforeAsync(fault, context) is { } status)
        {
            return status == 0 ? Results.Empty : replies.Failing(status);
        }

        if (await RequestBody.ReadTextAsync(context.Request, ct) is not { } text || !JsonReading.TryParse(text, out var body))
        {
            return replies.Malformed();
        }

        var call = new CoreCall(context.Request, context.Request.RouteValues["id"] as string ?? "", body, fault);
        var reply = RunOnce(call, handle);
        await file.SaveAsync(ct);
        return await faults.LosesAnswerAsync(fault, context) ? Results.Empty : reply;
    }

    private JsonReply RunOnce(CoreCall call, Func<CoreCall, JsonReply> handle)
    {
        var key = HttpMethods.IsPost(call.Request.Method) && KeepsKeys(call.Body) ? IdempotencyKeys.Read(call.Request) : null;
        if (key is null)
        {
            return handle(call);
        }

        var (kept, inFlight) = keys.Begin(key);
        if (kept is not null || inFlight)
        {
            return kept ?? replies.StillWorking();
        }

        JsonReply? reply = null;
        try
        {
            return reply = handle(call);
        }
        finally
        {
            keys.End(key, reply);
        }
    }

    /// <summary>Permata and Indomaret do not support the header: a charge of theirs is always a new one.</summary>
    private static bool KeepsKeys(JsonNode? body) =>
        body is not JsonObject request || ChargeBody.Method(request) is not { KeepsIdempotencyKeys: false };
}
