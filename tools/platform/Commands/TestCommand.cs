namespace Platform.Tool.Commands;

internal static class TestCommand
{
    public static Task<int> RunAsync(Session session, IReadOnlyList<string> filters, bool build, CancellationToken ct) => Task.FromResult(0);
}
