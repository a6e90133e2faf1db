using System.ComponentModel.DataAnnotations;

namespace Platform.Subscriptions.Coupons;

/// <summary>A coupon's code as people type it: surrounding blanks and the case of letters do not matter.</summary>
internal static class CouponCode
{
    public const string Rule = "must have 3 to 50 characters out of A-Z, 0-9, _ and -; leave it out to buy without a coupon.";
    private const int Shortest = 3;
    private const int Longest = 50;

    /// <summary>The code as wallet keeps it, or null when no coupon can have it.</summary>
    public static string? Read(string? typed)
    {
        var code = typed?.Trim();
        // Only ASCII letters are raised: other scripts have letters that look the same or become the same when they are.
        return code is { Length: >= Shortest and <= Longest } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? code.ToUpperInvariant()
            : null;
    }
}

/// <summary>The field is absent or holds a code that a coupon can have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CouponCodeAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null || CouponCode.Read(value as string) is not null
            ? ValidationResult.Success
            : new(WireName(validationContext.MemberName) + " " + CouponCode.Rule);

    private static string WireName(string? member) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(member ?? "coupon");
}
