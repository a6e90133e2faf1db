using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Architecture.Tests;

/// <summary>The rules of the house that no compiler knows. Each prints what breaks it.</summary>
public sealed class TidyTests
{
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 60;
    private const int MaxColumns = 140;

    [Fact]
    public void The_walk_finds_the_code() => Repository.Sources.Count.ShouldBeGreaterThan(100);

    [Fact]
    public void No_file_is_longer_than_one_can_hold_in_mind() =>
        Repository.Sources.Where(file => file.Lines.Length - 1 > MaxFileLines)
            .Select(file => $"{file.Path}: {file.Lines.Length - 1} lines")
            .ShouldBeEmpty();

    [Fact]
    public void No_line_is_wider_than_a_screen() =>
        Repository.Sources
            .SelectMany(file => file.Lines.Select((line, index) => (file.Path, Line: index + 1, Width: line.TrimEnd('\r').Length)))
            .Where(line => line.Width > MaxColumns).Select(line => $"{line.Path}:{line.Line}: {line.Width} columns").ShouldBeEmpty();

    [Fact]
    public void No_method_is_longer_than_a_page() =>
        Repository.Sources.SelectMany(file => file.Syntax.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
            // The table of a state machine is declared in its constructor; it is a table, and is read as one.
            .Where(method => method is not ConstructorDeclarationSyntax { Parent: ClassDeclarationSyntax { Identifier.Text: var name } }
                || !name.EndsWith("Saga", StringComparison.Ordinal))
            .Select(method => (file.Path, Lines: LinesOf(method), Line: method.GetLocation().GetLineSpan().StartLinePosition.Line + 1)))
            .Where(method => method.Lines > MaxMethodLines)
            .Select(method => $"{method.Path}:{method.Line}: {method.Lines} lines")
            .ShouldBeEmpty();

    [Fact]
    public void Every_suppression_says_why() =>
        Repository.Sources.Where(file => !file.Path.StartsWith("tests/architecture/", StringComparison.Ordinal))
            .SelectMany(file => file.Lines.Select((line, index) => (file.Path, Line: index + 1, Text: line)))
            .Where(line => line.Text.Contains("#pragma warning disable", StringComparison.Ordinal)
                && !line.Text.Contains("//", StringComparison.Ordinal)
                || line.Text.Contains("SuppressMessage(", StringComparison.Ordinal)
                    && !line.Text.Contains("Justification", StringComparison.Ordinal))
            .Select(line => $"{line.Path}:{line.Line}").ShouldBeEmpty();

    [Fact]
    public void No_exception_is_swallowed() =>
        Repository.Sources.SelectMany(file => file.Syntax.DescendantNodes().OfType<CatchClauseSyntax>()
                .Where(clause => clause.Block.Statements.Count == 0
                    && !clause.Block.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia)))
                .Select(clause => $"{file.Path}:{clause.GetLocation().GetLineSpan().StartLinePosition.Line + 1}"))
            .ShouldBeEmpty("an empty catch needs a sentence that says why nothing is to be done");

    [Fact]
    public void No_type_is_named_after_nothing()
    {
        string[] empty = ["Manager", "Helper", "Util", "Utils", "Processor", "Dto"];
        Repository.Sources.SelectMany(file => file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                .Where(type => empty.Any(word => type.Identifier.Text.EndsWith(word, StringComparison.Ordinal)))
                .Select(type => $"{file.Path}: {type.Identifier.Text}"))
            .ShouldBeEmpty();
    }

    private static int LinesOf(BaseMethodDeclarationSyntax method)
    {
        var span = method.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
