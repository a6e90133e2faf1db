using System.Collections.Concurrent;
using System.Diagnostics;

namespace Platform.WalletSequences.Running;

/// <summary>A built program of the platform in a process of its own, with the address that it listens on.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private const int LinesKept = 400;
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    /// <summary>Two seconds on an idle machine; what is longer than this is stuck.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);


    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Whatever ends the test run takes its processes along.
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values)
            process.Kill();
    };

    private ChildProcess(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo(ProgramOf(program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        Running[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address => listening.Task.Result;

    public bool IsAlive => !process.HasExited;

    /// <summary>What it said last, warnings and worse.</summary>
    public IEnumerable<string> Said => lines;

    public static async Task<ChildProcess> StartAsync(string program, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var child = new ChildProcess(program, [], settings);
        var ended = child.process.WaitForExitAsync();
        if (await Task.WhenAny(child.listening.Task, ended).WaitAsync(StartsWithin) == ended)
            throw new InvalidOperationException($"{program} ended at its start:{Environment.NewLine}{string.Join('\n', child.lines)}");
        return child;
    }

    /// <summary>Runs a program that ends by itself.</summary>
    public static async Task RunAsync(string program, string argument, IEnumerable<KeyValuePair<string, string>> settings)
    {
        using var child = new ChildProcess(program, [argument], settings);
        await child.process.WaitForExitAsync().WaitAsync(StartsWithin);
        child.process.ExitCode.ShouldBe(0, string.Join('\n', child.lines));
    }

    /// <summary>kill -9, and until it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public Task DeathAsync(CancellationToken ct) => process.WaitForExitAsync(ct);

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        Running.TryRemove(process.Id, out _);
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
            listening.TrySetResult(new(line[(at + Listening.Length)..].Split('"')[0]));
        lines.Enqueue(line);
        while (lines.Count > LinesKept)
            lines.TryDequeue(out _);
    }

    // artifacts/bin/{this project}/release/ beside artifacts/bin/{program}/release/.
    private static string ProgramOf(string program)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, program, own.Name, program);
    }
}
