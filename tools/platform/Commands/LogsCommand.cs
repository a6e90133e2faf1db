using Platform.Tool.Processes;

namespace Platform.Tool.Commands;

internal static class LogsCommand
{
    public static async Task<int> RunAsync(Session session, string process, int lines, bool follow, CancellationToken ct)
    {
        var path = session.Layout.LogOf(process);
        if (!File.Exists(path) && !follow)
        {
            throw new TroubleException($"{process} has no log yet: {path} does not exist", "start it: ./platform up");
        }

        foreach (var line in LogTail.Last(path, lines))
        {
            Console.WriteLine(line);
        }

        if (follow)
        {
            try
            {
                await LogTail.FollowAsync(path, Console.Out, session.Clock, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Ctrl-C is how one stops following.
            }
        }

        return 0;
    }
}
