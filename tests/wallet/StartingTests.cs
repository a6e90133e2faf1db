using System.Diagnostics;

namespace Platform.Wallets.Tests;

public sealed class StartingTests
{
    [Theory]
    [InlineData("Production", "Midtrans__ServerKey", "", "ServerKey")]
    [InlineData("Production", "Midtrans__ServerKey", "Mid-server-short", "ServerKey")]
    [InlineData("Production", "Midtrans__ServerKey", "Mid-server-your-server-key-goes-in-here-0123456789", "ServerKey")]
    [InlineData("Production", "Midtrans__ServerKey", FakeMidtrans.ServerKey, "ServerKey")]
    [InlineData("Development", "Midtrans__ServerKey", "Mid-server-Qw7Zr2Lk9Xv4Tn8Bh3Md5Pc6", "ServerKey")]
    [InlineData("Production", "Midtrans__CoreUrl", "http://api.midtrans.com", "CoreUrl")]
    [InlineData("Production", "Midtrans__MerchantId", "", "MerchantId")]
    public async Task A_gateway_setting_that_is_missing_weak_or_misplaced_stops_the_start_and_is_named(
        string environment, string variable, string value, string named)
    {
        var prefix = environment == "Production" ? "" : "SB-";
        var start = new ProcessStartInfo("dotnet", [typeof(WalletDbContext).Assembly.Location])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = environment,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1",
                ["ConnectionStrings__RabbitMq"] = "amqp://nobody@127.0.0.1:1",
                ["Auth__Authority"] = "http://identity.invalid",
                ["Auth__Issuer"] = "platform",
                ["Auth__Audience"] = "platform",
                ["Midtrans__ServerKey"] = $"{prefix}Mid-server-Qw7Zr2Lk9Xv4Tn8Bh3Md5Pc6",
                ["Midtrans__ClientKey"] = $"{prefix}Mid-client-Rt5Yu8Io1Pa4Sd7F",
                ["Midtrans__MerchantId"] = FakeMidtrans.MerchantId,
                ["Midtrans__CoreUrl"] = "https://api.midtrans.com",
                ["Midtrans__SnapUrl"] = "https://app.midtrans.com/snap/v1",
                [variable] = value,
            },
        };

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(78, said + await output);
        said.ShouldContain(named);
        said.ShouldNotContain("Mid-server-", customMessage: "the message must not show the key");
    }
}
