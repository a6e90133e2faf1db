using Platform.Tool.Processes;

namespace Platform.Launcher.Tests;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_recycled_pid_is_not_the_process_that_was_started()
    {
        var mine = ProcessIdentity.Of(Environment.ProcessId)!.Value;

        mine.IsAlive.ShouldBeTrue();
        (mine with { StartTicks = mine.StartTicks - 1 }).IsAlive.ShouldBeFalse();
    }

    [Fact]
    public void A_signal_to_a_recycled_pid_is_not_sent()
    {
        var mine = ProcessIdentity.Of(Environment.ProcessId)!.Value;

        // Were it sent, this test run would end here.
        (mine with { StartTicks = mine.StartTicks - 1 }).Send(Signal.Kill);
    }

    [Fact]
    public void A_program_name_with_blanks_and_parentheses_does_not_shift_the_fields()
    {
        var status = ProcessStatus.Parse("42 (a) b (c) S 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 2 3");

        status.Pid.ShouldBe(42);
        status.ParentPid.ShouldBe(7);
        status.StartTicks.ShouldBe(98765);
    }
}
