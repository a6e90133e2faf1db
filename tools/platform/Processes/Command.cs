using System.Diagnostics;

namespace Platform.Tool.Processes;

/// <summary>A program with its arguments and surroundings.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
    public string WorkingDirectory { get; init; } = "/";
    public ServerAccount? RunAs { get; init; }

    private IEnumerable<string> Words => [.. RunAs?.Prefix ?? [], Program, .. Arguments];

    /// <summary>
    /// Starts the program in a session of its own with everything it prints going to the file, so that it neither hears the
    /// terminal's Ctrl-C nor ends with the launcher. The shell and setsid replace themselves: the id is the program's own.
    /// </summary>
    public ProcessIdentity StartDetached(string logFile)
    {
        if (File.Exists(logFile))
        {
            // Why the last one died is often asked after the next one has been started.
            File.Move(logFile, Path.ChangeExtension(logFile, ".previous.log"), overwrite: true);
        }

        var start = StartInfo("/bin/sh", ["-c", "log=$1; shift; exec setsid \"$@\" </dev/null >\"$log\" 2>&1", "sh", logFile, .. Words]);
        using var process = Process.Start(start)!;
        return ProcessIdentity.Of(process.Id) ?? new ProcessIdentity(process.Id, 0);
    }

    /// <summary>Runs to the end with everything it prints going to the file. Ends the program when the caller gives up.</summary>
    public async Task<int> RunAsync(string logFile, CancellationToken ct)
    {
        var start = StartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1", "sh", logFile, .. Words]);
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(ct);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Runs to the end on the launcher's own terminal.</summary>
    public async Task<int> RunInForegroundAsync(CancellationToken ct)
    {
        var words = Words.ToList();
        using var process = Process.Start(StartInfo(words[0], words[1..]))!;
        await process.WaitForExitAsync(ct);
        return process.ExitCode;
    }

    private ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = WorkingDirectory, UseShellExecute = false };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
