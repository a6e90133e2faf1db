namespace Platform.Tool.Commands;

internal static class DemoCommand
{
    public static Task<int> RunAsync(Session session, bool once, bool json, bool build, CancellationToken ct) => Task.FromResult(0);
}
