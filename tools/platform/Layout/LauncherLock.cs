namespace Platform.Tool.Layout;

/// <summary>Lets one launcher at a time change a platform. The kernel gives the lock back when its holder dies, however it dies.</summary>
internal sealed class LauncherLock : IDisposable
{
    private readonly FileStream file;

    private LauncherLock(FileStream file) => this.file = file;

    /// <summary>
    /// Waits until no other launcher holds the lock; <paramref name="waiting"/> is called once when there is something to wait for.
    /// </summary>
    public static async Task<LauncherLock> TakeAsync(PlatformLayout layout, TimeProvider clock, Action waiting, CancellationToken ct)
    {
        Directory.CreateDirectory(layout.Home);
        for (var told = false; ; told = true)
        {
            if (TryTake(layout.LockFile) is { } taken)
            {
                return taken;
            }

            if (!told)
            {
                waiting();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
        }
    }

    /// <summary>The lock, or null when another process has it.</summary>
    public static LauncherLock? TryTake(string path)
    {
        try
        {
            // On Unix .NET implements FileShare.None with flock.
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new TroubleException(
                $"no permission to write {path}", "was it created by another user? remove it, or set PLATFORM_HOME", denied);
        }
    }

    public void Dispose() => file.Dispose();
}
