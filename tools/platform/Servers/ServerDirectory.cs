using System.Security.Cryptography;
using Platform.Tool.Layout;
using Platform.Tool.Processes;

namespace Platform.Tool.Servers;

/// <summary>
/// Where PostgreSQL and RabbitMQ keep their data: in the platform's home, unless they run as users who can not get there (a checkout
/// below /root, a private temporary directory); then in a fresh directory of /var/tmp, which the home remembers.
/// </summary>
internal static class ServerDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="layout">Whose servers.</param>
    /// <param name="notice">Told when the data has to lie elsewhere.</param>
    public static string Resolve(PlatformLayout layout, Action<string> notice)
    {
        if (File.Exists(layout.ServersPointerFile))
        {
            var known = File.ReadAllText(layout.ServersPointerFile).Trim();
            if (Directory.Exists(known))
            {
                return known;
            }
        }

        if (!Environment.IsPrivilegedProcess || FirstClosedDirectory(layout.Home) is not { } closed)
        {
            return layout.Home;
        }

        var elsewhere = $"/var/tmp/platform-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        Directory.CreateDirectory(elsewhere, OwnerOnly);
        File.SetUnixFileMode(elsewhere, Passable);
        PrivateFile.Write(layout.ServersPointerFile, elsewhere);
        notice($"{closed} is closed to the servers' own users, so their data lies in {elsewhere}");
        return elsewhere;
    }

    /// <summary>Removes the data of both servers. They must not be running.</summary>
    public static void DeleteServers(PlatformLayout layout)
    {
        var elsewhere = File.Exists(layout.ServersPointerFile) ? File.ReadAllText(layout.ServersPointerFile).Trim() : layout.Home;
        // The pointer is a file that anybody could have edited: only what this class makes is ever deleted.
        if (elsewhere.StartsWith("/var/tmp/platform-", StringComparison.Ordinal))
        {
            Delete(elsewhere);
            File.Delete(layout.ServersPointerFile);
        }

        foreach (var data in new[] { "pgdata", "pgdata.new", "rabbitmq" })
        {
            Delete(Path.Combine(layout.Home, data));
        }
    }

    /// <summary>Removes the data of both servers and everything else of this platform.</summary>
    public static void DeleteAll(PlatformLayout layout)
    {
        DeleteServers(layout);
        if (!Directory.Exists(layout.Home))
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(layout.Home).EnumerateFileSystemInfos())
        {
            // The lock is held by whoever is deleting, and a test run beside this platform must not lose its servers.
            if (entry.FullName == layout.LockFile || IsInUse(Path.Combine(entry.FullName, "lock")))
            {
                continue;
            }

            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    /// <summary>Makes a directory that only the account can enter (or only we, when no account is needed).</summary>
    public static string Make(string path, ServerAccount? owner)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        owner?.Own(path);
        return path;
    }

    public static void WriteFile(string path, string content, ServerAccount? owner)
    {
        PrivateFile.Write(path, content);
        owner?.Own(path);
    }

    private static bool IsInUse(string lockFile)
    {
        if (!File.Exists(lockFile))
        {
            return false;
        }

        using var free = LauncherLock.TryTake(lockFile);
        return free is null;
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? FirstClosedDirectory(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
