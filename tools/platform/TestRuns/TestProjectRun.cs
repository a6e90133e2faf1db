using Platform.Tool.Layout;
using Platform.Tool.Processes;

namespace Platform.Tool.TestRuns;

/// <summary>Runs one test program to its end and reads what it says.</summary>
/// <param name="layout">Of the private servers; logs and reports go there.</param>
/// <param name="environment">Where the servers are.</param>
/// <param name="patience">A program that takes longer hangs.</param>
/// <param name="clock">Time.</param>
internal sealed class TestProjectRun(
    PlatformLayout layout, IReadOnlyDictionary<string, string?> environment, TimeSpan patience, TimeProvider clock)
{
    public async Task<TestReport> RunAsync(TestProject project, CancellationToken ct)
    {
        if (!File.Exists(project.Program))
        {
            return new(TestTally.OneFailure,
                [new($"{project.Name} is not built", $"{project.Program} does not exist: is the project in Platform.sln?")]);
        }

        var reports = Directory.CreateDirectory(Path.Combine(layout.Home, "reports")).FullName;
        var report = project.Name + ".xml";
        var log = layout.LogOf(project.Name);
        File.Delete(Path.Combine(reports, report));
        var command = new Command(project.Program,
            "--report-xunit", "--report-xunit-filename", report, "--results-directory", reports, "--no-ansi", "--no-progress")
        {
            Environment = environment, WorkingDirectory = Path.GetDirectoryName(project.Program)!,
        };
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var code = await command.RunAsync(log, either.Token);
            return TestReport.Read(Path.Combine(reports, report), code, LogTail.Last(log, 20));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var tail = string.Join(Environment.NewLine, LogTail.Last(log, 20));
            return new(TestTally.OneFailure,
                [new($"{project.Name} did not end within {patience.TotalMinutes:0} minutes and was killed", tail)]);
        }
    }
}
