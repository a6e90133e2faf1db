namespace Platform.Launcher.Tests;

/// <summary>
/// `./platform demo` on stand-ins, which know nothing of the job: what it says, and what it leaves, when a step does not hold.
/// </summary>
public sealed class DemoVerbTests
{
    [Fact]
    public async Task Demo_starts_the_platform_and_with_once_it_ends_what_it_started()
    {
        await using var repository = new StandInRepository();

        var demo = (await repository.RunAsync("demo", "--no-build", "--json", "--once")).WithoutStackTrace();

        demo.Code.ShouldBe(1, demo.ToString());
        demo.Output.TrimEnd().Split('\n').Length.ShouldBe(1, demo.ToString());
        ((bool)demo.Json["ok"]!).ShouldBeFalse();
        ((string)demo.Json["error"]!).ShouldContain("step register did not hold");
        demo.Errors.ShouldContain("404");
        repository.ProcessesLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Demo_on_a_running_platform_leaves_it_running()
    {
        await using var repository = new StandInRepository();
        (await repository.RunAsync("up", "--no-build")).Code.ShouldBe(0);

        var demo = (await repository.RunAsync("demo", "--no-build", "--once")).WithoutStackTrace();

        demo.Code.ShouldBe(1, demo.ToString());
        demo.Output.ShouldContain("it is left running");
        (await repository.RunAsync("status")).Output.ShouldNotContain("dead");
        repository.ProcessesLeft().ShouldNotBeEmpty();
    }
}
