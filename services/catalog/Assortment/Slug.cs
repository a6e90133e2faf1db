using System.Text.RegularExpressions;

namespace Platform.Catalog.Assortment;

/// <summary>The name of a category or service in an address.</summary>
internal static partial class Slug
{
    public const int MaxLength = 50;

    /// <summary>Text that cannot be a slug is not looked for; some of it (a NUL) the database would refuse as a fault.</summary>
    public static bool CanBe(string text) => Shape().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9-]{2,50}\z")]
    private static partial Regex Shape();
}
