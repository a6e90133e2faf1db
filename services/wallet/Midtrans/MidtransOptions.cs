using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed class MidtransOptions
{
    public const string Section = "Midtrans";
    public const string SandboxPrefix = "SB-Mid-";

    /// <summary>Authenticates our calls and signs every notification. Only from a secret store.</summary>
    [StrongSecret] public required string ServerKey { get; init; }

    /// <summary>Public: the browser's part of the payment page shows it.</summary>
    [Required, MinLength(8)] public required string ClientKey { get; init; }

    [Required, MinLength(2)] public required string MerchantId { get; init; }

    /// <summary>Where status, cancel and expire are asked, e.g. <c>https://api.sandbox.midtrans.com</c>.</summary>
    [Required, Url] public required string CoreUrl { get; init; }

    /// <summary>Where payment pages are opened, e.g. <c>https://app.sandbox.midtrans.com/snap/v1</c>.</summary>
    [Required, Url] public required string SnapUrl { get; init; }

    /// <summary>Where the browser goes after the payment page; a convenience for people, never a proof of payment.</summary>
    [Url] public string? FinishUrl { get; init; }

    /// <summary>How long one call may take. Midtrans wants its notification answered within 5 s, and we ask it back in between.</summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:00:30")] public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(4);
}

/// <summary>A sandbox key in production would take play money for real; a real key elsewhere would charge people for tests.</summary>
internal sealed class MidtransKeysFitEnvironment(IHostEnvironment environment) : IValidateOptions<MidtransOptions>
{
    public ValidateOptionsResult Validate(string? name, MidtransOptions options)
    {
        List<string> faults = [];
        Check(nameof(options.ServerKey), options.ServerKey);
        Check(nameof(options.ClientKey), options.ClientKey);
        if (environment.IsProduction()
            && new[] { options.CoreUrl, options.SnapUrl }.Any(url => url?.StartsWith("https://", StringComparison.Ordinal) is false))
            faults.Add("Midtrans:CoreUrl and Midtrans:SnapUrl must be https in production; no simulator takes payments there.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(string setting, string? key)
        {
            var sandbox = key?.StartsWith(MidtransOptions.SandboxPrefix, StringComparison.Ordinal) is true;
            if (key is { Length: > 0 } && sandbox == environment.IsProduction())
                faults.Add($"Midtrans:{setting} is a key of {(sandbox ? "the sandbox" : "production")}, "
                    + $"and the environment is {environment.EnvironmentName}.");
        }
    }
}

internal static class MidtransRegistration
{
    private const int MaxAnswerBytes = 256 * 1024;

    public static void AddMidtrans(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MidtransOptions>().BindConfiguration(MidtransOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<MidtransOptions>, MidtransKeysFitEnvironment>();
        builder.Services.AddHttpClient<MidtransClient>((services, http) =>
            {
                http.Timeout = services.GetRequiredService<IOptions<MidtransOptions>>().Value.CallTimeout;
                http.MaxResponseContentBufferSize = MaxAnswerBytes;
            })
            // Calls are traced; four lines of log for each would drown the rest.
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    }
}
