using System.Collections.Frozen;

namespace Platform.Identity.Passwords;

/// <summary>What people choose and attackers try first, in lower case.</summary>
internal static class CommonPasswords
{
    private static readonly FrozenSet<string> All = Read().ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Entries that also count as nothing when they are only a part of a password.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. All.Where(entry => entry.Length >= 4)];

    public static bool Contains(string password) => All.Contains(password);

    private static IEnumerable<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not in this build.");
        using var lines = new StreamReader(stream);
        while (lines.ReadLine() is { } line)
        {
            if (line is { Length: > 0 } and not ['#', ..])
                yield return line.Trim();
        }
    }
}
