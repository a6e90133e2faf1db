using System.Diagnostics;
using System.Security.Cryptography;

namespace Platform.Identity.Tests;

public sealed class StartingTests : IDisposable
{
    private readonly KeyDirectory keys = new();

    [Theory]
    [InlineData("no setting")]
    [InlineData("no directory")]
    [InlineData("no key")]
    [InlineData("RSA")]
    [InlineData("P-384")]
    [InlineData("public half")]
    [InlineData("rubbish")]
    public async Task Without_a_proper_signing_key_it_does_not_start_and_says_so_in_one_line(string state)
    {
        var directory = Spoil(state);

        var (exitCode, error) = await RunAsync(("Identity__SigningKeysDirectory", directory), ("Identity__PublicUrl", "http://identity"));

        exitCode.ShouldBe(78, error);
        error.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("Identity:SigningKeysDirectory");
    }

    [Theory]
    [InlineData("Identity__Bootstrap__Password", "short", "Identity:Bootstrap:Password")]
    [InlineData("Identity__Bootstrap__Password", "platformadministrator", "Identity:Bootstrap:Password")]
    [InlineData("Identity__PublicUrl", null, "Identity:PublicUrl")]
    [InlineData("Identity__Passwords__MinLength", "4", "MinLength")]
    [InlineData("Auth__Issuer", null, "Issuer")]
    public async Task A_weak_or_missing_setting_stops_the_start_and_is_named_without_its_value(string setting, string? value, string named)
    {
        var (exitCode, error) = await RunAsync(("Identity__SigningKeysDirectory", keys.Path), ("Identity__PublicUrl", "http://identity"),
            ("Identity__Bootstrap__Email", "boss@example.id"), ("Identity__Bootstrap__Password", "lautan biru tenang sekali"),
            (setting, value));

        exitCode.ShouldBe(78, error);
        error.ShouldContain(named);
        if (setting.Contains("Password__", StringComparison.Ordinal) && value is not null)
            error.ShouldNotContain(value);
    }

    public void Dispose() => keys.Dispose();

    private string? Spoil(string state)
    {
        if (state == "no setting")
            return null;
        if (state == "no directory")
            return Path.Combine(keys.Path, "absent");
        keys.Remove("2026-01.pem");
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = state switch
        {
            "RSA" => rsa.ExportPkcs8PrivateKeyPem(),
            "P-384" => p384.ExportPkcs8PrivateKeyPem(),
            "public half" => p256.ExportSubjectPublicKeyInfoPem(),
            "rubbish" => "rubbish",
            _ => null,
        };
        if (text is not null)
            keys.Write("key.pem", text);
        return keys.Path;
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params (string Name, string? Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Platform.Identity.dll")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, Environment =
            {
                ["DOTNET_ENVIRONMENT"] = "Production", ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=nobody",
                ["ConnectionStrings__RabbitMq"] = "amqp://127.0.0.1:1",
                ["Auth__Authority"] = "http://identity", ["Auth__Issuer"] = "platform", ["Auth__Audience"] = "platform",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("It started, or hangs, although a setting is wrong.");
        }

        await output;
        return (process.ExitCode, await error);
    }
}
