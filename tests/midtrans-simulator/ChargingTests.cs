using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class ChargingTests
{
    [Theory]
    [InlineData("bca")]
    [InlineData("bni")]
    [InlineData("bri")]
    [InlineData("cimb")]
    public async Task A_virtual_account_is_answered_with_its_bank_and_number(string bank)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.ChargeAsync(Requests.BankTransfer(bank, "va-1"));

        answer.HttpCode.ShouldBe(200, answer.Text);
        answer.Code.ShouldBe("201");
        answer.Message.ShouldBe("Success, Bank Transfer transaction is created");
        answer.Status.ShouldBe("pending");
        answer.Field("gross_amount").ShouldBe("150000.00");
        answer.Field("currency").ShouldBe("IDR");
        answer.Field("merchant_id").ShouldBe("G123456789");
        answer.Field("payment_type").ShouldBe("bank_transfer");
        answer.Field("transaction_time").ShouldBe("2026-03-10 10:00:00");
        answer.Field("expiry_time").ShouldBe("2026-03-11 10:00:00");
        answer.Json!["va_numbers"]![0]!["bank"]!.ToString().ShouldBe(bank);
        answer.Json["va_numbers"]![0]!["va_number"]!.ToString().ShouldMatch(@"^\d{16}$");
    }

    [Theory]
    [InlineData(
        """{"payment_type":"bank_transfer"}""",
        "Success, PERMATA VA transaction is successful", "permata_va_number", "2026-03-11 10:00:00")]
    [InlineData(
        """{"payment_type":"permata"}""",
        "Success, PERMATA VA transaction is successful", "permata_va_number", "2026-03-11 10:00:00")]
    [InlineData("""{"payment_type":"echannel","echannel":{"bill_info1":"Top up","bill_info2":"wallet"}}""",
        "OK, Mandiri Bill transaction is successful", "bill_key biller_code", "2026-03-11 10:00:00")]
    [InlineData("""{"payment_type":"gopay"}""", "GoPay transaction is created", "actions channel_response_code", "2026-03-10 10:15:00")]
    [InlineData("""{"payment_type":"shopeepay","shopeepay":{"callback_url":"https://shop.example"}}""",
        "ShopeePay transaction is created", "actions channel_response_code", "2026-03-10 10:15:00")]
    [InlineData("""{"payment_type":"qris","qris":{"acquirer":"gopay"}}""",
        "QRIS transaction is created", "acquirer qr_string actions", "2026-03-10 10:15:00")]
    [InlineData("""{"payment_type":"cstore","cstore":{"store":"Indomaret"}}""",
        "Success, cstore transaction is successful", "payment_code store", "2026-03-11 10:00:00")]
    [InlineData("""{"payment_type":"cstore","cstore":{"store":"alfamart"}}""",
        "Success, cstore transaction is successful", "payment_code store fraud_status", "2026-03-11 10:00:00")]
    public async Task Each_payment_type_has_its_own_message_fields_and_expiry(string body, string message, string fields, string expiry)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var charge = (JsonObject)JsonNode.Parse(body)!;
        charge["transaction_details"] = Requests.Order("o-1")["transaction_details"]!.DeepClone();

        var answer = await simulator.ChargeAsync(charge);

        answer.Code.ShouldBe("201", answer.Text);
        answer.Message.ShouldBe(message);
        answer.Field("expiry_time").ShouldBe(expiry);
        foreach (var field in fields.Split(' '))
        {
            answer.Json![field].ShouldNotBeNull($"{field} is missing in {answer.Text}");
        }
    }

    [Fact]
    public async Task A_counter_payment_of_Indomaret_has_no_fraud_status_and_a_lower_case_store()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.ChargeAsync(Requests.Charge("cstore", "c-1", new JsonObject { ["store"] = "Indomaret" }));

        answer.Field("store").ShouldBe("indomaret");
        answer.Json!["fraud_status"].ShouldBeNull();
    }

    [Fact]
    public async Task A_QR_code_can_be_fetched_as_an_image_without_a_key()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var answer = await simulator.ChargeAsync(Requests.Charge("qris", "q-1"));
        var url = answer.Json!["actions"]![0]!["url"]!.ToString();

        var image = await simulator.Http.GetByteArrayAsync(url);

        url.ShouldBe($"{simulator.Url}/v2/qris/{answer.Field("transaction_id")}/qr-code");
        image[..8].ShouldBe([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
    }

    [Theory]
    [InlineData(
        """{"payment_type":"bank_transfer","bank_transfer":{"bank":"bca"},""" +
        """ "transaction_details":{"order_id":"x","gross_amount":0}}""",
        "gross_amount")]
    [InlineData(
        """{"payment_type":"bank_transfer","bank_transfer":{"bank":"bca"},""" +
        """ "transaction_details":{"order_id":"x","gross_amount":9999}}""",
        "between")]
    [InlineData(
        """{"payment_type":"bank_transfer","bank_transfer":{"bank":"nobank"},""" +
        """ "transaction_details":{"order_id":"x","gross_amount":10000}}""",
        "payment_type")]
    [InlineData("""{"payment_type":"shopeepay","transaction_details":{"order_id":"x","gross_amount":10000}}""", "shopeepay is required")]
    [InlineData("""{"payment_type":"gopay","transaction_details":{"gross_amount":10000}}""", "order_id is required")]
    [InlineData("""{"transaction_details":{"order_id":"x","gross_amount":10000}}""", "payment_type is required")]
    [InlineData(
        """{"payment_type":"gopay","transaction_details":{"order_id":"x","gross_amount":10000},""" +
        """ "custom_expiry":{"expiry_duration":8,"unit":"day"}}""",
        "longer")]
    public async Task A_body_that_is_not_valid_is_HTTP_400_with_a_list_of_messages(string body, string message)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.ChargeAsync((JsonObject)JsonNode.Parse(body)!);

        answer.HttpCode.ShouldBe(400);
        answer.Code.ShouldBe("400");
        answer.Json!["validation_messages"]!.AsArray().ShouldContain(each => each!.ToString().Contains(message), answer.Text);
    }

    [Fact]
    public async Task A_null_body_is_an_internal_error_and_a_broken_one_is_413()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var nothing = await simulator.CallAsync(HttpMethod.Post, "/v2/charge");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/charge") { Content = new StringContent("{\"payment_type\":") };
        request.Headers.Authorization = new("Basic", "U0ItTWlkLXNlcnZlci10ZXN0Og==");
        using var broken = await simulator.Http.SendAsync(request);

        (nothing.HttpCode, nothing.Code).ShouldBe((500, "500"));
        ((int)broken.StatusCode).ShouldBe(413);
    }

    [Fact]
    public async Task A_wrong_key_is_HTTP_401()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.CallAsync(HttpMethod.Get, "/v2/x/status", key: "SB-Mid-server-wrong");

        (answer.HttpCode, answer.Code).ShouldBe((401, "401"));
        answer.Message.ShouldBe("Transaction cannot be authorized with the current client/server key.");
    }

    [Fact]
    public async Task An_order_id_that_is_taken_is_HTTP_200_with_406_in_the_body()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.ChargeBcaAsync("twice");

        var answer = await simulator.ChargeBcaAsync("twice");

        (answer.HttpCode, answer.Code).ShouldBe((200, "406"));
    }

    [Fact]
    public async Task A_custom_expiry_sets_the_expiry_time()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Requests.BankTransfer("bni", "exp-1");
        body["custom_expiry"] = new JsonObject
        {
            ["order_time"] = "2026-03-10 10:00:00 +0700", ["expiry_duration"] = 90, ["unit"] = "minute",
        };

        (await simulator.ChargeAsync(body)).Field("expiry_time").ShouldBe("2026-03-10 11:30:00");
    }
}
