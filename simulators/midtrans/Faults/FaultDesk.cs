using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Faults;

/// <summary>Takes the faults that were ordered for a kind of call, one per call.</summary>
internal sealed class FaultDesk(Gateway gateway, TimeProvider clock)
{
    public static readonly IReadOnlyList<string> Kinds =
        ["snap-create", "snap-cancel", "charge", "capture", "status", "cancel", "expire", "approve", "deny", "refund", "any"];

    private static readonly TimeSpan TimeoutAnswer = TimeSpan.FromMinutes(1);

    /// <summary>Taking a fault changes the state; the ordinary call without one only looks, and has nothing to be saved.</summary>
    public FaultMode? Take(string kind) => gateway.Read(state => Matching(state, kind)) is null ? null : gateway.Change(state =>
    {
        // Between the look and the lock another call may have taken the last one.
        if (Matching(state, kind) is not { } fault)
        {
            return (FaultMode?)null;
        }

        if (--fault.Remaining == 0)
        {
            state.Faults.Remove(fault);
        }

        return fault.Mode;
    });

    /// <summary>What happens instead of the work.</summary>
    /// <returns>The HTTP status to fail with; 0 when the connection is gone and nothing can be said; null when the work is to be
    /// done.</returns>
    public async Task<int?> BeforeAsync(FaultMode? fault, HttpContext context)
    {
        switch (fault)
        {
            case FaultMode.Error500:
                return 500;
            case FaultMode.Error503:
                return 503;
            case FaultMode.Timeout:
                await Task.Delay(TimeoutAnswer, clock, context.RequestAborted);
                return 504;
            case FaultMode.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, context.RequestAborted);
                return 0;
            case FaultMode.Disconnect:
                context.Abort();
                return 0;
            default:
                return null;
        }
    }

    /// <summary>Whether the answer to work that is done gets lost.</summary>
    public async Task<bool> LosesAnswerAsync(FaultMode? fault, HttpContext context)
    {
        switch (fault)
        {
            case FaultMode.DisconnectAfterEffect:
                context.Abort();
                return true;
            case FaultMode.HangAfterEffect:
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, context.RequestAborted);
                return true;
            default:
                return false;
        }
    }

    private static GatewayFault? Matching(GatewayState state, string kind) =>
        state.Faults.Find(each => each.Remaining > 0 && (each.Kind == kind || each.Kind == "any"));
}
