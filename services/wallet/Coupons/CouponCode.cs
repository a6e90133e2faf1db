using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Wallets;

/// <summary>How people write a coupon's code: upper or lower case, with blanks around it.</summary>
internal static partial class CouponCode
{
    public static string Normalise(string written) => written.Trim().ToUpperInvariant();

    // Judged before the letters are raised: some letters of other alphabets become ASCII by that, and look-alikes would pass.
    public static bool IsWellFormed(string written) => Pattern().IsMatch(written.Trim());

    [GeneratedRegex(@"^[A-Za-z0-9_-]{3,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class CouponCodeAttribute()
    : ValidationAttribute("{0} is not a coupon code: give 3 to 50 letters A-Z, digits, hyphens or underscores.")
{
    public override bool IsValid(object? value) => value is string text && CouponCode.IsWellFormed(text);
}

/// <summary>Text for people, without the control characters that break a store or a log; blank text only where it means none.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class CouponTextAttribute(int longest, bool mayBeBlank = false) : ValidationAttribute(
    mayBeBlank ? $"{{0}} must have at most {longest} characters." : $"{{0}} must have 1 to {longest} characters.")
{
    public static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    public override bool IsValid(object? value) => value is null || (value is string text && text.Trim().Length <= longest
        && (mayBeBlank || !string.IsNullOrWhiteSpace(text))
        && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) && IsWhole(text));

    // Half of a surrogate pair cannot be stored.
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }
}
