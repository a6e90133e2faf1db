using System.Diagnostics;
using System.Text.Json.Nodes;
using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Running;

namespace Platform.Launcher.Tests;

/// <summary>A repository whose "built" programs are stand-ins, and the launcher to run on it as a process, as a user would.</summary>
public sealed class StandInRepository : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("platform-launcher-").FullName;

    /// <param name="closed">Leave the directory to its owner alone, as a private temporary directory is.</param>
    public StandInRepository(bool closed = false)
    {
        if (!closed)
        {
            File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        }

        Layout = new(root, Path.Combine(root, ".platform"));
        File.WriteAllText(Path.Combine(root, "Platform.sln"), "");
        Directory.CreateDirectory(Layout.Faults);
        foreach (var application in Applications.All)
        {
            Install(application);
        }
    }

    public PlatformLayout Layout { get; }

    /// <summary>What the stand-ins were asked to do, in order.</summary>
    public IReadOnlyList<string> Journal =>
        Directory.Exists(JournalFolder)
            ? [.. Directory.EnumerateFiles(JournalFolder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
                .Select(entry => entry[(entry.IndexOf(' ', StringComparison.Ordinal) + 1)..])]
            : [];

    private string JournalFolder => Path.Combine(Layout.Faults, "journal");

    /// <summary>Makes a stand-in misbehave: die, migrate, unready.</summary>
    public void Plant(string fault, string process) =>
        File.WriteAllText(Path.Combine(Layout.Faults, $"{fault}-{AssemblyOf(process)}"), "");

    public void Lift(string fault, string process) => File.Delete(Path.Combine(Layout.Faults, $"{fault}-{AssemblyOf(process)}"));

    public void Remove(string process) => Directory.Delete(Path.GetDirectoryName(Layout.BinaryOf(AssemblyOf(process)))!, recursive: true);

    /// <summary>Adds a test project whose "built" program is a shell script, or is missing.</summary>
    /// <param name="name">Of the project, without the fixed parts.</param>
    /// <param name="body">May call `report passed failed skipped`, which writes what xunit would.</param>
    public void AddTestProgram(string name, string? body)
    {
        var project = $"Platform.{name}.Tests";
        var folder = Directory.CreateDirectory(Path.Combine(root, "tests", name.ToUpperInvariant())).FullName;
        File.WriteAllText(Path.Combine(folder, project + ".csproj"), "<Project/>");
        if (body is null)
        {
            return;
        }

        var program = Path.ChangeExtension(Layout.BinaryOf(project), null);
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program, $$"""
            #!/bin/sh
            while [ $# -gt 0 ]; do
                case $1 in
                    --report-xunit-filename) file=$2; shift ;;
                    --results-directory) folder=$2; shift ;;
                esac
                shift
            done
            report() {
                failure='<test name="{{name}}.fails" result="Fail"><failure><message>expected this, got that</message></failure></test>'
                [ "$2" -gt 0 ] || failure=
                counts="passed='$1' failed='$2' skipped='$3' errors='0' not-run='0'"
                echo "<assemblies><assembly $counts>$failure</assembly></assemblies>" > "$folder/$file"
            }
            {{body}}

            """);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
    }

    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var launcher = Start(arguments);
        return await launcher.EndAsync();
    }

    public RunningLauncher Start(string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Built.BinaryOf("Platform.Tool"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = root,
        };
        start.Environment["PLATFORM_ROOT"] = root;
        start.Environment["PLATFORM_HOME"] = Layout.Home;
        start.Environment["PLATFORM_PORTS"] = "free";
        foreach (var name in new[] { "PLATFORM_MIDTRANS_SERVER_KEY", "PLATFORM_KUBECONFIG" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!);
    }

    /// <summary>Every process of this machine that works in or for this repository.</summary>
    public IReadOnlyList<string> ProcessesLeft()
    {
        var servers = File.Exists(Layout.ServersPointerFile) ? File.ReadAllText(Layout.ServersPointerFile) : root;
        return [.. ProcessStatus.All().Where(status => !status.IsZombie)
            .Select(status => (status.Pid, Words: CommandLineOf(status.Pid), Surroundings: EnvironmentOf(status.Pid)))
            .Where(found => found.Words.Contains(root, StringComparison.Ordinal) || found.Words.Contains(servers, StringComparison.Ordinal)
                || found.Surroundings.Contains(root + "/", StringComparison.Ordinal))
            .Select(found => $"{found.Pid} {found.Words}")];
    }

    public async ValueTask DisposeAsync()
    {
        var ended = await RunAsync("reset", "--yes");
        ended.Code.ShouldBe(0, ended.ToString());
        Directory.Delete(root, recursive: true);
    }

    private static string AssemblyOf(string process) => Applications.All.Single(application => application.Name == process).Assembly;

    private void Install(Application application)
    {
        var target = Layout.BinaryOf(application.Assembly);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var source = Repository.Built.BinaryOf("Platform.Launcher.StandIn");
        File.Copy(source, target);
        // Without a deps.json every assembly beside the program is one of its own, whatever it is called.
        File.Copy(Path.ChangeExtension(source, ".runtimeconfig.json"), Path.ChangeExtension(target, ".runtimeconfig.json"));
    }

    private static string CommandLineOf(int pid) => Read($"/proc/{pid}/cmdline");

    private static string EnvironmentOf(int pid) => pid == Environment.ProcessId ? "" : Read($"/proc/{pid}/environ");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>How a launcher ended and what it said.</summary>
public sealed record Ended(int Code, string Output, string Errors)
{
    public string LastLine => Output.TrimEnd().Split('\n')[^1];
    public JsonNode Json => JsonNode.Parse(LastLine)!;

    /// <summary>No expected trouble may end in a stack trace.</summary>
    public Ended WithoutStackTrace()
    {
        (Output + Errors).ShouldNotContain("   at ", Case.Sensitive, ToString());
        (Output + Errors).ShouldNotContain("unexpected", Case.Sensitive, ToString());
        return this;
    }

    public override string ToString() => $"exit code {Code}\n--- output\n{Output}\n--- errors\n{Errors}";
}

public sealed class RunningLauncher(Process process) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly Task<string> output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> errors = process.StandardError.ReadToEndAsync();

    public ProcessIdentity Identity { get; } = new(process.Id, ProcessIdentity.Of(process.Id)?.StartTicks ?? 0);

    public async Task<Ended> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The launcher did not end within {Patience}. It had said: {await output} {await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }

    public void Dispose() => process.Dispose();
}
