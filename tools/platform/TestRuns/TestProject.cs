using Platform.Tool.Layout;

namespace Platform.Tool.TestRuns;

/// <summary>A project under tests/ and the program that its build makes.</summary>
internal sealed record TestProject(string Name, string Program)
{
    public static IReadOnlyList<TestProject> Find(PlatformLayout layout, IReadOnlyList<string> filters)
    {
        var tests = Path.Combine(layout.Root, "tests");
        var projects = Directory.Exists(tests)
            ? Directory.EnumerateDirectories(tests).SelectMany(folder => Directory.EnumerateFiles(folder, "Platform.*.Tests.csproj"))
            : [];
        return [.. projects
            .Where(project => filters.Count == 0
                || filters.Any(filter => Named(layout, project).Contains(filter, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal)
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Select(name => new TestProject(name, ProgramOf(layout, name)))];
    }

    /// <summary>A filter may be a part of the folder's or of the project's name.</summary>
    private static string Named(PlatformLayout layout, string project) => Path.GetRelativePath(layout.Root, project);

    /// <summary>
    /// MSBuild puts the artifacts beside the nearest Directory.Build.props unless it is told otherwise, and tests/ has one of its own:
    /// the newer of both places counts.
    /// </summary>
    private static string ProgramOf(PlatformLayout layout, string name)
    {
        var places = new[] { layout.Root, Path.Combine(layout.Root, "tests") }
            .Select(place => Path.Combine(place, "artifacts", "bin", name, "release", name));
        return places.Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc) ?? places.First();
    }
}
