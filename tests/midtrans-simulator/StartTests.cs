namespace Platform.Simulators.Midtrans.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("Midtrans__ServerKey", "--Midtrans:MerchantId=G1")]
    [InlineData("Midtrans__MerchantId", "--Midtrans:ServerKey=key")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "--Midtrans:ServerKey=key", "--Midtrans:MerchantId=G1", "--environment=Production")]
    [InlineData("Simulator__TimeScale", "--Midtrans:ServerKey=key", "--Midtrans:MerchantId=G1", "--Simulator:TimeScale=fast")]
    [InlineData("Midtrans__NotificationUrl", "--Midtrans:ServerKey=key", "--Midtrans:MerchantId=G1", "--Midtrans:NotificationUrl=here")]
    public void A_simulator_that_cannot_start_says_in_one_line_which_setting_is_wrong(string setting, params string[] args)
    {
        using var errors = new StringWriter();

        var app = SimulatorApp.Build(["--environment=Development", .. args], TimeProvider.System, errors);

        app.ShouldBeNull();
        var lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldHaveSingleItem().ShouldContain(setting);
        lines[0].ShouldNotContain("=key");
    }
}
