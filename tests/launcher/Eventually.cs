using System.Diagnostics;

namespace Platform.Launcher.Tests;

/// <summary>Waits for a condition, and fails loudly with what was seen instead.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task Holds(Func<bool> condition, Func<string> seen)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition();)
        {
            (Stopwatch.GetElapsedTime(start) < Patience).ShouldBeTrue($"not within {Patience}; seen: {seen()}");
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }
    }
}
