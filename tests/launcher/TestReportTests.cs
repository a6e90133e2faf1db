using Platform.Tool.TestRuns;

namespace Platform.Launcher.Tests;

public sealed class TestReportTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void The_sum_adds_up_over_projects()
    {
        var sum = new TestTally(3, 0, 1) + new TestTally(4, 2, 0);

        sum.ToString().ShouldBe("7 passed, 2 failed, 1 skipped");
        sum.IsGood.ShouldBeFalse();
        new TestTally(7, 0, 1).IsGood.ShouldBeTrue();
        new TestTally(0, 0, 4).IsGood.ShouldBeFalse();
    }

    [Fact]
    public void A_report_gives_its_numbers_and_the_message_of_each_failure()
    {
        Write("""
            <assembly passed="2" failed="1" skipped="1" errors="0" not-run="0"><collection>
              <test name="Money.is_lost" result="Fail"><failure><message>expected 5 &lt; 4</message></failure></test>
              <test name="a" result="Pass"/>
            </collection></assembly>
            """);

        var report = TestReport.Read(file, exitCode: 2, []);

        report.Tally.ShouldBe(new(2, 1, 1));
        report.Failures.ShouldBe([new("Money.is_lost", "expected 5 < 4")]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<assemblies><assembly passed=\"2\"")]
    [InlineData("<assemblies></assemblies>")]
    public void A_program_that_left_no_whole_report_counts_as_one_failure(string left)
    {
        File.WriteAllText(file, left);

        var report = TestReport.Read(file, exitCode: 139, ["Segmentation fault"]);

        report.Tally.ShouldBe(new(0, 1, 0));
        report.Failures[0].Name.ShouldContain("139");
        report.Failures[0].Message.ShouldContain("Segmentation fault");
    }

    [Fact]
    public void No_report_at_all_counts_as_one_failure()
    {
        TestReport.Read("/nowhere/report.xml", exitCode: 0, []).Tally.ShouldBe(new(0, 1, 0));
    }

    [Fact]
    public void A_run_without_tests_counts_as_one_failure()
    {
        Write("""<assembly passed="0" failed="0" skipped="0" errors="0" not-run="0"/>""");

        TestReport.Read(file, exitCode: 8, []).Tally.ShouldBe(new(0, 1, 0));
    }

    [Fact]
    public void Errors_outside_of_tests_count()
    {
        Write("""
            <assembly passed="5" failed="0" skipped="0" errors="1" not-run="0"><errors>
              <error name="cleanup"><failure><message>no way</message></failure></error>
            </errors></assembly>
            """);

        var report = TestReport.Read(file, exitCode: 2, []);

        report.Tally.ShouldBe(new(5, 1, 0));
        report.Failures[0].Message.ShouldBe("no way");
    }

    [Fact]
    public void A_bad_exit_after_good_tests_counts_as_one_failure()
    {
        Write("""<assembly passed="5" failed="0" skipped="0" errors="0" not-run="0"/>""");

        TestReport.Read(file, exitCode: 134, []).Tally.ShouldBe(new(5, 1, 0));
    }

    private void Write(string assembly) => File.WriteAllText(file, $"<?xml version=\"1.0\"?><assemblies>{assembly}</assemblies>");
}
