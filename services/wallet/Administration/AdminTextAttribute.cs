using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Platform.Wallets;

/// <summary>Words that an administrator writes: long enough to mean something, without the characters that no store or log takes.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class AdminTextAttribute(int least, int most) : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || (value is string text && text.Length <= most && text.Trim().Length >= least && !text.Any(IsUnfit));

    public override string FormatErrorMessage(string name) => string.Create(
        CultureInfo.InvariantCulture, $"The field {name} must have {least} to {most} characters and no control characters.");

    private static bool IsUnfit(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
