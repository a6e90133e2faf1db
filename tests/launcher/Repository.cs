using Platform.Tool.Layout;

namespace Platform.Launcher.Tests;

internal static class Repository
{
    /// <summary>The repository that these tests were built in, found from where they run whatever the environment says.</summary>
    public static PlatformLayout Built { get; } = Above(new(AppContext.BaseDirectory));

    private static PlatformLayout Above(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Platform.sln"))
        ? new(folder.FullName, Path.Combine(folder.FullName, ".platform"))
        : Above(folder.Parent ?? throw new DirectoryNotFoundException($"There is no Platform.sln above {AppContext.BaseDirectory}."));
}
