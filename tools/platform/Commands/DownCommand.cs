using Platform.Tool.Display;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

internal static class DownCommand
{
    public static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        using var progress = session.OpenProgress();
        using var alone = await session.LockAsync(progress, ct);
        if (!await StopAsync(session, progress, keepData: true, ct))
        {
            progress.Print("Nothing was running.");
        }

        return 0;
    }

    /// <param name="session">Whose platform.</param>
    /// <param name="progress">Shows what is stopped.</param>
    /// <param name="keepData">Whether the data is used again; a broker that need not save anything is gone six seconds sooner.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Whether there was anything to stop.</returns>
    public static async Task<bool> StopAsync(Session session, Progress progress, bool keepData, CancellationToken ct)
    {
        // The real systems of the caller's environment do not matter here: a simulator that was started without them is ended too.
        var options = new PlatformOptions { Progress = progress, Clock = session.Clock };
        if (PlatformSystem.Find(session.Layout, options) is not { } system)
        {
            return false;
        }

        var ran = system.IsAnythingRunning;
        if (!keepData)
        {
            await system.RabbitMq.KillAsync(ct);
        }

        await system.StopAsync(ct);
        return ran;
    }
}
