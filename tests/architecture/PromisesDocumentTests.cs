using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Architecture.Tests;

/// <summary>The list of promises names real tests, and leaves no promise out.</summary>
public sealed partial class PromisesDocumentTests
{
    private static readonly string Document = Repository.Read("docs/promises.md");

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var tests = Repository.Sources.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(a => a.Name.ToString() is "Fact" or "Theory"))
            .Select(method => $"{((TypeDeclarationSyntax)method.Parent!).Identifier.Text}.{method.Identifier.Text}").ToHashSet();

        TestName().Matches(Document).Select(match => match.Groups[1].Value).Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_promise_has_a_test()
    {
        IEnumerable<string> promises =
        [
            .. Numbered("M", 14), "M16", .. Numbered("G", 8), .. Numbered("W", 13), .. Numbered("K", 6),
        ];

        promises.Where(promise => !Document.Split('\n')
            .Any(line => line.StartsWith($"| {promise} |", StringComparison.Ordinal) && TestName().IsMatch(line))).ShouldBeEmpty();
    }

    private static IEnumerable<string> Numbered(string letter, int last) => Enumerable.Range(1, last).Select(number => $"{letter}{number}");

    [GeneratedRegex(@"`([A-Z]\w+Tests\.[A-Z]\w+)`")]
    private static partial Regex TestName();
}
