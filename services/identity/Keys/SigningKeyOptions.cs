using Microsoft.Extensions.Options;

namespace Platform.Identity.Keys;

internal sealed class SigningKeyOptions
{
    public const string Section = "Identity";

    /// <summary>
    /// Holds one PEM file (*.pem, PKCS#8, EC P-256) per key, readable by this service alone. The last by file name
    /// signs, all are published.
    /// </summary>
    public string? SigningKeysDirectory { get; init; }

    /// <summary>Where others reach this service; the discovery document's addresses start with it. Left out only in Development.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>How often the directory is read again.</summary>
    public TimeSpan KeyRereadInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a key that appears while the service runs is published before it signs: the other services keep what they
    /// fetched for five minutes and do not ask more often.
    /// </summary>
    public TimeSpan KeyPublicationLead { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Stops the start with one line that names the setting and, for a bad file, the file; never its content.</summary>
internal sealed class SigningKeyOptionsCheck(IHostEnvironment environment) : IValidateOptions<SigningKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, SigningKeyOptions options)
    {
        var faults = new List<string>();
        if (options.PublicUrl is null ? !environment.IsDevelopment() : !IsWebAddress(options.PublicUrl))
            faults.Add("Identity:PublicUrl must be the http(s) address under which other services reach identity.");
        if (options.KeyRereadInterval < TimeSpan.FromSeconds(1) || options.KeyPublicationLead < TimeSpan.Zero)
            faults.Add("Identity:KeyRereadInterval must be a second or more and Identity:KeyPublicationLead not negative.");
        try
        {
            SigningKeyFiles.Read(options.SigningKeysDirectory);
        }
        catch (SigningKeyException fault)
        {
            faults.Add(fault.Message);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsWebAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
