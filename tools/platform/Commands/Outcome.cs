using System.Globalization;

namespace Platform.Tool.Commands;

/// <summary>Turns whatever a command ended with into an exit code and, at most, a few lines for the reader.</summary>
internal static class Outcome
{
    private const int Trouble = 1;
    private const int InterruptedBySignal = 130;

    public static async Task<int> OfAsync(Session session, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (TroubleException trouble)
        {
            await Console.Error.WriteLineAsync(trouble.ToLines());
            return Trouble;
        }
        catch (OperationCanceledException) when (session.Interrupted.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("platform: interrupted");
            return InterruptedBySignal;
        }
        catch (Exception unexpected)
        {
            var file = WriteCrashFile(session, unexpected);
            var line = unexpected.Message.ReplaceLineEndings(" ");
            await Console.Error.WriteLineAsync($"platform: unexpected {unexpected.GetType().Name}: {line} (details: {file})");
            return Trouble;
        }
    }

    private static string WriteCrashFile(Session session, Exception unexpected)
    {
        var moment = session.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var name = $"platform-crash-{moment}-{Environment.ProcessId}.txt";
        try
        {
            Directory.CreateDirectory(session.Layout.Logs);
            return Write(Path.Combine(session.Layout.Logs, name));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException or TroubleException)
        {
            // The home itself may be what is broken.
            return Write(Path.Combine(Path.GetTempPath(), name));
        }

        string Write(string path)
        {
            File.WriteAllText(path, unexpected.ToString());
            return path;
        }
    }
}
