using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using Microsoft.FSharp.Core;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// Where chance comes from. A run draws a new seed; a failure prints the variable that repeats it, and <c>PLATFORM_SEED</c> given as
/// <c>seed,gamma,size</c> begins with the case that failed.
/// </summary>
internal static partial class Seeds
{
    public const string Variable = "PLATFORM_SEED";

    private static string? Given => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>For tests that draw by themselves: one number.</summary>
    public static int One => Given is { } given
        ? int.Parse(given.Split(',')[0], CultureInfo.InvariantCulture) : Random.Shared.Next();

    /// <summary>As many as the test asks for, or as many as <c>PLATFORM_CASES</c> says, for a long night or a quick look.</summary>
    public static int Cases(int usual) => Environment.GetEnvironmentVariable("PLATFORM_CASES") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    public static void Check(int cases, Property property)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(Cases(cases));
        try
        {
            FsCheck.Check.One(Given is null ? config : config.WithReplay(FSharpOption<Replay>.Some(Read(Given))), property);
        }
        catch (Exception e) when (Failing().Match(e.Message) is { Success: true } seed)
        {
            throw new InvalidOperationException(
                $"Repeat it with {Variable}={seed.Groups[2].Value},{seed.Groups[3].Value},{seed.Groups[1].Value} and the name of this test."
                + Environment.NewLine + e.Message, e);
        }
    }

    private static Replay Read(string given)
    {
        var parts = given.Split(',');
        return new(
            new Rnd(ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture)),
            FSharpOption<int>.Some(int.Parse(parts[2], CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"size of (\d+) and seed of \((\d+),(\d+)\)")]
    private static partial Regex Failing();
}
