using System.Diagnostics;
using System.Globalization;

namespace Platform.Tool.Processes;

/// <summary>
/// A process that can not be mistaken for another one. Process ids are used again, so the moment of its start (in clock ticks since
/// the machine booted) belongs to the name; a pid alone must never be killed.
/// </summary>
public readonly record struct ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>The process that has this id now, or null.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcessStatus.Read(pid) is { IsZombie: false } status ? new(pid, status.StartTicks) : null;

    public bool IsAlive => ProcessStatus.Read(Pid) is { IsZombie: false } status && status.StartTicks == StartTicks;

    /// <summary>Sends the signal if the process is still there.</summary>
    public void Send(Signal signal)
    {
        if (IsAlive)
        {
            // A failure means that the process has just gone, which is what every caller waits for next.
            _ = NativeMethods.Kill(Pid, (int)signal);
        }
    }

    /// <summary>This process and all that it started, as far as they are still linked to it.</summary>
    public IReadOnlyList<ProcessIdentity> Tree()
    {
        var children = ProcessStatus.All().Where(status => !status.IsZombie).ToLookup(status => status.ParentPid);
        var tree = new List<ProcessIdentity> { this };
        for (var next = 0; next < tree.Count; next++)
        {
            tree.AddRange(children[tree[next].Pid].Select(child => new ProcessIdentity(child.Pid, child.StartTicks)));
        }

        return tree;
    }

    /// <summary>Resident memory in KiB (VmRSS), 0 when the process is gone.</summary>
    public long ResidentKib()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Pid}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>True when the process ended within the time.</summary>
    public async Task<bool> WaitForEndAsync(TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (IsAlive)
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), clock, ct);
        }

        return true;
    }
}
