using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Identity.Accounts;

/// <summary>Indonesian mobile numbers: written +62…, 62… or 0…, kept as +62… so that one number is one row.</summary>
internal static partial class PhoneNumber
{
    /// <returns>The number as it is kept, or null when there is none or it is not one of ours.</returns>
    public static string? Normalise(string? written) =>
        written is not null && Pattern().Match(written.Trim()) is { Success: true } match ? $"+62{match.Groups["number"].Value}" : null;

    [GeneratedRegex("^(?:\\+62|62|0)(?<number>8[1-9][0-9]{6,9})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}

/// <summary>Empty text is no phone number, because forms send it for an empty field (api.md §13.4).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class IndonesianPhoneAttribute() : ValidationAttribute("Give an Indonesian mobile number, such as +6281234567890.")
{
    public override bool IsValid(object? value) => value is null or "" || PhoneNumber.Normalise(value as string) is not null;
}
