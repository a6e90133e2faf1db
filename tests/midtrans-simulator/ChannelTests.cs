using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>Which fields the notifications of each channel carry: these and no others.</summary>
public sealed class ChannelTests
{
    private const string Common =
        "transaction_time transaction_status transaction_id status_message status_code signature_key payment_type order_id merchant_id " +
        "gross_amount currency expiry_time";

    private const string Card = "masked_card bank card_type on_us challenge_completion";

    [Theory]
    [InlineData("""{"method":"bca_va"}""", "bank_transfer", "fraud_status va_numbers payment_amounts", "")]
    [InlineData("""{"method":"bni_va"}""", "bank_transfer", "fraud_status va_numbers payment_amounts", "")]
    [InlineData("""{"method":"bri_va"}""", "bank_transfer", "fraud_status va_numbers payment_amounts", "")]
    [InlineData("""{"method":"cimb_va"}""", "bank_transfer", "fraud_status va_numbers payment_amounts", "")]
    [InlineData("""{"method":"danamon_va"}""", "bank_transfer", "fraud_status va_numbers payment_amounts", "")]
    [InlineData("""{"method":"permata_va"}""", "bank_transfer", "fraud_status permata_va_number", "")]
    [InlineData("""{"method":"echannel"}""", "echannel", "fraud_status biller_code bill_key", "")]
    [InlineData("""{"method":"gopay"}""", "gopay", "fraud_status", "payment_option_type")]
    [InlineData("""{"method":"gopay","qr":true}""", "qris", "fraud_status acquirer",
        "issuer transaction_type merchant_cross_reference_id")]
    [InlineData("""{"method":"shopeepay"}""", "shopeepay", "fraud_status", "shopeepay_reference_number reference_id")]
    [InlineData("""{"method":"shopeepay","qr":true}""", "qris", "fraud_status acquirer",
        "issuer transaction_type merchant_cross_reference_id shopeepay_reference_number reference_id")]
    [InlineData("""{"method":"other_qris","issuer":"ovo"}""", "qris", "fraud_status acquirer",
        "issuer transaction_type merchant_cross_reference_id")]
    [InlineData("""{"method":"indomaret"}""", "cstore", "store payment_code", "approval_code")]
    [InlineData("""{"method":"alfamart"}""", "cstore", "fraud_status store payment_code", "")]
    [InlineData("""{"method":"ovo"}""", "ovo", "fraud_status", "")]
    [InlineData("""{"method":"kredivo"}""", "kredivo", "fraud_status", "")]
    [InlineData("""{"method":"akulaku"}""", "akulaku", "fraud_status", "")]
    public async Task A_pending_and_a_settled_payment_have_the_fields_of_their_channel(
        string wish, string paymentType, string always, string oncePaid)
    {
        var pay = (JsonObject)JsonNode.Parse(wish)!;
        await using var order = await Sequence.OpenAsync(null, pay.Text("method")!);

        await order.PlayAsync("pay", pay);

        await order.IsToldAsync("pending 201", "settlement 200");
        order.Told.ShouldAllBe(body => body.Text("payment_type") == paymentType);
        Fields(order.Told[0]).ShouldBe(Names(Common, always));
        Fields(order.Told[1]).ShouldBe(Names(Common, always, oncePaid, "settlement_time"));
        await order.HasStatusAsync("200", "settlement");
    }

    [Fact]
    public async Task A_card_has_its_own_fields_and_the_bank_s_once_it_has_answered()
    {
        await using var order = await Sequence.OpenAsync();
        const string answered = "fraud_status approval_code eci channel_response_code channel_response_message three_ds_version";

        await order.PayAsync("credit_card");
        await order.PlayAsync("settle");

        await order.IsToldAsync("pending 201", "capture 200", "settlement 200");
        Fields(order.Told[0]).ShouldBe(Names(Common, Card));
        Fields(order.Told[1]).ShouldBe(Names(Common, Card, answered));
        Fields(order.Told[2]).ShouldBe(Names(Common, Card, answered, "settlement_time"));
        (order.Told[1].Text("masked_card"), order.Told[1].Flag("challenge_completion"), order.Told[1].Has("on_us"))
            .ShouldBe(("48111111-1114", true, true));
    }

    [Theory]
    [InlineData("""{"method":"gopay","qr":true}""", "gopay", "gopay", "on-us")]
    [InlineData("""{"method":"shopeepay","qr":true}""", "airpay shopee", "airpay shopee", "on-us")]
    [InlineData("""{"method":"other_qris"}""", "gopay", "gopay", "on-us")]
    [InlineData("""{"method":"other_qris","issuer":"ovo"}""", "gopay", "ovo", "off-us")]
    public async Task A_code_says_who_acquired_it_and_whose_app_paid_it(string wish, string acquirer, string issuer, string kind)
    {
        await using var order = await Sequence.OpenAsync();

        await order.PlayAsync("pay", (JsonObject)JsonNode.Parse(wish)!);

        await order.IsToldAsync("pending 201", "settlement 200");
        (order.Told[1].Text("acquirer"), order.Told[1].Text("issuer"), order.Told[1].Text("transaction_type"))
            .ShouldBe((acquirer, issuer, kind));
    }

    [Theory]
    [InlineData("""{"method":"bca_va","qr":true}""")]
    [InlineData("""{"method":"bca_va","issuer":"ovo"}""")]
    [InlineData("""{"method":"no_such_method"}""")]
    public async Task A_way_to_pay_that_does_not_exist_is_refused_and_nothing_happens(string wish)
    {
        await using var order = await Sequence.OpenAsync();

        await order.IsRefusedAsync("pay", (JsonObject)JsonNode.Parse(wish)!);

        await order.IsUnknownAsync();
        await order.IsToldAsync();
    }

    [Fact]
    public async Task Another_bank_is_routed_to_Permata()
    {
        await using var order = await Sequence.OpenAsync(null, "other_va");

        await order.PlayAsync("pay");

        await order.IsToldAsync("pending 201", "settlement 200");
        order.Told[1].Text("permata_va_number").ShouldNotBeNull();
    }

    [Fact]
    public async Task DANA_is_known_by_its_transaction_id_only_and_pending_in_upper_case()
    {
        await using var order = await Sequence.OpenAsync(null, "dana");

        await order.PlayAsync("choose");
        await order.IsToldAsync("pending 201");
        var id = order.Told[0].Text("transaction_id")!;

        await order.IsUnknownAsync();
        await order.HasStatusAsync("200", "PENDING", id);
        await order.PlayAsync("pay");
        await order.HasStatusAsync("200", "settlement", id);
    }

    [Fact]
    public async Task BSI_writes_its_transaction_id_where_the_order_id_belongs()
    {
        await using var order = await Sequence.OpenAsync(null, "bsi_va");

        var view = await order.PlayAsync("pay");

        var id = view.Json!["transactions"]![0]!["transactionId"]!.ToString();
        await order.Simulator.MerchantIsToldAsync(id, "pending", "settlement");
        order.Told.ShouldAllBe(body => body.Text("transaction_id") == id && body.Text("signature_key") == Sequence.RightSignature(body));
        (await order.HasStatusAsync("200", "settlement", id)).Field("order_id").ShouldBe(Sequence.OrderId);
    }

    private static IEnumerable<string> Fields(JsonObject body) => body.Select(field => field.Key).Order();

    private static IEnumerable<string> Names(params string[] lists) =>
        lists.SelectMany(list => list.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order();
}
