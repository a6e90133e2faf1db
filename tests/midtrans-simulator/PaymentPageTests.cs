using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>The page as a person uses it: read the form, press the button, look at the answer.</summary>
public sealed class PaymentPageTests
{
    [Fact]
    public async Task A_customer_chooses_a_method_sees_the_account_number_pays_and_is_sent_back_to_the_shop()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-1", "https://shop.example/done?from=pay");

        var list = await simulator.Http.GetStringAsync(page);
        list.ShouldContain("no real money moves");
        await PressAsync(simulator, page, "BCA virtual account");
        await simulator.MerchantIsToldAsync("page-1", "pending");
        var number = (await simulator.GetStatusAsync("page-1")).Json!["va_numbers"]![0]!["va_number"]!.ToString();
        (await simulator.Http.GetStringAsync(page)).ShouldContain(number);
        var back = await PressAsync(simulator, page, "Pay");

        back.ShouldBe("https://shop.example/done?from=pay&order_id=page-1&status_code=200&transaction_status=settlement");
        await simulator.MerchantIsToldAsync("page-1", "pending", "settlement");
        (await simulator.Http.GetStringAsync(page)).ShouldContain("Payment received");
    }

    [Fact]
    public async Task A_refused_payment_can_be_tried_again_under_a_new_transaction_id()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-2");

        await PressAsync(simulator, page, "Mandiri bill");
        await PressAsync(simulator, page, "Fail");
        (await simulator.Http.GetStringAsync(page)).ShouldContain("refused");
        await PressAsync(simulator, page, "Permata virtual account");
        await PressAsync(simulator, page, "Pay");

        await simulator.MerchantIsToldAsync("page-2", "pending", "deny", "pending", "settlement");
        simulator.Merchant.Received.Select(each => each.Body["transaction_id"]!.ToString()).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_card_is_paid_with_the_one_time_password_and_captured()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-3", null, "credit_card");

        await PressAsync(simulator, page, "Credit or debit card");
        await PressAsync(simulator, page, "Pay");

        var status = await simulator.GetStatusAsync("page-3");
        (status.Status, status.Field("fraud_status"), status.Field("three_ds_version")).ShouldBe(("capture", "accept", "2"));
    }

    [Fact]
    public async Task One_enabled_method_skips_the_list()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-4", null, "indomaret");

        var html = await simulator.Http.GetStringAsync(page);

        html.ShouldNotContain("Choose how to pay");
        HtmlForm.AllOf(html).Select(form => form.Button).ShouldBe(["Indomaret", "Close"]);
    }

    [Fact]
    public async Task Closing_with_a_pending_payment_returns_to_the_shop_as_pending()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-5", "https://shop.example/done");
        await PressAsync(simulator, page, "BNI virtual account");

        (await PressAsync(simulator, page, "Close"))
            .ShouldBe("https://shop.example/done?order_id=page-5&status_code=201&transaction_status=pending");
    }

    [Fact]
    public async Task Letting_a_payment_expire_tells_the_merchant()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-6");
        await PressAsync(simulator, page, "QRIS");
        (await simulator.Http.GetStringAsync(page)).ShouldContain("<img class=\"qr\"");

        await PressAsync(simulator, page, "Let expire");

        await simulator.MerchantIsToldAsync("page-6", "pending", "expire");
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64)", "", "qris")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) Mobile", "", "gopay")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64)", "?gopayMode=deeplink", "gopay")]
    public async Task GoPay_arrives_as_QRIS_from_a_desktop_and_as_GoPay_from_a_phone(string browser, string query, string paymentType)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-7", null, "gopay");
        simulator.Http.DefaultRequestHeaders.Add("User-Agent", browser);

        await PressAsync(simulator, page + query, "GoPay");

        (await simulator.GetStatusAsync("page-7")).Field("payment_type").ShouldBe(paymentType);
    }

    [Fact]
    public async Task What_a_merchant_sends_is_never_markup_on_the_page()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-8", "javascript:alert(1)");

        var html = await simulator.Http.GetStringAsync(
            page + "?gopayMode=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&embed=1&origin=javascript:1");
        await PressAsync(simulator, page, "BCA virtual account");
        using var answer = await simulator.Http.GetAsync(page);

        html.ShouldNotContain("<script>alert");
        html.ShouldNotContain("javascript:");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        (await PressAsync(simulator, page, "Pay")).ShouldStartWith("/snap/v4/redirection/");
    }

    [Fact]
    public async Task In_a_frame_the_page_reports_to_the_shop_instead_of_leaving()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var page = await OpenAsync(simulator, "page-9", "https://shop.example/done", "bca_va") + "?embed=1&origin=https://shop.example";

        await PressAsync(simulator, page, "BCA virtual account");
        var closed = await PressAsync(simulator, page, "Close");
        var pending = await simulator.Http.GetStringAsync(closed);
        var paid = await simulator.Http.GetStringAsync(await PressAsync(simulator, page, "Pay"));

        pending.ShouldContain("data-event=\"pending\" data-origin=\"https://shop.example\"");
        paid.ShouldContain("data-event=\"success\" data-origin=\"https://shop.example\"");
        paid.ShouldContain("bca_va_number");
        (await simulator.Http.GetStringAsync("/snap/snap.js")).ShouldContain("window.snap");
    }

    private static async Task<string> OpenAsync(SimulatorHost simulator, string orderId, string? finish = null, params string[] methods)
    {
        var body = Requests.Snap(orderId, 150_000, methods);
        if (finish is not null)
        {
            body["callbacks"] = new JsonObject { ["finish"] = finish };
        }

        return new Uri((await simulator.OpenSnapAsync(body)).Field("redirect_url")).PathAndQuery;
    }

    /// <returns>Where the browser is sent.</returns>
    private static async Task<string> PressAsync(SimulatorHost simulator, string page, string button)
    {
        var html = await simulator.Http.GetStringAsync(page);
        var form = HtmlForm.AllOf(html).SingleOrDefault(each => each.Button == button);
        form.ShouldNotBeNull($"There is no button {button} in: {html}");
        using var answer = await form.SubmitAsync(simulator.Http);
        ((int)answer.StatusCode).ShouldBe(303, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString;
    }
}
