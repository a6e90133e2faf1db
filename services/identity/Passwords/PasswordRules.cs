using Microsoft.Extensions.Options;

namespace Platform.Identity.Passwords;

/// <summary>
/// What a new password must be: long, and more than common words. No rules of composition: they make passwords worse
/// (NIST SP 800-63B-4 §3.1.1.2).
/// </summary>
internal sealed class PasswordRules(IOptions<PasswordSettings> options)
{
    /// <summary>So many characters must be left once everything that an attacker tries first is taken out.</summary>
    private const int MinUnguessable = 6;
    private const int ShortestTellingWord = 4;

    /// <param name="personal">The owner's e-mail, name, phone: what others know of them.</param>
    /// <returns>A sentence about what is wrong and the remedy, or null when nothing is.</returns>
    public string? FaultIn(string password, params IEnumerable<string?> personal)
    {
        var minimum = options.Value.MinLength;
        if (password.Length > PasswordSettings.MaxLength)
            return $"Use at most {PasswordSettings.MaxLength} characters.";
        if (password.EnumerateRunes().Count() < minimum)
            return $"Use at least {minimum} characters; a few words that do not belong together are easy to remember.";
        return IsGuessable(password, personal)
            ? "This password is easy to guess: it is common, repeats itself or is made of your own name or e-mail. Use other words."
            : null;
    }

    private static bool IsGuessable(string password, IEnumerable<string?> personal)
    {
        var text = password.ToLowerInvariant();
        if (CommonPasswords.Contains(text) || text.Distinct().Count() < MinUnguessable)
            return true;
        var words = personal.SelectMany(TellingWords).Concat(CommonPasswords.Words).OrderByDescending(word => word.Length);
        foreach (var word in words)
            text = text.Replace(word, "", StringComparison.Ordinal);
        return text.Count(char.IsLetterOrDigit) + text.Count(c => c > '\x7f' && !char.IsLetterOrDigit(c)) < MinUnguessable;
    }

    private static IEnumerable<string> TellingWords(string? personal) =>
        personal is null ? [] : personal.ToLowerInvariant()
            .Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries)
            .Append(personal.ToLowerInvariant())
            .Where(word => word.Length >= ShortestTellingWord);
}
