namespace Platform.Tool.TestRuns;

/// <summary>How many tests ended how.</summary>
internal readonly record struct TestTally(int Passed, int Failed, int Skipped)
{
    /// <summary>One thing that went wrong outside of any test: a crash, a missing report, a project that is not built.</summary>
    public static TestTally OneFailure { get; } = new(0, 1, 0);

    /// <summary>A run without a single passed test proves nothing.</summary>
    public bool IsGood => Failed == 0 && Passed > 0;

    public static TestTally operator +(TestTally left, TestTally right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}
