using System.IO.Enumeration;

namespace Platform.Simulators.Kubernetes.Faults;

/// <summary>Names in rules: "*" stands for any text.</summary>
internal static class Wildcard
{
    public static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
