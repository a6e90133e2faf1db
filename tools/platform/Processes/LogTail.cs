using System.Text;

namespace Platform.Tool.Processes;

/// <summary>The end of a log file that another process is writing.</summary>
internal static class LogTail
{
    private const int WindowBytes = 64 * 1024;

    public static IReadOnlyList<string> Last(string path, int lines)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // A line of a structured log can be long, but not so long that twenty of them leave this window empty.
        var window = Math.Max(WindowBytes, lines * 1024L);
        var cut = file.Length > window;
        file.Seek(cut ? -window : 0, cut ? SeekOrigin.End : SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var all = reader.ReadToEnd().Split('\n');
        return all.Skip(cut ? 1 : 0).Where(line => line.Length > 0).TakeLast(lines).ToList();
    }

    /// <summary>The last 20 lines, marked as somebody else's words, to stand in a message.</summary>
    public static string Quote(string path) =>
        Last(path, 20) is { Count: > 0 } last
            ? string.Join(Environment.NewLine, last.Select(line => "  | " + line))
            : "  (it printed nothing)";

    /// <summary>
    /// Writes what is appended to the file until the caller has seen enough. A file that was started anew is read from its beginning.
    /// </summary>
    public static async Task FollowAsync(string path, TextWriter output, TimeProvider clock, CancellationToken ct)
    {
        var position = File.Exists(path) ? new FileInfo(path).Length : 0;
        var buffer = new char[8 * 1024];
        while (!ct.IsCancellationRequested)
        {
            if (File.Exists(path))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                position = file.Length < position ? 0 : position;
                file.Seek(position, SeekOrigin.Begin);
                using var reader = new StreamReader(file, Encoding.UTF8);
                for (int read; (read = await reader.ReadAsync(buffer, ct)) > 0;)
                {
                    await output.WriteAsync(buffer.AsMemory(0, read), ct);
                }

                await output.FlushAsync(ct);
                position = file.Position;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, ct);
        }
    }
}
