using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Platform.Architecture.Tests;

/// <summary>The source tree as it lies on disk, build output left out.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file that people write; migrations are generated.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files("*.cs").Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal)).Select(path => new SourceFile(path))];

    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "artifacts" or ".platform" or ".git" or "node_modules" or "obj" or "bin"))
        .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(Environment.GetEnvironmentVariable("PLATFORM_ROOT") ?? Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(directory.FullName, "Platform.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Platform.sln was not found above the tests.");
        return directory.FullName;
    }
}

internal sealed class SourceFile(string path)
{
    public string Path { get; } = path;

    public string Text { get; } = Repository.Read(path);

    public string[] Lines => field ??= Text.Split('\n');

    public SyntaxNode Syntax => field ??= CSharpSyntaxTree.ParseText(Text).GetRoot();

    /// <summary>First folder, and for services and the like the second too: <c>services/wallet</c>.</summary>
    public string Part => string.Join('/', Path.Split('/').Take(Path.StartsWith("gateway", StringComparison.Ordinal) ? 1 : 2));
}
