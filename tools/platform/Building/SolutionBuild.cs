using System.Security.Cryptography;
using System.Text;
using Platform.Tool.Display;
using Platform.Tool.Layout;
using Platform.Tool.Processes;

namespace Platform.Tool.Building;

/// <summary>
/// Builds the solution when a source has changed since the last build. Asking MSBuild itself takes seconds even when nothing has.
/// </summary>
internal sealed class SolutionBuild(PlatformLayout layout, TimeProvider clock)
{
    private static readonly string[] Skipped = ["artifacts", "node_modules", "bin", "obj", "docs"];

    private string StampFile => Path.Combine(layout.Root, "artifacts", "platform-build.stamp");

    public async Task EnsureAsync(Progress progress, CancellationToken ct)
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(layout.Root, "artifacts")).FullName;
        using var alone = await AloneAsync(Path.Combine(artifacts, "platform-build.lock"), ct);
        var sources = Fingerprint();
        if (File.Exists(StampFile) && await File.ReadAllTextAsync(StampFile, ct) == sources)
        {
            return;
        }

        using var step = progress.Begin("built", "Platform.sln");
        var log = layout.LogOf("build");
        // Nodes that stay behind to be used again would outlive the launcher for a quarter of an hour.
        var build = new Command("dotnet", "build", "Platform.sln", "-c", "Release", "-nologo", "-v:minimal", "-nodeReuse:false")
        {
            WorkingDirectory = layout.Root,
        };
        if (await build.RunAsync(log, ct) != 0)
        {
            throw Failed(log);
        }

        await File.WriteAllTextAsync(StampFile, sources, ct);
        step.Done();
    }

    /// <summary>Changes with every source file that appears, disappears, or is written.</summary>
    internal string Fingerprint()
    {
        var list = new StringBuilder();
        foreach (var file in Sources(new(layout.Root)).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            list.Append(file.FullName).Append('\t').Append(file.LastWriteTimeUtc.Ticks).Append('\t').Append(file.Length).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())));
    }

    private IEnumerable<FileInfo> Sources(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            // Hidden folders are tools' own. Restore rewrites the lock files, so they can not say whether a build is due.
            var skipped = entry.FullName == layout.Home || Skipped.Contains(entry.Name) || entry.Name == "packages.lock.json"
                || (entry is DirectoryInfo && entry.Name.StartsWith('.')) || entry.Extension == ".md" || entry.LinkTarget is not null;
            if (skipped)
            {
                continue;
            }

            if (entry is FileInfo file)
            {
                yield return file;
            }
            else
            {
                foreach (var below in Sources((DirectoryInfo)entry))
                {
                    yield return below;
                }
            }
        }
    }

    private static TroubleException Failed(string log)
    {
        var errors = LogTail.Last(log, 2_000).Where(line => line.Contains(": error ", StringComparison.Ordinal))
            .Select(line => line.Trim()).Distinct().Take(10).ToList();
        var shown = errors.Count > 0 ? errors : [.. LogTail.Last(log, 20)];
        var quoted = string.Join(Environment.NewLine, shown.Select(line => "  | " + line));
        return new($"Platform.sln does not build:{Environment.NewLine}{quoted}", $"whole log: {log}");
    }

    private async Task<LauncherLock> AloneAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            if (LauncherLock.TryTake(path) is { } taken)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
        }
    }
}
