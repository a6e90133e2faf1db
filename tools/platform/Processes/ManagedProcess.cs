using System.Diagnostics;

namespace Platform.Tool.Processes;

/// <summary>
/// One long-running process of a platform: it is started detached, asked whether it is ready, and ended. The object can be made in
/// another launcher process than the one that started it (see <see cref="Attach"/>).
/// </summary>
public abstract class ManagedProcess(string name, string logFile, TimeProvider clock)
{
    private ProcessIdentity? identity;

    public string Name { get; } = name;
    public string LogFile { get; } = logFile;

    /// <summary>Where it listens, as people write it.</summary>
    public abstract string Address { get; }

    /// <summary>Set over everything the launcher would set; null removes a variable. Takes effect at the next start.</summary>
    public IDictionary<string, string?> EnvironmentOverrides { get; } = new Dictionary<string, string?>();

    public ProcessIdentity? Identity => identity;
    public int? Pid => IsRunning ? identity!.Value.Pid : null;
    public bool IsRunning => identity is { IsAlive: true };
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>How long the last start took until the process said that it was ready.</summary>
    public TimeSpan? ReadyAfter { get; private set; }

    protected TimeProvider Clock { get; } = clock;
    protected virtual TimeSpan ReadyPatience => TimeSpan.FromSeconds(120);
    protected virtual TimeSpan StopPatience => TimeSpan.FromSeconds(30);
    protected virtual Signal StopSignal => Signal.Terminate;

    /// <summary>Called whenever a process was started, became ready or was ended, so that the state on disk can follow.</summary>
    internal Action? Changed { get; set; }

    /// <summary>Starts the process, or does nothing when it runs. Returns before it is ready.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        if (IsRunning)
        {
            return;
        }

        var command = await PrepareAsync(ct);
        var environment = new Dictionary<string, string?>(command.Environment);
        foreach (var (variable, value) in EnvironmentOverrides)
        {
            environment[variable] = value;
        }

        StartedAt = Clock.GetUtcNow();
        ReadyAfter = null;
        identity = (command with { Environment = environment }).StartDetached(LogFile);
        Changed?.Invoke();
    }

    /// <exception cref="TroubleException">It died, or it did not become ready in time; the message has the end of its log.</exception>
    public async Task WaitReadyAsync(CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        for (var seen = "nothing yet"; ;)
        {
            if (!IsRunning)
            {
                throw Died("died while starting");
            }

            if (await ProbeAsync(ct) is not { } problem)
            {
                break;
            }

            seen = problem;
            if (Stopwatch.GetElapsedTime(start) > ReadyPatience)
            {
                throw Died($"was not ready after {ReadyPatience.TotalSeconds:0} s (last seen: {seen})");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), Clock, ct);
        }

        ReadyAfter ??= Clock.GetUtcNow() - StartedAt;
        Changed?.Invoke();
    }

    /// <summary>Asks the process to end, and makes it end when it does not. Nothing that it started is left.</summary>
    public virtual async Task StopAsync(CancellationToken ct)
    {
        if (identity is { IsAlive: true } running)
        {
            var tree = running.Tree();
            running.Send(StopSignal);
            if (!await running.WaitForEndAsync(StopPatience, Clock, ct))
            {
                await KillTreeAsync(running.Tree(), ct);
            }

            // PostgreSQL's workers and Erlang's port programs end shortly after their parent.
            await EndLeftoversAsync(tree, ct);
        }

        identity = null;
        Changed?.Invoke();
    }

    /// <summary>kill -9 of the process and of everything below it, as a power cut would end them.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        if (identity is { IsAlive: true } running)
        {
            await KillTreeAsync(running.Tree(), ct);
        }

        Changed?.Invoke();
    }

    /// <summary>Ends the process if it runs, starts it on the same port and data, and waits until it is ready.</summary>
    public async Task RestartAsync(CancellationToken ct)
    {
        await StopAsync(ct);
        await StartAsync(ct);
        await WaitReadyAsync(ct);
    }

    internal void Attach(ProcessIdentity known, DateTimeOffset? startedAt, TimeSpan? readyAfter)
    {
        identity = known;
        StartedAt = startedAt;
        ReadyAfter = readyAfter;
    }

    internal abstract Task<Command> PrepareAsync(CancellationToken ct);

    /// <returns>Null when the process is ready, otherwise what was seen instead.</returns>
    protected abstract Task<string?> ProbeAsync(CancellationToken ct);

    private TroubleException Died(string what) =>
        new($"{Name} {what}; its last lines:{Environment.NewLine}{LogTail.Quote(LogFile)}", $"whole log: {LogFile}");

    private async Task KillTreeAsync(IReadOnlyList<ProcessIdentity> tree, CancellationToken ct)
    {
        foreach (var member in tree)
        {
            member.Send(Signal.Kill);
        }

        foreach (var member in tree)
        {
            await member.WaitForEndAsync(TimeSpan.FromSeconds(10), Clock, ct);
        }
    }

    private async Task EndLeftoversAsync(IReadOnlyList<ProcessIdentity> tree, CancellationToken ct)
    {
        foreach (var member in tree)
        {
            if (!await member.WaitForEndAsync(TimeSpan.FromSeconds(5), Clock, ct))
            {
                member.Send(Signal.Kill);
            }
        }
    }
}
