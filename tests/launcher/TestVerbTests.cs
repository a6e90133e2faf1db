using Npgsql;
using Platform.Tool.Processes;

namespace Platform.Launcher.Tests;

/// <summary>`./platform test` on test programs that are shell scripts.</summary>
public sealed class TestVerbTests
{
    [Fact]
    public async Task All_projects_are_run_with_servers_of_their_own_and_the_last_line_is_the_sum()
    {
        await using var repository = new StandInRepository();
        repository.AddTestProgram("Alpha", """
            printf '%s\n' "$PLATFORM_TEST_POSTGRES" "$PLATFORM_TEST_RABBITMQ" "$PLATFORM_TEST_RABBITMQ_API" "$PLATFORM_ROOT" \
                > "$PLATFORM_ROOT/seen"
            report 3 0 1
            """);
        repository.AddTestProgram("Beta", "report 2 1 0; exit 2");
        repository.AddTestProgram("Gamma", "echo 'out of the blue'; kill -SEGV $$");

        var test = (await repository.RunAsync("test", "--no-build")).WithoutStackTrace();

        test.Code.ShouldBe(1, test.ToString());
        test.LastLine.ShouldBe("5 passed, 2 failed, 1 skipped");
        test.Output.ShouldContain("FAILED Beta.fails");
        test.Output.ShouldContain("expected this, got that");
        test.Output.ShouldContain("out of the blue");
        var seen = await File.ReadAllLinesAsync(Path.Combine(repository.Layout.Root, "seen"));
        new NpgsqlConnectionStringBuilder(seen[0]).Username.ShouldBe("postgres");
        new Uri(seen[1]).Scheme.ShouldBe("amqp");
        new Uri(seen[2]).Scheme.ShouldBe("http");
        seen[3].ShouldBe(repository.Layout.Root);
        repository.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_filtered_projects_are_run_and_good_ones_end_with_success()
    {
        await using var repository = new StandInRepository();
        repository.AddTestProgram("Alpha", "report 3 0 1");
        repository.AddTestProgram("Beta", "report 0 1 0; exit 2");

        var test = (await repository.RunAsync("test", "--no-build", "alpha")).WithoutStackTrace();

        test.Code.ShouldBe(0, test.ToString());
        test.LastLine.ShouldBe("3 passed, 0 failed, 1 skipped");
    }

    [Fact]
    public async Task A_project_that_was_not_built_or_hangs_counts_as_failed()
    {
        await using var repository = new StandInRepository();
        repository.AddTestProgram("Alpha", null);
        repository.AddTestProgram("Beta", "exec sleep 1000");

        using var launcher = repository.Start(["test", "--no-build"], ("PLATFORM_TEST_TIMEOUT_MINUTES", "0"));
        var test = (await launcher.EndAsync()).WithoutStackTrace();

        test.Code.ShouldBe(1, test.ToString());
        test.LastLine.ShouldBe("0 passed, 2 failed, 0 skipped");
        test.Output.ShouldContain("is not built");
        test.Output.ShouldContain("did not end within");
    }

    [Fact]
    public async Task A_signal_ends_the_test_program_and_the_servers()
    {
        await using var repository = new StandInRepository();
        repository.AddTestProgram("Alpha", "touch \"$PLATFORM_ROOT/began\"; exec sleep 1000");

        using var launcher = repository.Start(["test", "--no-build"]);
        await Eventually.Holds(() => File.Exists(Path.Combine(repository.Layout.Root, "began")), () => "the test program has not begun");
        launcher.Identity.Send(Signal.Terminate);
        var test = (await launcher.EndAsync()).WithoutStackTrace();

        test.Code.ShouldBe(130, test.ToString());
        repository.ProcessesLeft().ShouldBeEmpty();
    }
}
