using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Platform.Tool.TestRuns;

internal sealed record FailedTest(string Name, string Message);

/// <summary>What one test program says of itself in xunit's report, checked against how it ended.</summary>
internal sealed record TestReport(TestTally Tally, IReadOnlyList<FailedTest> Failures)
{
    /// <param name="file">The report, which does not exist when the program crashed.</param>
    /// <param name="exitCode">Of the program.</param>
    /// <param name="lastLines">The end of its output, to explain a crash.</param>
    public static TestReport Read(string file, int exitCode, IReadOnlyList<string> lastLines)
    {
        var tail = string.Join(Environment.NewLine, lastLines);
        if (Parse(file) is not { } report)
        {
            return new(TestTally.OneFailure, [new($"ended with exit code {exitCode} and left no report", tail)]);
        }

        if (report.Tally is { Failed: 0, Passed: 0, Skipped: 0 })
        {
            return new(TestTally.OneFailure, [new($"ran no test (exit code {exitCode})", "")]);
        }

        // Every test passed and yet the program says no: something failed where no test could see it.
        return exitCode != 0 && report.Tally.Failed == 0
            ? new(report.Tally + TestTally.OneFailure,
                [.. report.Failures, new($"ended with exit code {exitCode} although no test failed", tail)])
            : report;
    }

    private static TestReport? Parse(string file)
    {
        try
        {
            var assemblies = XDocument.Load(file).Root!.Elements("assembly").ToList();
            if (assemblies.Count == 0)
            {
                return null;
            }

            int Sum(string attribute) =>
                assemblies.Sum(assembly => int.Parse(assembly.Attribute(attribute)!.Value, CultureInfo.InvariantCulture));
            var failures = assemblies.Descendants("test").Where(test => (string?)test.Attribute("result") == "Fail").Select(Failure)
                .Concat(assemblies.Descendants("error").Select(error => Failure("outside of a test", error))).ToList();
            return new(new(Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped") + Sum("not-run")), failures);
        }
        catch (Exception unreadable) when (unreadable is IOException or XmlException)
        {
            // A program that died while writing leaves half a file; either way it did not end properly.
            return null;
        }
    }

    private static FailedTest Failure(XElement test) => Failure((string?)test.Attribute("name") ?? "a test without a name", test);

    private static FailedTest Failure(string name, XElement element)
    {
        var failure = element.Element("failure");
        return new(name, ((string?)failure?.Element("message") ?? "").Trim());
    }
}
