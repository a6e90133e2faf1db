using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.Passwords;

/// <summary>Says which of its members others know of the owner, so that a password made of them is refused.</summary>
internal interface IHasPersonalWords
{
    IEnumerable<string?> PersonalWords { get; }
}

/// <summary>Applies <see cref="PasswordRules"/>; an attribute so that its fault is told together with those of the other fields.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class NewPasswordAttribute : ValidationAttribute
{
    public override bool RequiresValidationContext => true;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string password)
            return ValidationResult.Success;
        var rules = validationContext.GetRequiredService<PasswordRules>();
        var personal = (validationContext.ObjectInstance as IHasPersonalWords)?.PersonalWords ?? [];
        return rules.FaultIn(password, personal) is { } fault
            ? new(fault, validationContext.MemberName is { } member ? [member] : null)
            : ValidationResult.Success;
    }
}
