using Platform.Tool.Servers;

namespace Platform.Tool.Commands;

internal static class ResetCommand
{
    public static async Task<int> RunAsync(Session session, bool yes, CancellationToken ct)
    {
        var home = session.Layout.Home;
        if (!yes && !Console.IsInputRedirected)
        {
            Console.Write($"Delete all data in {home}? [y/N] ");
            if (Console.ReadLine() is not ("y" or "Y" or "yes"))
            {
                Console.WriteLine("Nothing was deleted.");
                return 1;
            }
        }

        using var progress = session.OpenProgress();
        using var alone = await session.LockAsync(progress, ct);
        await DownCommand.StopAsync(session, progress, keepData: false, ct);
        ServerDirectory.DeleteAll(session.Layout);
        progress.Print($"Deleted the data in {home}.");
        return 0;
    }
}
