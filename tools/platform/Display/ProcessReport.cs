using Platform.Tool.Processes;

namespace Platform.Tool.Display;

/// <summary>What can be said of a process at one moment.</summary>
internal sealed record ProcessReport(
    string Name, string State, string? Address, double? ReadyMilliseconds, int? Pid, long? ResidentKib, double? UptimeSeconds, string Log)
{
    public static ProcessReport Of(ManagedProcess process, TimeProvider clock)
    {
        var state = process switch
        {
            { IsRunning: true, ReadyAfter: not null } => "ready",
            { IsRunning: true } => "running",
            { Identity: not null } => "dead",
            _ => "not started",
        };
        return process is { IsRunning: true, Identity: { } identity }
            ? new(process.Name, state, process.Address, process.ReadyAfter?.TotalMilliseconds, identity.Pid, identity.ResidentKib(),
                process.StartedAt is { } start ? (clock.GetUtcNow() - start).TotalSeconds : null, process.LogFile)
            : NeverStarted(process.Name, process.LogFile) with { State = state };
    }

    public static ProcessReport NeverStarted(string name, string log) => new(name, "not started", null, null, null, null, null, log);
}
