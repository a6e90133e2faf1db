using System.ComponentModel.DataAnnotations;

namespace Platform.Hosting;

/// <summary>
/// A secret must be there, be long enough and not be an example out of a manual. The message names the setting, never the value.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class StrongSecretAttribute(int minimumLength = 32) : ValidationAttribute
{
    private static readonly string[] Examples =
    [
        "changeme", "change-me", "example", "password", "secret", "your-", "xxxx", "server-test", "todo",
    ];

    public override bool IsValid(object? value) => value is string secret && Fault(secret) is null;

    public override string FormatErrorMessage(string name) =>
        $"{name} is missing, shorter than {minimumLength} characters, or an example value; give a random secret.";

    private string? Fault(string secret) =>
        secret.Length < minimumLength ? "short"
        : secret.Distinct().Count() < 8 ? "monotonous"
        : Examples.Any(example => secret.Contains(example, StringComparison.OrdinalIgnoreCase)) ? "example"
        : null;
}
