using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Identity.Accounts;

internal static partial class EmailAddress
{
    public const int MaxLength = 254;

    /// <summary>As it is kept and looked up: trimmed and in lower case, so that one mailbox is one account.</summary>
    public static string Normalise(string written) => written.Trim().ToLowerInvariant();

    public static bool IsWellFormed(string written) => written.Length <= MaxLength && Pattern().IsMatch(written);

    // ASCII only: look-alike letters of other alphabets would make two addresses that people can not tell apart.
    [GeneratedRegex("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]{2,63}\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class EmailTextAttribute() : ValidationAttribute("Give an e-mail address, such as name@example.id.")
{
    public override bool IsValid(object? value) => value is string text && EmailAddress.IsWellFormed(text.Trim());
}

/// <summary>2 to 50 characters, none of them a control character (they would forge log lines and break the store).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class PersonNameAttribute() : ValidationAttribute("Give a name of 2 to 50 characters.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is string text && text.Trim().Length is >= 2 and <= 50 && !text.Trim().Any(char.IsControl));
}

/// <summary>An address that a browser may load an image from. Empty text is none, because forms send it for an empty field.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class ImageAddressAttribute() : ValidationAttribute("Give an http or https address of at most 2048 characters.")
{
    public override bool IsValid(object? value) =>
        value is null or "" || (value is string { Length: <= 2048 } text && !text.Any(char.IsControl)
            && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
}
