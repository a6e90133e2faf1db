using System.Diagnostics;

namespace Platform.Gateway.Tests;

public sealed class StartingTests
{
    [Theory]
    [InlineData("Services__Identity", null, "Services:Identity")]
    [InlineData("Services__Catalog", "", "Services:Catalog")]
    [InlineData("Services__Wallet", null, "Services:Wallet")]
    [InlineData("Services__Subscriptions", "subscriptions:8080", "Services:Subscriptions")]
    [InlineData("Services__Provisioner", "ftp://provisioner", "Services:Provisioner")]
    [InlineData("Cors__Origins__0", "*", "Cors:Origins")]
    [InlineData("Cors__Origins__0", "null", "Cors:Origins")]
    [InlineData("Cors__Origins__0", "https://console.example.id/", "Cors:Origins")]
    [InlineData("Ingress__TrustedNetworks__0", "everyone", "Ingress:TrustedNetworks")]
    [InlineData("RateLimits__User", "0", "User")]
    [InlineData("Auth__Issuer", null, "Issuer")]
    public async Task A_wrong_or_missing_setting_stops_the_start_with_one_line_that_names_it(string setting, string? value, string named)
    {
        var (exitCode, error) = await RunAsync((setting, value));

        exitCode.ShouldBe(78, error);
        error.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(named);
    }

    [Fact]
    public async Task All_missing_services_are_named_at_once()
    {
        var (exitCode, error) = await RunAsync([.. GatewayHost.Names.Select(name => ($"Services__{name}", (string?)null))]);

        exitCode.ShouldBe(78, error);
        var line = error.Trim().Split('\n').ShouldHaveSingleItem();
        foreach (var name in (string[])["Identity", "Catalog", "Wallet", "Subscriptions", "Provisioner"])
            line.ShouldContain($"Services:{name}");
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params (string Name, string? Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Platform.Gateway.dll")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, Environment =
            {
                ["DOTNET_ENVIRONMENT"] = "Production", ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["Auth__Authority"] = "http://identity", ["Auth__Issuer"] = "platform", ["Auth__Audience"] = "platform",
                ["Services__Identity"] = "http://identity", ["Services__Catalog"] = "http://catalog",
                ["Services__Wallet"] = "http://wallet",
                ["Services__Subscriptions"] = "http://subscriptions", ["Services__Provisioner"] = "http://provisioner",
            },
        };
        foreach (var (name, value) in settings)
        {
            foreach (var same in start.Environment.Keys.Where(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList())
                start.Environment.Remove(same);
            if (value is not null)
                start.Environment[name] = value;
        }

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
