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

        if (await RequestBody.ReadTextAsync(context.Request, context.RequestAborted) is not { } text
            || !JsonReading.TryParse(text, out var body))
        {
            return replies.Malformed();
        }

        var key = HttpMethods.IsPost(context.Request.Method) && KeepsKeys(body) ? IdempotencyKeys.Read(context.Request) : null;
        var (kept, inFlight) = key is null ? (null, false) : keys.Begin(key);
        if (kept is not null || inFlight)
        {
            return kept ?? replies.StillWorking();
        }

        var fault = faults.Take(kind);
        JsonReply? reply = null;
        try
        {
            // The key is taken before the fault: a repeat while the first call hangs is told to wait.
            if (await faults.BeforeAsync(fault, context) is { } status)
            {
                return status == 0 ? Results.Empty : replies.Failing(status);
            }

            reply = handle(new CoreCall(context.Request, context.Request.RouteValues["id"] as string ?? "", body, fault));
            await file.SaveAsync(context.RequestAborted);
        }
        finally
        {
            if (key is not null)
            {
                keys.End(key, reply);
            }
        }

        return await faults.LosesAnswerAsync(fault, context) ? Results.Empty : reply;
    }

    /// <summary>Permata and Indomaret do not support the header: a charge of theirs is always a new one.</summary>
    private static bool KeepsKeys(JsonNode? body) =>
        body is not JsonObject request || ChargeBody.Method(request) is not { KeepsIdempotencyKeys: false };
}
